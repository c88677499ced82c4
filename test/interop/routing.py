"""Calls that wait on a routing point, and the strategy that routes them."""

from switch import extension


def point(number, **options):
    """A routing point of the configuration."""
    return {**extension(number, **options), "type": "routing-point"}


def left(dn, call):
    """What is seen of a routing point that lets go of a call."""
    return f"{dn} RouteUsed {call} Redirected, {dn} Diverted {call} Redirected"


def queued(office, call="c1", dn="9000", by="gateway", rings=True):
    """A caller from outside waits."""
    office.play((f"{by}: INVITE {dn} o1", f"{by}: 180" if rings else "",
                 f"{dn} Queued {call}, {dn} RouteRequest {call}"))


def routed(office, call="c1", to="2002", dn="9000", tells=False, lets_go=True):
    """The strategy has a call ring at a phone. `tells`: the caller is told of
    it; `lets_go`: the routing point has the call no more."""
    office.play((f"RouteCall {dn} {call} {to}", f"{to}: INVITE o1"),
                rung(call, to, dn, tells, lets_go))


def rung(call="c1", to="2002", dn="9000", tells=False, lets_go=True):
    """The row of a phone that rings, to which a call was sent from there."""
    return (f"{to}: 180", "gateway: 180" if tells else "",
            (f"{left(dn, call)}, " if lets_go else "")
            + f"{to} Ringing {call}")

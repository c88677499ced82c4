"""The state of a switch as a client has it who folds every event into a
snapshot; and the laws that events keep.

deploy/examples/python/stubs.py makes the modules that read the messages.
"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy/examples/python"))

import stubs  # noqa: E402,F401
from strowger.v1 import common_pb2 as common  # noqa: E402
from strowger.v1 import event_service_pb2 as api  # noqa: E402

T = {name.removeprefix("EVENT_TYPE_"): number
     for name, number in api.EventType.items()}
NAMES = {number: name for name, number in T.items()}
# What the party that an event is about does from then on.
STATES = {
    T["DIALING"]: common.PARTY_STATE_DIALING,
    T["NETWORK_REACHED"]: common.PARTY_STATE_DIALING,
    T["RINGING"]: common.PARTY_STATE_ALERTING,
    T["ESTABLISHED"]: common.PARTY_STATE_CONNECTED,
    T["RETRIEVED"]: common.PARTY_STATE_CONNECTED,
    T["DESTINATION_BUSY"]: common.PARTY_STATE_BUSY,
    T["HELD"]: common.PARTY_STATE_HELD,
    T["QUEUED"]: common.PARTY_STATE_QUEUED,
    T["ROUTE_REQUEST"]: common.PARTY_STATE_QUEUED,
}
LEAVING = {T["DIVERTED"], T["ABANDONED"], T["RELEASED"]}
FORWARDS = {
    "".join(name.removeprefix("FORWARD_MODE_").lower().split("_")): number
    for name, number in common.ForwardMode.items()}


def when(timestamp):
    return timestamp.seconds, timestamp.nanos


def data_of(user_data):
    return user_data.SerializeToString(deterministic=True)


def order(state):
    """The DNs in a call, in the order in which they came."""
    return list((state or {}).get("parties", ()))


class Ledger:
    """Calls are {"type", "ani", …, "parties": {dn: {…}}} by their id; of DNs
    it holds what is special about them. `faults` are broken laws."""

    def __init__(self):
        self.calls = {}
        self.dns = {}
        self.sequence = 0
        self.faults = []

    # -- a snapshot -------------------------------------------------------------

    def take(self, part):
        """A part of a snapshot."""
        self.sequence = part.sequence
        for call in part.calls:
            self.calls[call.call_id] = {
                "type": call.call_type, "ani": call.ani, "dnis": call.dnis,
                "previous": call.previous_call_id,
                "data": data_of(call.user_data), "created": when(call.created),
                "parties": {x.dn: {
                    "role": x.role, "state": x.state, "queue": x.queue,
                    "other": x.other_dn, "since": when(x.since)}
                    for x in call.parties}}
        for dn in part.dns:
            state = {}
            if dn.service_state:
                state["in_service"] = \
                    dn.service_state == common.SERVICE_STATE_IN_SERVICE
            if dn.dnd:
                state["dnd"] = True
            if dn.forward_mode or dn.forward_to:
                state["forward"] = dn.forward_mode, dn.forward_to
            if dn.HasField("agent"):
                a = dn.agent
                state["agent"] = (
                    a.agent_id, a.state == common.AGENT_STATE_READY,
                    a.work_mode, a.reason, when(a.since))
            if state:
                self.dns[dn.number] = state

    # -- events -----------------------------------------------------------------

    def fold(self, x):
        if self.sequence and x.sequence != self.sequence + 1:
            self.fault(x, f"comes after {self.sequence}")
        self.sequence = x.sequence
        if x.type == T["CALL_CREATED"]:
            if x.call_id in self.calls:
                self.fault(x, "of a call that there is already")
            self.open(x)
        elif x.type == T["CALL_DELETED"]:
            call = self.calls.pop(x.call_id, None)
            if call is None:
                self.fault(x, "of a call that there is not")
            elif call["parties"]:
                self.fault(x, f"while {list(call['parties'])} are in it")
        elif x.type in STATES:
            self.fold_party(x)
        elif x.type == T["PARTY_CHANGED"]:
            self.fold_change(x)
        elif x.type in LEAVING:
            call = self.update(x)
            if call and call["parties"].pop(x.this_dn, None) is None:
                self.fault(x, "of a DN that is not in the call")
        elif x.type in (T["ROUTE_USED"], T["ATTACHED_DATA_CHANGED"]):
            self.update(x)
        else:
            self.fold_dn(x)

    def fault(self, x, what):
        self.faults.append(f"{x.sequence} {NAMES[x.type]} of {x.this_dn or '-'}"
                           f" in {x.call_id or '-'}: {what}")

    def open(self, x):
        call = self.calls.setdefault(x.call_id, {
            "previous": "", "created": when(x.time), "parties": {}})
        call["type"], call["ani"], call["dnis"] = x.call_type, x.ani, x.dnis
        call["data"] = data_of(x.user_data)
        if x.type != T["PARTY_CHANGED"] and x.previous_call_id:
            call["previous"] = x.previous_call_id
        return call

    def update(self, x):
        if x.call_id in self.calls:
            return self.open(x)
        self.fault(x, "of a call that there is not")
        return None

    def fold_party(self, x):
        call = self.update(x)
        if call is None:
            return
        party = call["parties"].get(x.this_dn)
        if party is None:
            party = call["parties"][x.this_dn] = {
                "role": 0, "state": 0, "queue": "", "other": "", "since": None}
        if party["state"] != STATES[x.type]:
            party["state"], party["since"] = STATES[x.type], when(x.time)
        self.set_sides(party, x)

    def set_sides(self, party, x):
        party["role"] = x.this_role or party["role"]
        party["other"] = x.other_dn
        party["queue"] = x.this_queue or party["queue"]

    def fold_change(self, x):
        moved = None
        if x.previous_call_id and x.previous_call_id != x.call_id:
            before = self.calls.get(x.previous_call_id)
            if before:
                moved = before["parties"].pop(x.this_dn, None)
        call = self.update(x)
        if call is None:
            return
        if moved:
            call["parties"][x.this_dn] = moved
        party = call["parties"].get(x.this_dn)
        if party is None:
            self.fault(x, "of a DN that is not in the call")
            party = call["parties"][x.this_dn] = {
                "role": 0, "state": common.PARTY_STATE_CONNECTED, "queue": "",
                "other": "", "since": when(x.time)}
        self.set_sides(party, x)

    def fold_dn(self, x):
        name = NAMES[x.type]
        state = self.dns.setdefault(x.this_dn, {})
        if name in ("DN_OUT_OF_SERVICE", "DN_BACK_IN_SERVICE"):
            state["in_service"] = name == "DN_BACK_IN_SERVICE"
        elif name == "DND_ON":
            state["dnd"] = True
        elif name == "DND_OFF":
            state.pop("dnd", None)
        elif name == "FORWARD_SET":
            word = "".join(c for c in x.details.reason.lower() if c.isalpha())
            state["forward"] = FORWARDS.get(word, 0), x.details.target
        elif name == "FORWARD_CANCELLED":
            state.pop("forward", None)
        elif name == "AGENT_LOGOUT":
            state.pop("agent", None)
        elif name in ("AGENT_LOGIN", "AGENT_READY", "AGENT_NOT_READY"):
            known = state.get("agent", ("",))[0]
            state["agent"] = (
                x.details.agent_id or known, name == "AGENT_READY",
                x.details.work_mode, x.details.reason, when(x.time))
        if not state:
            del self.dns[x.this_dn]

    # -- comparing --------------------------------------------------------------

    def differences(self, other):
        """What the other one has otherwise, in words; empty if nothing."""
        found = []
        for what in ("calls", "dns"):
            mine, its = getattr(self, what), getattr(other, what)
            for key in sorted(mine.keys() | its.keys()):
                if mine.get(key) != its.get(key) or \
                        order(mine.get(key)) != order(its.get(key)):
                    found.append(f"{what} {key}: {mine.get(key)} is not "
                                 f"{its.get(key)}")
        return found

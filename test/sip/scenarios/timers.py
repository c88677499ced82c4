"""Session timers (RFC 4028), the switch in every role."""

from message import origin_of, param, sdp
from peer import hang_up
from stage import scenario
from switch import trunk

OFFICE = [{"numbers": {"from": 2001, "to": 2009}, "type": "extension"}]
ALLOW = ("Allow", "INVITE, ACK, CANCEL, BYE, UPDATE, PRACK, INFO")


@scenario
def too_short_a_session_timer_gets_422_with_min_se(stage):
    stage.switch({"min-session-interval": 120}, OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    refused = alice.call("2002", supported="timer",
                         headers=[("Session-Expires", "90")]).expect(422)
    assert refused.get("Min-SE") == "120"
    a = alice.call("2002", supported="timer", headers=[
        ("Session-Expires", "120"), ("Min-SE", "120")])
    b = bob.rung()
    b.accept()
    ok = a.expect(200)
    assert ok.get("Session-Expires").startswith("120")
    a.ack()
    hang_up(a, b)


@scenario
def a_422_of_the_callee_is_tried_again_with_more(stage):
    stage.switch({"session-refresh-interval": 90}, OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002")
    b = bob.rung()
    assert b.invite.get("Session-Expires").startswith("90")
    b.answer(422, headers=[("Min-SE", "300")])
    b.expect("ACK")
    again = bob.rung()
    assert again.invite.get("Session-Expires").startswith("300")
    assert again.invite.get("Min-SE") == "300"
    again.accept()
    a.expect(200)
    a.ack()
    hang_up(a, again)


@scenario(slow=True)
def the_switch_refreshes_where_it_is_the_refresher(stage):
    """Towards the caller as UAS, towards the callee as UAC (RFC 4028)."""
    stage.switch({"session-refresh-interval": 90}, OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002", supported="timer", headers=[
        ALLOW, ("Session-Expires", "90;refresher=uas")])
    b = bob.rung()
    offered = b.invite.get("Session-Expires")
    assert offered.startswith("90"), offered
    b.answer(200, sdp(42000), [("Require", "timer"),
                               ("Session-Expires", "90;refresher=uac")])
    b.expect("ACK")
    ok = a.expect(200)
    assert param(ok.get("Session-Expires"), "refresher") == "uas"
    assert ok.has_word("Require", "timer")
    a.ack()
    # Half-way each side gets a refresh: UPDATE where it is known.
    update = a.expect("UPDATE", within=55)
    assert param(update.get("Session-Expires"), "refresher") == "uac"
    a.reply(update, 200, headers=[
        ("Require", "timer"), ("Session-Expires", "90;refresher=uac")])
    again = b.expect("INVITE", within=10)
    assert origin_of(again.body) == origin_of(b.invite.body)  # unchanged
    b.reply(again, 200, sdp(42000), [
        ("Require", "timer"), ("Session-Expires", "90;refresher=uac")])
    b.expect("ACK")
    # And the call goes on beyond the first interval's limit of 60 s.
    stage.pass_time(20)
    hang_up(a, b)


@scenario(slow=True)
def a_peer_that_stops_refreshing_loses_its_call(stage):
    switch = stage.switch({"session-refresh-interval": 90}, OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002", supported="timer", headers=[
        ("Session-Expires", "90;refresher=uac")])
    b = bob.rung()
    b.answer(200, sdp(42000), [("Require", "timer"),
                               ("Session-Expires", "90;refresher=uas")])
    b.expect("ACK")
    assert param(a.expect(200).get("Session-Expires"), "refresher") == "uac"
    a.ack()
    stage.pass_time(25)
    refreshed = a.ask("UPDATE", headers=[
        ("Supported", "timer"), ("Session-Expires", "90;refresher=uac")])
    assert refreshed.status == 200
    # Bob never does: 60 s after the answer he is given up, not Alice.
    b.reply(b.expect("BYE", within=45), 200)
    a.pick("BYE")
    record = switch.records(1)[0]
    assert record["released_by"] == "switch", record
    assert 55_000 < record["talk_ms"] < 65_000, record


@scenario(slow=True)
def a_caller_that_died_is_found_by_its_session_timer(stage):
    """SIPp is killed while its call stands; a gateway is left."""
    gateway = stage.port()
    switch = stage.switch({"session-refresh-interval": 90}, [
        *OFFICE, trunk("gateway", gateway, "1")])
    callee = stage.sipp("answer_and_wait", port=gateway,
                        within=120).listening()
    caller = stage.sipp("call_and_hold", "-key", "number", "1001",
                        user="2001", within=120)
    switch.awaits("strowger_legs_in_progress", 2)
    stage.pass_time(1)
    caller.kill()
    callee.done(within=100)
    record = switch.records(1)[0]
    assert record["result"] == "answered", record

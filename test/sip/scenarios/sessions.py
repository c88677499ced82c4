"""What happens inside a call: hold, re-INVITE, UPDATE, PRACK, INFO, MESSAGE and
session timers (RFC 3262, 3264, 3311, 4028; semantics §6.1, §6.3, M17)."""

from message import origin_of, param, sdp, without_origin
from peer import connect, hang_up
from stage import scenario
from switch import trunk

OFFICE = [{"numbers": {"from": 2001, "to": 2009}, "type": "extension"}]
ALLOW = ("Allow", "INVITE, ACK, CANCEL, BYE, UPDATE, PRACK, INFO")


def offer_across(by, other, body, answer):
    """A re-INVITE of one side, answered by the other; returns what came."""
    sent = by.request("INVITE", body)
    got = other.pick("INVITE", 200, answer)
    back = by.take(lambda m: m.status == 200
                   and m.get("CSeq") == sent.get("CSeq"), "200 to re-INVITE")
    by.ack(back)
    other.expect("ACK")
    assert without_origin(got.body) == without_origin(body)
    assert without_origin(back.body) == without_origin(answer)
    return got, back


# -- hold --------------------------------------------------------------------------

@scenario
def hold_and_retrieve_pass_in_every_style_and_from_both_sides(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, b = connect(alice, bob)
    version = 1
    for by, other, who in ((a, b, "2001"), (b, a, "2002")):
        for style in ({"connection": "0.0.0.0"}, {"direction": "sendonly"},
                      {"direction": "inactive"}):
            version += 1
            offer_across(by, other, sdp(version=version, **style),
                         sdp(42000, version=version, direction="recvonly"))
            version += 1
            offer_across(by, other, sdp(version=version),
                         sdp(42000, version=version))
        held = [e for e in switch.events(who) if e in ("Held", "Retrieved")]
        assert held == ["Held", "Retrieved"] * 3, (who, held)
    hang_up(a, b)


@scenario
def every_leg_keeps_one_session_id_with_a_rising_version(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002", sdp(session=77, version=5))
    b = bob.rung()
    to_b = [origin_of(b.invite.body)]
    b.accept(sdp(42000, session=88, version=9))
    to_a = [origin_of(a.expect(200).body)]
    a.ack()
    assert b.invite.text.split("\r\n")[1].endswith(f"IN IP4 {switch.host}")
    for version, direction in ((2, "sendonly"), (3, "sendrecv"), (4, None)):
        got, back = offer_across(
            a, b, sdp(session=77, version=4 + version, direction=direction),
            sdp(42000, session=88, version=8 + version,
                extra=f"a=x:{version}\r\n"))
        to_b.append(origin_of(got.body))
        to_a.append(origin_of(back.body))
    got, back = offer_across(b, a, sdp(42000, session=88, version=20),
                             sdp(session=77, version=20, extra="a=y\r\n"))
    to_a.append(origin_of(got.body))
    to_b.append(origin_of(back.body))
    for seen in (to_a, to_b):
        ids, versions = zip(*seen)
        assert len(set(ids)) == 1, seen
        assert list(versions) == list(range(versions[0],
                                            versions[0] + len(versions))), seen
    assert to_a[0][0] != to_b[0][0]
    hang_up(a, b)


@scenario
def a_refused_reinvite_leaves_the_call_as_it_was(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, b = connect(alice, bob)
    sent = a.request("INVITE", sdp(version=2, direction="sendonly"))
    b.pick("INVITE", 488)
    b.expect("ACK")
    refused = a.take(lambda m: m.status >= 300
                     and m.get("CSeq") == sent.get("CSeq"), "488")
    assert refused.status == 488
    a.ack(refused)
    offer_across(a, b, sdp(version=3), sdp(42000, version=3))
    hang_up(a, b)


@scenario
def a_reinvite_without_sdp_asks_the_other_side_for_an_offer(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, b = connect(alice, bob)
    sent = b.request("INVITE")
    asked = a.pick("INVITE", 200, sdp(43000, version=7))
    assert asked.body == b""
    back = b.take(lambda m: m.status == 200
                  and m.get("CSeq") == sent.get("CSeq"), "200")
    assert without_origin(back.body) == without_origin(sdp(43000, version=7))
    b.ack(back, sdp(44000, version=8))
    ack = a.expect("ACK")
    assert without_origin(ack.body) == without_origin(sdp(44000, version=8))
    hang_up(a, b)


@scenario
def reinvites_that_cross_get_491(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, b = connect(alice, bob)
    first = a.request("INVITE", sdp(version=2, direction="sendonly"))
    passed = b.expect("INVITE")
    glare = b.request("INVITE", sdp(42000, version=2, direction="inactive"))
    refused = b.take(lambda m: m.status >= 300
                     and m.get("CSeq") == glare.get("CSeq"), "491")
    assert refused.status == 491, refused.start
    b.ack(refused)
    b.reply(passed, 200, sdp(42000, version=3, direction="recvonly"))
    back = a.take(lambda m: m.status == 200
                  and m.get("CSeq") == first.get("CSeq"), "200")
    a.ack(back)
    b.expect("ACK")
    offer_across(b, a, sdp(42000, version=4), sdp(version=4))  # and again
    hang_up(a, b)


@scenario
def a_491_of_the_other_side_comes_back(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, b = connect(alice, bob)
    sent = a.request("INVITE", sdp(version=2))
    b.pick("INVITE", 491)
    b.expect("ACK")
    refused = a.take(lambda m: m.status >= 300
                     and m.get("CSeq") == sent.get("CSeq"), "491")
    assert refused.status == 491
    a.ack(refused)
    hang_up(a, b)


@scenario
def a_bye_during_a_reinvite_ends_both(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, b = connect(alice, bob)
    sent = a.request("INVITE", sdp(version=2, direction="sendonly"))
    pending = b.expect("INVITE")
    b.request("BYE")
    b.expect(200, "BYE")
    b.reply(pending, 487)
    b.expect("ACK")
    a.pick("BYE")
    refused = a.take(lambda m: m.status >= 300
                     and m.get("CSeq") == sent.get("CSeq"), "a refusal")
    a.ack(refused)


# -- UPDATE ------------------------------------------------------------------------

@scenario
def update_passes_both_ways_in_a_call(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002", headers=[ALLOW])
    b = bob.rung()
    b.answer(200, sdp(42000), [ALLOW])
    b.expect("ACK")
    a.expect(200)
    a.ack()
    version = 1
    for by, other in ((a, b), (b, a)):
        version += 1
        offer = sdp(45000, version=version)
        answer = sdp(46000, version=version)
        sent = by.request("UPDATE", offer)
        got = other.pick("UPDATE", 200, answer)
        back = by.take(lambda m, sent=sent: m.status == 200
                       and m.get("CSeq") == sent.get("CSeq"), "200 to UPDATE")
        assert without_origin(got.body) == without_origin(offer)
        assert without_origin(back.body) == without_origin(answer)
    hang_up(a, b)


@scenario
def update_to_a_phone_without_it_becomes_a_reinvite(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002", headers=[ALLOW])
    b = bob.rung()
    b.answer(200, sdp(42000), [("Allow", "INVITE, ACK, CANCEL, BYE")])
    b.expect("ACK")
    a.expect(200)
    a.ack()
    sent = a.request("UPDATE", sdp(45000, version=2))
    got = b.pick("INVITE", 200, sdp(46000, version=2))
    b.expect("ACK")
    back = a.take(lambda m: m.status == 200
                  and m.get("CSeq") == sent.get("CSeq"), "200 to UPDATE")
    assert without_origin(got.body) == without_origin(sdp(45000, version=2))
    assert without_origin(back.body) == without_origin(sdp(46000, version=2))
    hang_up(a, b)


@scenario
def update_in_an_early_dialog_passes_after_prack(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002", headers=[ALLOW], supported="100rel")
    b = bob.rung()
    b.answer(183, sdp(42000),
             [("Require", "100rel"), ("RSeq", "11"), ALLOW])
    progress = a.expect(183)
    a.request("PRACK", headers=[
        ("RAck", f"{progress.get('RSeq')} {progress.get('CSeq')}")])
    b.pick("PRACK")
    a.expect(200, "PRACK")
    sent = a.request("UPDATE", sdp(45000, version=2))
    got = b.pick("UPDATE", 200, sdp(46000, version=2))
    back = a.take(lambda m: m.status == 200
                  and m.get("CSeq") == sent.get("CSeq"), "200 to UPDATE")
    assert without_origin(got.body) == without_origin(sdp(45000, version=2))
    assert without_origin(back.body) == without_origin(sdp(46000, version=2))
    b.accept("")
    a.expect(200)
    a.ack()
    hang_up(a, b)


# -- PRACK -------------------------------------------------------------------------

@scenario
def reliable_provisionals_are_pracked_end_to_end(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002", supported="100rel")
    b = bob.rung()
    assert b.invite.has_word("Supported", "100rel")
    early = sdp(42000)
    b.answer(183, early, [("Require", "100rel"), ("RSeq", "7001")])
    progress = a.expect(183)
    assert progress.has_word("Require", "100rel")
    assert without_origin(progress.body) == without_origin(early)
    a.request("PRACK", headers=[
        ("RAck", f"{progress.get('RSeq')} {progress.get('CSeq')}")])
    prack = b.pick("PRACK")
    assert prack.get("RAck") == f"7001 {b.invite.get('CSeq')}"
    a.expect(200, "PRACK")
    b.answer(180, headers=[("Require", "100rel"), ("RSeq", "7002")])
    ringing = a.expect(180)
    assert int(ringing.get("RSeq")) == int(progress.get("RSeq")) + 1
    a.request("PRACK", headers=[
        ("RAck", f"{ringing.get('RSeq')} {ringing.get('CSeq')}")])
    assert b.pick("PRACK").get("RAck") == f"7002 {b.invite.get('CSeq')}"
    a.expect(200, "PRACK")
    b.accept("")
    a.expect(200)
    a.ack()
    hang_up(a, b)


@scenario
def the_switch_pracks_for_a_caller_without_100rel(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002")
    b = bob.rung()
    # Bob insists although nobody offered it.
    b.answer(183, sdp(42000), [("Require", "100rel"), ("RSeq", "40")])
    assert b.pick("PRACK").get("RAck") == f"40 {b.invite.get('CSeq')}"
    progress = a.expect(183)
    assert not progress.has_word("Require", "100rel")
    assert not progress.get("RSeq")
    b.accept()
    a.expect(200)
    a.ack()
    hang_up(a, b)


@scenario
def a_reliable_provisional_is_repeated_until_its_prack(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002", supported="100rel")
    b = bob.rung()
    b.answer(180, headers=[("Require", "100rel"), ("RSeq", "5")])
    ringing = a.expect(180)
    stage.until(lambda: alice.repeats >= 2, "two repetitions of 180")
    a.request("PRACK", headers=[
        ("RAck", f"{ringing.get('RSeq')} {ringing.get('CSeq')}")])
    b.pick("PRACK")
    a.expect(200, "PRACK")
    b.accept()
    a.expect(200)
    a.ack()
    hang_up(a, b)


# -- INFO, MESSAGE -------------------------------------------------------------------

@scenario
def info_and_message_pass_both_ways_with_headers_and_bodies(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, b = connect(alice, bob)
    digit = "Signal=5\r\nDuration=160\r\n"
    for by, other in ((a, b), (b, a)):
        for method, kind, body in (
                ("INFO", "application/dtmf-relay", digit),
                ("MESSAGE", "text/plain;charset=utf-8", "Gr\u00fc\u00dfe")):
            sent = by.request(method, body, [("X-Extra", "kept as it is")],
                              content_type=kind)
            got = other.pick(method)
            assert got.text == body
            assert got.get("Content-Type") == kind
            assert got.get("X-Extra") == "kept as it is"
            by.take(lambda m, sent=sent: m.status == 200
                    and m.get("CSeq") == sent.get("CSeq"), "200")
    sent = a.request("INFO", "?", content_type="text/plain")
    b.pick("INFO", 415)
    a.take(lambda m: m.status == 415, "415")
    hang_up(a, b)


@scenario
def options_inside_a_call_and_requests_of_unknown_dialogs_are_answered(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, b = connect(alice, bob)
    assert a.ask("OPTIONS").status == 200
    hang_up(a, b)
    for method in ("BYE", "INFO", "UPDATE", "OPTIONS"):
        answer = a.ask(method)
        assert answer.status == 481, answer.start


# -- session timers -----------------------------------------------------------------

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
    assert record["released_by"] == "switch_itself", record
    assert 55_000 < record["talk_ms"] < 65_000, record


@scenario(slow=True)
def a_caller_that_died_is_found_by_its_session_timer(stage):
    """SIPp is killed while its call stands; a gateway is left."""
    gateway = stage.port()
    switch = stage.switch({"session-refresh-interval": 90}, [
        *OFFICE, trunk("gateway", gateway, "1")])
    callee = stage.sipp("answer_and_wait", port=gateway).listening()
    caller = stage.sipp("call_and_hold", "-key", "number", "1001", port=None,
                        user="2001")
    switch.awaits("strowger_legs_in_progress", 2)
    stage.pass_time(1)
    caller.kill()
    callee.done(within=100)
    record = switch.records(1)[0]
    assert record["result"] == "answered", record

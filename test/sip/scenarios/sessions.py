"""What happens inside a call: hold, re-INVITE, UPDATE, PRACK, INFO and MESSAGE
(RFC 3262, 3264, 3311; semantics §6.1, §6.3, M17)."""

from message import origin_of, sdp, without_origin
from peer import connect, hang_up
from stage import scenario

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
        switch.expect_events(who, *["Held", "Retrieved"] * 3,
                             of=("Held", "Retrieved"))
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
    b.reply(pending, 487)  # RFC 3261 §15.1.2
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

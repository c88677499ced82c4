"""Two-party calls from INVITE to BYE (RFC 3261, semantics §5 M2-M11, §6.1)."""

from message import param, sdp, without_origin
from peer import connect, hang_up
from stage import scenario
from switch import extension

OFFICE = [{"numbers": {"from": 2001, "to": 2009}, "type": "extension"}]


@scenario
def two_sipp_phones_register_with_digest_and_call_each_other(stage):
    secret = {"password": "s3cret",
              "authenticate_requests": ["register", "invite"]}
    switch = stage.switch({"digest-algorithms": ["MD5"]},  # all SIPp knows
                          [extension("2001", **secret),
                           extension("2002", **secret)])
    callee = stage.port()
    for user, port in (("2001", stage.port()), ("2002", callee)):
        stage.sipp("register", "-au", user, "-ap", "s3cret",
                   "-key", "contact", f"127.0.0.1:{callee}", port=port,
                   user=user).done()
    switch.awaits("strowger_registrations", 2)
    answering = stage.sipp("answer", port=callee, calls=20).listening()
    stage.sipp("call", "-key", "number", "2002", "-au", "2001", "-ap",
               "s3cret", user="2001", calls=20, rate=20).done()
    answering.done()
    switch.awaits("strowger_calls_total", 20, direction="internal",
                  result="answered")
    for record in switch.records(20):
        assert record["result"] == "answered", record
        assert record["released_by"] == "caller", record
        assert record["origin"]["device"] == "2001", record
        assert record["destination"]["device"] == "2002", record


@scenario
def a_call_passes_and_every_leg_has_its_own_dialog(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002")
    b = bob.rung()
    assert b.call_id != a.call_id
    assert param(b.remote, "tag") != param(a.local, "tag")
    assert len(b.invite.all("Via")) == 1
    assert switch.at in b.invite.get("Via")
    assert switch.at in b.invite.get("Contact")
    assert b.invite.get("Max-Forwards") == "69"
    assert "2001@" in b.invite.get("From")
    assert '"2001"' in b.invite.get("From")
    assert "2002@" in b.invite.get("To")
    b.answer(180)
    ringing = a.expect(180)
    assert param(ringing.get("To"), "tag") != param(b.local, "tag")
    b.accept()
    answered = a.expect(200)
    assert switch.at in answered.get("Contact")
    assert param(answered.get("To"), "tag") == param(ringing.get("To"), "tag")
    a.ack()
    switch.awaits("strowger_calls_in_progress", 1)
    switch.awaits("strowger_legs_in_progress", 2)
    hang_up(a, b)
    record = switch.records(1)[0]
    assert record["origin"]["sip_call_id"] == a.call_id, record
    assert record["destination"]["sip_call_id"] == b.call_id, record
    switch.expect_events("2001", "Dialing", "Established", "Released")
    switch.expect_events("2002", "Ringing", "Established", "Released")


@scenario
def the_callee_may_hang_up_too(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, b = connect(alice, bob)
    hang_up(b, a)
    record = switch.records(1)[0]
    assert (record["result"], record["released_by"]) == ("answered", "called")


@scenario
def an_invite_without_sdp_gets_the_offer_in_200_and_answers_in_ack(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002", body="")
    b = bob.rung()
    assert b.invite.body == b""
    offer, answer = sdp(41000), sdp(42000)
    b.answer(200, offer)
    answered = a.expect(200)
    assert without_origin(answered.body) == without_origin(offer)
    a.ack(body=answer)
    ack = b.expect("ACK")
    assert without_origin(ack.body) == without_origin(answer)
    hang_up(a, b)


@scenario
def early_media_reaches_the_caller_before_the_answer(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002")
    b = bob.rung()
    early = sdp(41000)
    b.answer(183, early)
    progress = a.expect(183)
    assert without_origin(progress.body) == without_origin(early)
    b.accept(early)
    a.expect(200)
    a.ack()
    hang_up(a, b)


@scenario
def a_refusal_reaches_the_caller_as_it_is(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    for status, reason, result in (
            (486, "Busy Here", "busy"), (603, "Decline", "rejected"),
            (404, "Not Found", "invalid"),
            (480, "Temporarily Unavailable", "no_answer"),
            (488, "Not Acceptable Here", "failed"),
            (600, "Busy Everywhere", "busy")):
        a = alice.call("2002")
        b = bob.rung()
        b.answer(status, reason=reason)
        b.expect("ACK")
        a.expect(status)
        stage.until(lambda: switch.records()
                    and switch.records()[-1]["status"] == status,
                    f"a record of {status}")
        assert switch.records()[-1]["result"] == result, switch.records()[-1]
    switch.awaits("strowger_calls_total", 2, result="busy")


@scenario
def a_number_nobody_has_gets_404(stage):
    switch = stage.switch(dns=OFFICE)
    alice = stage.phone("2001")
    alice.call("7777").expect(404)
    alice.call("2002").expect(480)  # a DN that is not registered
    assert [r["status"] for r in switch.records(2)] == [404, 480]


@scenario
def a_call_nobody_answers_is_given_up(stage):
    switch = stage.switch({"ring-timeout": 1}, OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002")
    b = bob.rung()
    b.answer(180)
    a.expect(180)
    a.expect(480)
    b.is_cancelled()
    assert switch.records(1)[0]["result"] == "no_answer"


@scenario
def the_caller_may_give_up(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002")
    b = bob.rung()
    b.answer(180)
    a.expect(180)
    a.cancel()
    a.expect(200, "CANCEL")
    b.is_cancelled()
    a.expect(487)
    record = switch.records(1)[0]
    assert record["result"] == "abandoned", record
    assert record["released_by"] == "caller", record
    switch.expect_events("2002", "Ringing", "Abandoned")
    switch.expect_events("2001", "Dialing", "Released")


@scenario
def a_cancel_before_any_answer_of_the_callee_still_ends_the_call(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002")
    b = bob.rung()  # and says nothing: CANCEL has to wait (RFC 3261 §9.1)
    a.cancel()
    a.expect(200, "CANCEL")
    a.expect(487)
    b.answer(180)
    b.is_cancelled()


@scenario
def a_200_that_crosses_the_cancel_is_acknowledged_and_ended(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002")
    b = bob.rung()
    b.answer(180)
    a.expect(180)
    a.cancel()
    a.expect(200, "CANCEL")
    a.expect(487)
    b.pick("CANCEL")
    b.answer(200, sdp(41000))  # it had picked up already
    b.expect("ACK")
    b.pick("BYE")
    assert switch.records(1)[0]["result"] == "abandoned"


@scenario
def a_cancel_that_comes_after_the_200_changes_nothing(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002")
    b = bob.rung()
    b.answer(180)
    a.expect(180)
    b.accept()
    a.expect(200)
    a.cancel()
    assert a.take(lambda m: m.method == "CANCEL", "an answer to CANCEL").status \
        in (200, 481)
    a.ack()
    stage.pass_time(0.3)
    assert not b.peer.inbox, b.peer.inbox[0].start
    hang_up(a, b)


@scenario
def byes_that_cross_are_both_answered(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, b = connect(alice, bob)
    sent = [(leg, leg.request("BYE")) for leg in (a, b)]
    for leg, bye in sent:
        answer = leg.take(lambda m, bye=bye: m.status >= 200
                          and m.get("CSeq") == bye.get("CSeq"),
                          "an answer to BYE")
        assert answer.status in (200, 481), answer.start
    stage.pass_time(0.5)
    for leg in (a, b):  # whoever got a BYE, too
        for message in list(leg.peer.inbox):
            if message.method == "BYE" and message.is_request:
                leg.pick("BYE", 481)
    switch.records(1)


@scenario(slow=True)
def a_caller_that_never_acknowledges_is_released(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002")
    b = bob.rung()
    b.accept()
    a.expect(200)
    bye = a.expect("BYE", within=45)  # 64*T1 after the 200
    a.reply(bye, 200)
    b.pick("BYE")
    assert alice.repeats >= 5  # of the 200
    assert switch.records(1)[0]["released_by"] == "switch"


@scenario
def a_repeated_invite_makes_one_call(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002")
    for _ in range(3):
        alice.send_raw(a.invite.raw)
    b = bob.rung()
    b.answer(180)
    a.expect(180)
    alice.send_raw(a.invite.raw)
    b.accept()
    a.expect(200)
    a.ack()
    hang_up(a, b)
    assert switch.metric("strowger_calls_opened_total") == 1


@scenario
def an_invite_that_comes_back_is_a_loop(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002")
    b = bob.rung()
    # Bob's proxy sends the INVITE back where it came from.
    looped = bob.make("INVITE", f"sip:2002@{bob.switch.at}", [
        ("Via", b.invite.get("Via")), *[
            (n, v) for n, v in b.invite.headers
            if n not in ("Via", "Content-Length", "Content-Type")]],
        b.invite.body)
    bob.send(looped)
    answer = bob.take(lambda m: m.status == 482, "482")
    start = f"ACK {looped.uri} SIP/2.0"
    ack = bob.make("ACK", looped.uri, [
        ("From", looped.get("From")), ("To", answer.get("To")),
        ("Call-ID", looped.get("Call-ID")),
        ("CSeq", f"{looped.cseq} ACK")], branch=looped.branch)
    assert ack.start == start
    bob.send(ack)
    b.answer(486)
    b.expect("ACK")
    a.expect(486)


@scenario
def an_invite_out_of_hops_gets_483(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    alice.call("2002", max_forwards=0).expect(483)
    a = alice.call("2002", max_forwards=1)
    b = bob.rung()
    assert b.invite.get("Max-Forwards") == "0"
    b.answer(486)
    b.expect("ACK")
    a.expect(486)
    assert switch.metric("strowger_sip_rejected_total", reason="loop") == 1


@scenario
def a_phone_forwards_by_302(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob, carol = (stage.phone(n) for n in ("2001", "2002", "2003"))
    a = alice.call("2002")
    b = bob.rung()
    b.answer(302, headers=[("Contact", f"<sip:2003@{switch.at}>")])
    b.expect("ACK")
    c = carol.rung()
    c.answer(180)
    a.expect(180)
    c.accept()
    a.expect(200)
    a.ack()
    hang_up(a, c)
    record = switch.records(1)[0]
    assert record["redirections"] == 1, record
    assert record["destination"]["device"] == "2003", record


@scenario
def forwarding_in_circles_ends_at_the_limit(stage):
    switch = stage.switch({"max-redirections": 3}, OFFICE)
    alice = stage.phone("2001")
    phones = [stage.phone("2002"), stage.phone("2003")]
    a = alice.call("2002")
    for turn in range(4):
        leg = phones[turn % 2].rung()
        other = phones[(turn + 1) % 2].user
        leg.answer(302, headers=[("Contact", f"<sip:{other}@{switch.at}>")])
        leg.expect("ACK")
    a.expect(480)
    assert switch.records(1)[0]["redirections"] == 3


@scenario
def records_and_metrics_agree_with_what_the_clients_counted(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    for _ in range(3):
        hang_up(*connect(alice, bob))
    for _ in range(2):
        a = alice.call("2002")
        b = bob.rung()
        b.answer(486)
        b.expect("ACK")
        a.expect(486)
    records = switch.records(5)
    results = [r["result"] for r in records]
    assert (results.count("answered"), results.count("busy")) == (3, 2)
    assert len({r["call"] for r in records}) == 5
    for record in records:
        times = [record[k] for k in ("started", "invited", "alerted",
                                     "answered", "ended") if record[k]]
        assert times == sorted(times), record
    assert switch.metric("strowger_calls_total", result="answered") == 3
    assert switch.metric("strowger_calls_total", result="busy") == 2

    def sent(method):
        return sum(1 for peer, way, m in stage.notes if way == "->"
                   and m.is_request and m.method == method)

    def got(method):
        return sum(1 for peer, way, m in stage.notes if way == "<-"
                   and m.is_request and m.method == method)
    for method in ("INVITE", "ACK", "BYE", "REGISTER"):
        for way, count in (("in", sent(method)), ("out", got(method))):
            metric = switch.metric("strowger_sip_requests_total",
                                   method=method, direction=way)
            # nta itself sends and takes the ACK of a failure.
            if method != "ACK":
                assert metric == count, f"{method} {way}: {metric}, {count}"

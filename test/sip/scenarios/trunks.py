"""Which trunk a call takes, and what happens when one does not work
(semantics §2.1, §6.15, §8.3 cases 9, 11, 24, 26, 27)."""

import digest
from message import sdp, without_origin
from peer import connect, hang_up
from stage import scenario
from switch import trunk

OFFICE = [{"numbers": {"from": 2001, "to": 2009}, "type": "extension"}]


def refuse(gateway, status, headers=()):
    """Takes a call and refuses it; returns the number that was dialled."""
    leg = gateway.rung(within=40)
    leg.answer(status, headers=headers)
    leg.expect("ACK")
    return leg.invite.uri.partition(":")[2].partition("@")[0]


def goes_to(caller, number, gateway, **how):
    """The number as the gateway sees it."""
    a = caller.call(number, **how)
    dialled = refuse(gateway, 486)
    a.expect(486)
    return dialled


@scenario
def the_longest_prefix_wins_and_is_replaced(stage):
    ports = [stage.port() for _ in range(3)]
    stage.switch(dns=[
        *OFFICE, trunk("world", ports[0], ["0", "1"]),
        trunk("germany", ports[1], "0049", replace_prefix="0"),
        trunk("munich", ports[2], "004989", replace_prefix="")])
    world, germany, munich = (stage.peer(str(p), port=p) for p in ports)
    alice = stage.phone("2001")
    assert goes_to(alice, "0043123", world) == "0043123"
    assert goes_to(alice, "1555", world) == "1555"
    assert goes_to(alice, "004930123", germany) == "030123"
    assert goes_to(alice, "004989123", munich) == "123"
    a = alice.call("9")  # nobody's
    a.expect(404)


@scenario
def a_call_out_and_a_call_in_over_a_trunk(stage):
    port = stage.port()
    switch = stage.switch(dns=[*OFFICE, trunk("gateway", port, "1")])
    gateway, alice = stage.peer("5551000", port=port), stage.phone("2001")
    a, g = connect(alice, gateway, "1800")
    assert switch.metric("strowger_trunk_calls", trunk="gateway") == 1
    hang_up(g, a)
    g, a = connect(gateway, alice, "2001")
    hang_up(a, g)
    switch.awaits("strowger_trunk_calls", 0, trunk="gateway")
    assert switch.metric("strowger_trunk_calls_peak", trunk="gateway") == 1
    assert switch.metric("strowger_trunk_attempts_total", trunk="gateway") == 1
    out, in_ = switch.records(2)
    assert out["type"] == "outbound", out
    assert out["destination"]["device"] == "gateway", out
    assert in_["type"] == "inbound", in_
    assert in_["origin"] == {"device": "gateway", "number": "5551000",
                             "address": f"udp:127.0.0.1:{port}",
                             "sip_call_id": g.call_id}, in_


@scenario
def a_caller_may_give_up_a_call_out(stage):
    port = stage.port()
    stage.switch(dns=[*OFFICE, trunk("gateway", port, "1")])
    gateway, alice = stage.peer("gateway", port=port), stage.phone("2001")
    a = alice.call("1800")
    g = gateway.rung()
    g.answer(183, sdp(42000))
    a.expect(183)
    a.cancel()
    a.expect(200, "CANCEL")
    g.is_cancelled()
    a.expect(487)


@scenario
def a_call_from_trunk_to_trunk_passes_without_sdp(stage):
    ports = stage.port(), stage.port()
    stage.switch(dns=[trunk("in", ports[0]), trunk("out", ports[1], "1")])
    caller, callee = (stage.peer(str(p), port=p) for p in ports)
    a = caller.call("1800", body="")
    b = callee.rung()
    assert b.invite.body == b""
    b.answer(200, sdp(42000))
    offer = a.expect(200)
    assert without_origin(offer.body) == without_origin(sdp(42000))
    a.ack(body=sdp(43000))
    assert without_origin(b.expect("ACK").body) == without_origin(sdp(43000))
    hang_up(a, b)


@scenario
def the_smaller_priority_number_is_tried_first_and_5xx_goes_on(stage):
    ports = [stage.port() for _ in range(3)]
    switch = stage.switch(dns=[
        *OFFICE, trunk("last", ports[2], "1", priority=9),
        trunk("first", ports[0], "1"), trunk("second", ports[1], "1",
                                             priority=5)])
    first, second, last = (stage.peer(str(p), port=p) for p in ports)
    alice = stage.phone("2001")
    for status in (500, 503, 580):
        a = alice.call("1800")
        refuse(first, status)
        refuse(second, 503)
        refuse(last, 486)
        a.expect(486)
    # What the called side decides is final.
    for status in (486, 404, 603, 480):
        a = alice.call("1800")
        refuse(first, status)
        a.expect(status)
    # All of them broken: not 503, which would close all of us (RFC 3261 §16.7).
    a = alice.call("1800")
    for gateway in (first, second, last):
        refuse(gateway, 503)
    assert a.expect(500).status == 500
    assert switch.metric("strowger_trunk_rejected_total", trunk="first",
                         **{"class": "5xx"}) \
        + switch.metric("strowger_trunk_rejected_total", trunk="first",
                        **{"class": "unreachable"}) == 4
    assert switch.metric("strowger_trunk_attempts_total", trunk="first") == 8


@scenario
def equal_trunks_take_turns(stage):
    ports = [stage.port() for _ in range(3)]
    stage.switch(dns=[*OFFICE, *(trunk(f"t{i}", p, "1")
                                 for i, p in enumerate(ports))])
    gateways = [stage.peer(str(p), port=p) for p in ports]
    alice = stage.phone("2001")
    for _ in range(9):
        a = alice.call("1800")
        stage.until(lambda: any(g.inbox for g in gateways), "a call")
        refuse(next(g for g in gateways if g.inbox), 486)
        a.expect(486)
    assert [g.requests for g in gateways] == [6, 6, 6]  # INVITE and ACK


@scenario
def a_full_trunk_is_passed_over(stage):
    ports = stage.port(), stage.port()
    switch = stage.switch(dns=[
        *OFFICE, trunk("small", ports[0], "1", capacity=1),
        trunk("large", ports[1], "1", capacity=1, priority=1)])
    small, large = (stage.peer(str(p), port=p) for p in ports)
    phones = [stage.phone(n) for n in ("2001", "2002", "2003")]
    calls = [connect(phones[0], small, "1800"),
             connect(phones[1], large, "1800")]
    phones[2].call("1800").expect(503)
    assert switch.records(1)[0]["result"] == "no_trunk"
    hang_up(*calls[0])
    switch.awaits("strowger_trunk_calls", 0, trunk="small")
    hang_up(*connect(phones[2], small, "1800"))
    hang_up(*calls[1])
    assert switch.metric("strowger_trunk_rejected_total", trunk="small",
                         **{"class": "refused"}) == 2


@scenario(slow=True)
def a_silent_contact_is_followed_by_its_backup_and_by_the_next_trunk(stage):
    ports = [stage.port() for _ in range(4)]
    switch = stage.switch(dns=[
        *OFFICE,
        trunk("pair", ports[0], "1",
              contacts_backup=[f"sip:127.0.0.1:{ports[1]}"]),
        trunk("alone", ports[2], "3"),
        trunk("other", ports[3], "3", priority=1)])
    silent, backup, alone, other = (stage.peer(str(p), port=p) for p in ports)
    silent.deaf = alone.deaf = True
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, b = alice.call("1800"), bob.call("3800")
    refuse(backup, 486)  # after 32 s
    a.expect(486)
    refuse(other, 486)
    b.expect(486)
    for number, count in (("pair", 0), ("alone", 1)):
        assert switch.metric("strowger_trunk_rejected_total", trunk=number,
                             **{"class": "unreachable"}) == count


@scenario
def an_invite_without_any_answer_is_given_up_after_sip_invite_timeout(stage):
    ports = stage.port(), stage.port()
    switch = stage.switch({"sip-invite-timeout": 2}, [
        *OFFICE, trunk("first", ports[0], "1"),
        trunk("second", ports[1], "1", priority=1)])
    first, second = (stage.peer(str(p), port=p) for p in ports)
    first.deaf = True
    alice = stage.phone("2001")
    a = alice.call("1800")
    leg = second.rung(within=6)
    leg.answer(486)
    leg.expect("ACK")
    a.expect(486)
    # An INVITE that got no provisional response cannot be cancelled (RFC 3261
    # 9.1), and might be answered late: the leg ends with its transaction.
    switch.awaits("strowger_calls_in_progress", 0, within=40)


@scenario
def a_trunk_that_is_gone_is_passed_over_and_rests(stage):
    """Nobody listens at the port: the kernel says so at once."""
    ports = stage.port(), stage.port()
    switch = stage.switch({"sip-invite-timeout": 2}, [
        *OFFICE, trunk("first", ports[0], "1", recovery_timeout=4),
        trunk("second", ports[1], "1", priority=1)])
    second, alice = stage.peer("second", port=ports[1]), stage.phone("2001")
    a = alice.call("1800")
    refuse(second, 486)
    a.expect(486)
    switch.awaits("strowger_trunk_in_service", 0, trunk="first")
    switch.awaits_log("OutOfService", "this_dn=first")
    first = stage.peer("first", port=ports[0])
    assert goes_to(alice, "1800", second) == "1800"  # rests still
    switch.awaits("strowger_trunk_in_service", 1, trunk="first")
    switch.awaits_log("BackInService", "this_dn=first")
    assert goes_to(alice, "1800", first) == "1800"


@scenario(slow=True)
def options_find_out_that_a_trunk_is_dead_and_that_it_lives_again(stage):
    ports = stage.port(), stage.port()
    switch = stage.switch(dns=[
        *OFFICE, trunk("first", ports[0], "1", oos_check=1, oos_force=1),
        trunk("second", ports[1], "1", priority=1)], start=False)
    first = stage.peer("first", port=ports[0])
    second = stage.peer("second", port=ports[1])
    first.always["OPTIONS"] = 405  # any answer means alive
    switch.start()
    alice = stage.phone("2001")
    stage.until(lambda: first.requests >= 2, "two OPTIONS")
    assert goes_to(alice, "1800", first) == "1800"
    assert switch.metric("strowger_trunk_in_service", trunk="first") == 1
    first.deaf = True
    switch.awaits("strowger_trunk_in_service", 0, 45, trunk="first")
    switch.awaits_log("OutOfService", "this_dn=first")
    assert goes_to(alice, "1800", second) == "1800"
    first.deaf = False
    switch.awaits("strowger_trunk_in_service", 1, 15, trunk="first")
    switch.awaits_log("BackInService", "this_dn=first")
    assert goes_to(alice, "1800", first) == "1800"
    switch.config["dns"] = OFFICE  # or there would always be one OPTIONS
    switch.reload()
    first.always.clear()
    first.inbox.clear()


@scenario
def a_challenge_of_a_trunk_is_answered_with_its_credentials(stage):
    port = stage.port()
    stage.switch(dns=[*OFFICE, trunk("gateway", port, "1", username="acme",
                                     password="open sesame")])
    gateway, alice = stage.peer("gateway", port=port), stage.phone("2001")
    cases = [
        (401, "WWW-Authenticate", "Authorization",
         'Digest realm="gw", nonce="abc"'),
        (407, "Proxy-Authenticate", "Proxy-Authorization",
         'Digest realm="gw", nonce="def", algorithm=MD5, qop="auth"'),
        (401, "WWW-Authenticate", "Authorization",
         'Digest realm="gw", nonce="ghi", algorithm=SHA-256, qop="auth", '
         'opaque="xyz"')]
    for status, header, answer, challenge in cases:
        a = alice.call("1800")
        first = gateway.rung()
        first.answer(status, headers=[(header, challenge)])
        first.expect("ACK")
        again = gateway.rung()
        assert again.call_id == first.call_id
        assert again.invite.cseq == first.invite.cseq + 1
        given = again.invite.get(answer)
        assert digest.fields_of(given)["username"] == "acme", given
        assert digest.is_right(given, "INVITE", "open sesame"), given
        again.accept()
        a.expect(200)
        a.ack()
        # A challenged BYE, too.
        bye = a.request("BYE")
        refused = again.expect("BYE")
        again.reply(refused, status, headers=[(header, challenge)])
        proved = again.pick("BYE")
        assert digest.is_right(proved.get(answer), "BYE", "open sesame")
        a.take(lambda m, bye=bye: m.status == 200
               and m.get("CSeq") == bye.get("CSeq"), "200 to BYE")


@scenario
def credentials_that_a_trunk_refuses_are_not_tried_for_ever(stage):
    port = stage.port()
    stage.switch(dns=[*OFFICE, trunk("gateway", port, "1", password="wrong")])
    gateway, alice = stage.peer("gateway", port=port), stage.phone("2001")
    a = alice.call("1800")
    for nonce in ("a", "b"):
        refuse(gateway, 401, [("WWW-Authenticate",
                               f'Digest realm="gw", nonce="{nonce}"')])
    a.expect(403)
    a = alice.call("1800")
    refuse(gateway, 401, [("WWW-Authenticate", "Basic realm=\"gw\"")])
    a.expect(403)


@scenario
def strangers_may_not_call_out(stage):
    port = stage.port()
    switch = stage.switch({"trusted-networks": ["192.0.2.0/24"]},
                          [*OFFICE, trunk("gateway", port, "1")])
    stage.peer("gateway", port=port)
    stranger = stage.peer("9999", host="127.0.0.5")
    stranger.call("1800").expect(403)
    assert switch.records(1)[0]["result"] == "rejected"


@scenario
def a_softswitch_reaches_the_extensions_behind_it(stage):
    port = stage.port()
    stage.switch(dns=[*OFFICE, {
        "number": "pbx", "type": "voip-service", "options": {
            "service-type": "softswitch",
            "contact": f"sip:127.0.0.1:{port}"}}])
    pbx, alice = stage.peer("pbx", port=port), stage.phone("2001")
    a = alice.call("2005")  # registered nowhere: behind the softswitch
    b = pbx.rung()
    assert b.invite.uri.startswith(f"sip:2005@127.0.0.1:{port}")
    b.accept()
    a.expect(200)
    a.ack()
    hang_up(a, b)
    bob = stage.phone("2005")  # once registered, it is where it says
    hang_up(*connect(alice, bob))


@scenario
def sipp_gateways_carry_calls_in_and_out_side_by_side(stage):
    port = stage.port()
    switch = stage.switch(dns=[*OFFICE, trunk("gateway", port, "1")])
    gateway = stage.sipp("answer", port=port, calls=100).listening()
    stage.sipp("call_plain", "-key", "number", "1800", user="2001", calls=100,
               rate=50).done()
    gateway.done()
    switch.awaits("strowger_calls_total", 100, direction="outbound",
                  result="answered")
    assert switch.metric("strowger_trunk_attempts_total",
                         trunk="gateway") == 100
    assert len(switch.records(100)) == 100

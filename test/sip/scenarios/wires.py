"""UDP, TCP and TLS (RFC 3261 §18), and what bad input gets."""

import socket

from certificate import make_certificate
from message import sdp, without_origin
from peer import connect, hang_up
from stage import scenario
from switch import trunk

OFFICE = [{"numbers": {"from": 2001, "to": 2009}, "type": "extension"}]


def tls_switch(stage, dns):
    certificate, key = make_certificate(stage.folder, "127.0.0.1")
    switch = stage.switch({"sip-port-tls": stage.port(),
                           "sip-tls-cert": certificate,
                           "sip-tls-cert-key": key}, dns, start=False)
    switch.certificate = certificate
    switch.start()
    return switch


@scenario
def phones_over_tcp_call_phones_over_udp_and_back(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.peer("2001", transport="tcp"), stage.phone("2002")
    alice.connect()
    assert alice.register().status == 200
    a, b = connect(alice, bob)
    assert "transport=tcp" not in b.invite.get("Contact")
    hang_up(b, a)
    b, a = connect(bob, alice)
    assert a.invite.get("Via").startswith("SIP/2.0/TCP")
    hang_up(b, a)


@scenario
def a_trunk_over_tcp_is_connected_to_and_reconnected(stage):
    port = stage.port()
    switch = stage.switch(dns=[*OFFICE, trunk(
        "gateway", f"sip:127.0.0.1:{port};transport=tcp", "1")])
    alice = stage.phone("2001")
    gateway = stage.peer("gateway", transport="tcp", port=port, listen=True)
    hang_up(*connect(alice, gateway, "1800"))
    files = switch.metric("process_open_fds")
    gateway.close_link(gateway.link)
    switch.awaits("process_open_fds", files - 1)
    hang_up(*connect(alice, gateway, "1800"))


@scenario
def messages_in_pieces_and_two_in_one_piece_are_read_over_tcp(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.peer("2001", transport="tcp"), stage.phone("2002")
    alice.connect()
    alice.register()
    a = alice.call("2002")
    b = bob.rung()
    b.accept()
    a.expect(200)
    whole = []
    send, alice.send_raw = alice.send_raw, lambda raw, to=None: whole.append(raw)
    a.ack()
    bye = a.request("BYE")
    alice.send_raw = send
    both = b"\r\n\r\n" + b"".join(whole)  # with a keep-alive before
    for i in range(0, len(both), 97):
        alice.send_raw(both[i:i + 97])
        stage.pass_time(0.02)
    b.pick("BYE")
    a.take(lambda m: m.status == 200 and m.get("CSeq") == bye.get("CSeq"),
           "200 to BYE")
    assert switch.metric("strowger_sip_parse_errors_total") == 0


@scenario
def a_call_over_tls_on_both_sides(stage):
    switch = tls_switch(stage, OFFICE)
    phones = []
    for user in ("2001", "2002"):
        phone = stage.peer(user, transport="tls")
        phone.connect()
        assert phone.register().status == 200
        phones.append(phone)
    srtp = sdp().replace("RTP/AVP", "RTP/SAVP") \
        + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc\r\n"
    a = phones[0].call("2002", srtp)
    b = phones[1].rung()
    assert b.invite.get("Via").startswith("SIP/2.0/TLS")
    assert f"{switch.tls_port};transport=tls" in b.invite.get("Contact")
    assert without_origin(b.invite.body) == without_origin(srtp)
    b.answer(180)
    a.expect(180)
    b.accept(srtp)
    a.expect(200)
    a.ack()
    hang_up(a, b)
    udp = stage.phone("2003")
    hang_up(*connect(udp, phones[0]))
    hang_up(*connect(phones[0], udp))


@scenario
def tls_connections_that_are_closed_leave_nothing(stage):
    switch = tls_switch(stage, OFFICE)
    phone = stage.peer("2001", transport="tls")
    phone.connect()
    assert phone.register().status == 200
    for number in range(300):
        if number % 3:
            other = stage.peer(f"other-{number}", transport="tls")
            other.connect()
            if number % 3 == 2:
                assert other.ask("OPTIONS").status == 200
            other.close()
        else:
            with socket.create_connection((switch.host, switch.tls_port)) as s:
                s.sendall(b"OPTIONS sip:x SIP/2.0\r\n\r\n"[:number])
    switch.awaits("strowger_sip_tls_sessions", 1)
    assert phone.ask("OPTIONS").status == 200
    phone.close()
    switch.awaits("strowger_sip_tls_sessions", 0)


@scenario
def a_connection_that_breaks_in_a_call_does_not_keep_the_call(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.peer("2001", transport="tcp"), stage.phone("2002")
    alice.connect()
    alice.register()
    a, b = connect(alice, bob)
    assert a.call_id
    files = switch.metric("process_open_fds")
    alice.close_link(alice.link)
    switch.awaits("process_open_fds", files - 1)
    b.request("BYE")
    b.expect(200, "BYE")
    assert switch.records(1)[0]["released_by"] == "called"


# -- OPTIONS and what the switch refuses ---------------------------------------------

@scenario
def options_tell_what_the_switch_can_do(stage):
    stage.switch(dns=OFFICE)
    phone = stage.peer("2001")
    for to in ("", "2002"):
        answer = phone.ask("OPTIONS", to)
        assert answer.status == 200, answer
        for method in ("INVITE", "UPDATE", "PRACK", "INFO", "REGISTER"):
            assert answer.has_word("Allow", method), answer
        for extension in ("100rel", "timer"):
            assert answer.has_word("Supported", extension), answer


@scenario
def requests_the_switch_cannot_serve_get_the_right_refusal(stage):
    switch = stage.switch(dns=OFFICE)
    phone = stage.peer("2001")
    unknown = phone.ask("DANCE", "2002")
    assert unknown.status in (405, 501), unknown
    assert phone.ask("PUBLISH", "2002").status in (405, 501)
    refused = phone.ask("SUBSCRIBE", "2002", [("Event", "presence")])
    assert refused.status in (405, 489, 501), refused
    refused = phone.ask("OPTIONS", "2002", [("Require", "teleport")])
    assert refused.status == 420 and refused.get("Unsupported") == "teleport"
    for headers, status in (
            ([("Content-Encoding", "gzip")], 415),
            ([("Accept", "text/plain")], 406)):
        phone.call("2002", headers=headers).expect(status)
    a = phone.call("2002", body="")
    a.expect(480)
    assert switch.metric("strowger_calls_opened_total") == 1


@scenario
def oversized_messages_and_headers_are_refused_and_calls_go_on(stage):
    switch = stage.switch({"max-message-size": 8000, "max-header-size": 2000},
                          OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    big = sdp(extra="a=x-filler\r\n" * 800)
    alice.call("2002", big).expect(513)
    refused = alice.call("2002", headers=[("X-Long", "y" * 3000)])
    answer = refused.take(lambda m: m.status >= 400, "a refusal")
    assert answer.status in (400, 431, 513), answer.start
    refused.ack(answer)
    assert switch.metric("strowger_sip_rejected_total",
                         reason="too_large") == 2
    hang_up(*connect(alice, bob))
    # Over TCP, where a size is only announced.
    tcp = stage.peer("2003", transport="tcp")
    tcp.send_raw(f"OPTIONS sip:{switch.at} SIP/2.0\r\nVia: SIP/2.0/TCP x\r\n"
                 "Content-Length: 2000000000\r\n\r\n".encode() + b"z" * 20000)
    stage.until(lambda: not tcp.link, "the connection to be closed")
    for message in tcp.inbox:
        assert message.status in (400, 413, 513), message.start
    tcp.inbox.clear()
    hang_up(*connect(alice, bob))


@scenario
def garbage_is_counted_and_harms_nobody(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    noise = stage.peer("noise")
    invite = noise.make("INVITE", f"sip:2002@{switch.at}", [
        ("From", "<sip:2001@x>;tag=1"), ("To", "<sip:2002@x>"),
        ("Call-ID", "g"), ("CSeq", "1 INVITE"), ("Max-Forwards", "70"),
        ("Contact", noise.contact)], sdp()).encode()
    lines = invite.split(b"\r\n")
    pieces = [b"\0" * 500, b"\xff\xfe" * 700, b"hello\r\n\r\n", b"\r\n\r\n",
              invite[:60], invite.replace(b" SIP/2.0\r\n", b" SIP/9.9\r\n")]
    for name in (b"Via", b"From", b"To", b"Call-ID", b"CSeq"):
        pieces.append(b"\r\n".join(x for x in lines
                                   if not x.startswith(name)))
    for piece in pieces:
        noise.send_raw(piece)
    stage.pass_time(0.5)
    answers = [m.status for m in noise.inbox]
    assert sorted(answers) == [400] * 4 + [505], answers
    noise.inbox.clear()
    hang_up(*connect(alice, bob))
    # What came as text counts: refused by a guard, or not readable at all.
    stage.until(lambda: switch.metric("strowger_sip_parse_errors_total")
                + switch.metric("strowger_sip_rejected_total",
                                reason="malformed") >= 8, "eight bad messages")

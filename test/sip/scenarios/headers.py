"""What passes untouched and what does not (RFC 3325, RFC 3323, semantics §6.1)."""

from message import sdp, without_origin
from peer import connect, hang_up
from stage import scenario
from switch import extension, trunk

OFFICE = [{"numbers": {"from": 2001, "to": 2009}, "type": "extension"}]

VIDEO = ("v=0\r\no=- 20518 0 IN IP4 203.0.113.1\r\ns= \r\nt=0 0\r\n"
         "c=IN IP4 203.0.113.1\r\na=ice-ufrag:8hhY\r\n"
         "a=ice-pwd:asd88fgpdd777uzjYhagZg\r\na=group:BUNDLE a v\r\n"
         "m=audio 54400 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:a\r\n"
         "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\n"
         "a=candidate:1 1 UDP 2130706431 203.0.113.141 8998 typ host\r\n"
         "a=candidate:2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr "
         "203.0.113.141 rport 8998\r\n"
         "a=fingerprint:sha-256 19:E2:1C:3B:4B:9F:81:E6:B8:5C:F4:A5:A8:D8:73:"
         "04:BB:05:2F:70:9F:04:A9:0E:05:E9:26:33:E8:70:88:A2\r\n"
         "a=setup:actpass\r\n"
         "m=video 55400 RTP/SAVP 97 98\r\nb=AS:512\r\na=mid:v\r\n"
         "a=crypto:1 AES_CM_128_HMAC_SHA1_80 "
         "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4\r\n"
         "a=rtpmap:97 H264/90000\r\na=rtcp-fb:97 nack pli\r\n"
         "a=x-unheard-of:\t \"odd\"  spacing \r\n")


@scenario
def sdp_with_video_srtp_and_ice_passes_byte_for_byte_but_its_origin(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    answer = VIDEO.replace("actpass", "active").replace("20518", "4711")
    for offer in (VIDEO, VIDEO.replace("\r\n", "\n")):
        a = alice.call("2002", offer)
        b = bob.rung()
        assert without_origin(b.invite.body) == without_origin(offer)
        b.accept(answer)
        assert without_origin(a.expect(200).body) == without_origin(answer)
        a.ack()
        hang_up(a, b)


@scenario
def bodies_of_other_types_pass_as_they_are(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    kind = 'multipart/mixed;boundary="cut here"'
    body = ("--cut here\r\nContent-Type: application/sdp\r\n\r\n" + sdp()
            + "\r\n--cut here\r\nContent-Type: application/x-notes\r\n\r\n"
            "\u00e4\u00f6\u00fc\r\n--cut here--\r\n").encode() + b"\0\xff\xfe"
    a = alice.call("2002", "")
    b = bob.rung()
    b.answer(486)
    b.expect("ACK")
    a.expect(486)
    a.cseq += 1
    a.remote = f"<{a.invite.uri}>"
    a.target = a.invite.uri
    a.call_id += "x"
    a.invite = a.request("INVITE", body, content_type=kind)
    b = bob.rung()
    assert b.invite.body == body, b.invite.body
    assert b.invite.get("Content-Type") == kind
    b.accept()
    a.expect(200)
    a.ack()
    hang_up(a, b)


@scenario
def headers_the_switch_does_not_know_pass_both_ways(stage):
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    there = [("X-Account", "4711;a=\"b, c\""), ("X-Account", "second"),
             ("User-to-User", "48656c6c6f;encoding=hex"),
             ("Subject", "Gr\u00fc\u00dfe"), ("Priority", "urgent"),
             ("History-Info", "<sip:1@x>;index=1, <sip:2@x>;index=1.1"),
             ("Diversion", "<sip:100@example.com>;reason=unconditional")]
    back = [("X-Account", "back"), ("Alert-Info", "<http://x/ring.wav>"),
            ("Call-Info", "<http://x/p.jpg>;purpose=icon")]
    a = alice.call("2002", headers=there)
    b = bob.rung()
    for name in {n for n, _ in there}:
        assert b.invite.all(name) == [v for n, v in there if n == name], name
    b.answer(180, headers=back)
    ringing = a.expect(180)
    b.answer(200, sdp(), back)
    b.expect("ACK")
    ok = a.expect(200)
    a.ack()
    for message in (ringing, ok):
        for name, value in back:
            assert message.all(name) == [value], (name, message.all(name))
    hang_up(a, b)


@scenario
def no_header_of_one_leg_leaks_into_the_other(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a = alice.call("2002", headers=[
        ("User-Agent", "alice's phone"), ("Route", f"<sip:{switch.at};lr>"),
        ("Record-Route", "<sip:192.0.2.7;lr>"), ("Timestamp", "54"),
        ("Proxy-Authorization", "Digest username=\"x\"")])
    b = bob.rung()
    for name in ("Route", "Record-Route", "Timestamp", "Proxy-Authorization"):
        assert not b.invite.all(name), name
    assert alice.address not in str(b.invite.get("Contact"))
    assert alice.address not in str(b.invite.get("Via"))
    assert a.call_id not in str(b.invite)
    b.answer(486, headers=[("Server", "bob's phone"),
                           ("WWW-Authenticate", "Digest realm=\"x\"")])
    b.expect("ACK")
    refused = a.expect(486)
    assert not refused.all("WWW-Authenticate")
    assert "bob" not in refused.get("Server")
    assert bob.address not in str(refused)


@scenario
def an_asserted_identity_passes_only_between_those_who_are_trusted(stage):
    port = [stage.port() for _ in range(3)]
    stage.switch({"trusted-networks": ["127.0.0.7/32"]}, [
        extension("2001", trusted=True), extension("2002"),
        trunk("inside", port[0], "1", trusted=True),
        trunk("outside", port[1], "3")])
    inside = stage.peer("inside", port=port[0])
    outside = stage.peer("outside", port=port[1])
    alice, eve = stage.phone("2001"), stage.phone("2002")
    asserted = "\"Alice\" <sip:+4989123@example.com>"
    identity = ("P-Asserted-Identity", asserted)
    hidden = ("Privacy", "id")

    def arrives(caller, number, at, headers):
        a = caller.call(number, headers=headers)
        b = at.rung()
        b.answer(486)
        b.expect("ACK")
        a.expect(486)
        assert b.invite.all("Privacy") == [v for n, v in headers
                                           if n == "Privacy"]
        return b.invite.all("P-Asserted-Identity")

    assert arrives(alice, "1555", inside, [identity]) == [asserted]
    assert arrives(alice, "1555", inside, [identity, hidden]) == [asserted]
    assert arrives(alice, "3555", outside, [identity, hidden]) == []
    assert arrives(alice, "3555", outside, [identity]) == [asserted]
    # Eve made it up; and as her word is no proof, she may not call out.
    assert arrives(eve, "2001", alice, [identity]) == []
    eve.call("1555", headers=[identity]).expect(403)
    assert arrives(inside, "2001", alice, [identity, hidden]) == [asserted]
    assert arrives(inside, "2002", eve, [identity, hidden]) == []


@scenario
def an_anonymous_from_stays_anonymous(stage):
    stage.switch(dns=[*OFFICE, trunk("gateway", stage.port(), "1")])
    gateway = stage.peer("", port=stage.next_port - 1)
    bob = stage.phone("2002")
    a = gateway.call("2002")
    b = bob.rung()
    b.answer(486)
    b.expect("ACK")
    a.expect(486)
    leg_from = '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1x'
    request = gateway.make("INVITE", f"sip:2002@{gateway.switch.at}", [
        ("From", leg_from), ("To", f"<sip:2002@{gateway.switch.at}>"),
        ("Call-ID", "hidden-caller"), ("CSeq", "1 INVITE"),
        ("Contact", gateway.contact), ("Max-Forwards", "70")], sdp())
    gateway.send(request)
    b = bob.rung()
    assert "<sip:anonymous@anonymous.invalid>" in b.invite.get("From")
    assert '"Anonymous"' in b.invite.get("From")
    b.answer(486)
    b.expect("ACK")
    refused = gateway.take(lambda m: m.status == 486, "486")
    gateway.send(gateway.make("ACK", request.uri, [
        ("From", leg_from), ("To", refused.get("To")),
        ("Call-ID", "hidden-caller"), ("CSeq", "1 ACK")],
        branch=request.branch))


@scenario
def alert_info_of_the_option_reaches_the_phone(stage):
    stage.switch(dns=[extension("2001"), extension(
        "2002", sip_alert_info="info=alert-autoanswer")])
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, b = connect(alice, bob)
    assert b.invite.get("Alert-Info") == "info=alert-autoanswer"
    hang_up(a, b)


@scenario
def a_record_route_of_a_peer_is_followed(stage):
    """Requests to a peer behind a proxy go to the proxy, with its Route."""
    stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    proxy = stage.peer("proxy")
    a = alice.call("2002")
    b = bob.rung()
    route = f"<sip:{proxy.address};lr>"
    b.answer(200, sdp(42000), [("Record-Route", route)])
    ack = proxy.take(lambda m: m.method == "ACK", "ACK")
    assert ack.get("Route") == route
    assert ack.uri == f"sip:2002@{bob.address}"
    a.expect(200)
    a.ack()
    a.request("BYE")
    bye = proxy.take(lambda m: m.method == "BYE", "BYE")
    assert bye.get("Route") == route
    proxy.reply(bye, 200)
    a.expect(200, "BYE")

"""More than the switch, or one source, should get (issue item 10)."""

import time

from message import sdp
from peer import connect, hang_up
from stage import scenario
from switch import trunk

OFFICE = [{"numbers": {"from": 2001, "to": 2009}, "type": "extension"}]


@scenario
def above_max_calls_new_ones_get_503_and_all_else_is_served(stage):
    switch = stage.switch({"max-calls": 2, "overload-retry-after": 7}, OFFICE)
    phones = [stage.phone(n) for n in ("2001", "2002", "2003", "2004")]
    first = connect(phones[0], phones[1])
    second = connect(phones[2], phones[3])
    refused = phones[0].call("2003").expect(503)
    assert refused.get("Retry-After") == "7"
    assert phones[0].ask("OPTIONS").status == 200
    assert phones[0].register().status == 200
    a, b = first
    sent = a.request("INVITE", sdp(version=2, direction="sendonly"))
    b.pick("INVITE", 200, sdp(42000, version=2, direction="recvonly"))
    a.ack(a.take(lambda m: m.status == 200
                 and m.get("CSeq") == sent.get("CSeq"), "200"))
    b.expect("ACK")
    assert switch.metric("strowger_sip_rejected_total", reason="calls") == 1
    hang_up(a, b)
    switch.awaits("strowger_calls_in_progress", 1)
    hang_up(*connect(phones[0], phones[1]))
    hang_up(*second)


@scenario
def a_phone_that_repeats_subscribe_without_pause_slows_nobody(stage):
    switch = stage.switch({"trusted-networks": ["192.0.2.0/24"],
                           "source-rate-limit": 50, "source-rate-burst": 100},
                          OFFICE)
    alice = stage.phone("2001", host="127.0.0.2")
    bob = stage.phone("2002", host="127.0.0.3")
    mad = stage.peer("2003", host="127.0.0.4")
    began = time.monotonic()
    hang_up(*connect(alice, bob))
    alone = time.monotonic() - began
    text = mad.make("SUBSCRIBE", f"sip:2001@{switch.at}", [
        ("From", "<sip:2003@x>;tag=1"), ("To", "<sip:2001@x>"),
        ("Call-ID", "mad"), ("CSeq", "1 SUBSCRIBE"), ("Event", "x"),
        ("Contact", mad.contact), ("Max-Forwards", "70")],
        branch="z9hG4bK0").encode()
    mad.deaf = True
    sent = 0
    worst = 0.0
    for _ in range(12):  # well below the rate that Alice may have
        for _ in range(10):  # 2000 a second
            for _ in range(50):
                sent += 1
                mad.send_raw(text.replace(b"z9hG4bK0;", b"z9hG4bK%d;" % sent))
            stage.pass_time(0.025)
        began = time.monotonic()
        hang_up(*connect(alice, bob))
        worst = max(worst, time.monotonic() - began)
    mad.deaf = False
    assert worst < alone + 0.5, (worst, alone)
    rejected = switch.metric("strowger_sip_rejected_total",
                             reason="source_rate")
    assert rejected > sent / 2, (sent, rejected)
    # Later it is served again.
    stage.until(lambda: mad.ask("OPTIONS").status == 200, "OPTIONS served",
                within=10, every=0.5)


@scenario
def trunks_are_exempt_from_the_rate_of_a_source(stage):
    port = stage.port()
    switch = stage.switch({"trusted-networks": ["192.0.2.0/24"],
                           "source-rate-limit": 5, "source-rate-burst": 5},
                          [*OFFICE, trunk("gateway", port)])
    gateway = stage.peer("gateway", port=port)
    for _ in range(30):
        assert gateway.ask("OPTIONS").status == 200
    assert switch.metric("strowger_sip_rejected_total",
                         reason="source_rate") == 0


@scenario
def two_hundred_calls_a_second_pass_without_a_repetition(stage):
    port = stage.port()
    switch = stage.switch(dns=[*OFFICE, trunk("gateway", port, "1")])
    gateway = stage.sipp("answer", port=port, calls=1000).listening()
    stage.sipp("call_plain", "-key", "number", "1800", user="2001",
               calls=1000, rate=200).done()
    gateway.done()
    switch.awaits("strowger_calls_total", 1000, direction="outbound",
                  result="answered")

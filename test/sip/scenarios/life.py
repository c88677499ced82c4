"""The switch while things go wrong around it, and while it is told to change or
to stop: nothing is ever left behind, which Stage.check and settle look at."""

import signal
import subprocess
import time

from message import sdp
from peer import connect, hang_up
from stage import scenario
from switch import extension, trunk

OFFICE = [{"numbers": {"from": 2001, "to": 2009}, "type": "extension"}]


# -- peers that die ------------------------------------------------------------------

@scenario
def a_called_side_that_is_killed_leaves_nothing_behind(stage):
    port = stage.port()
    switch = stage.switch(dns=[*OFFICE, trunk("gateway", port, "1")])
    gateway = stage.sipp("answer_and_wait", port=port, calls=3).listening()
    alice = stage.phone("2001")
    legs = []
    for _ in range(3):
        legs.append(alice.call("1800"))
        legs[-1].expect(200)
        legs[-1].ack()
    switch.awaits("strowger_legs_in_progress", 6)
    alice.inbox.clear()  # 180s
    gateway.kill()
    for leg in legs:
        leg.bye()
    # BYE to a port that nobody listens at: no 32 s of waiting.
    switch.awaits("strowger_calls_in_progress", 0, 40)
    assert [r["result"] for r in switch.records(3)] == ["answered"] * 3


@scenario(slow=True)
def a_phone_that_never_answers_bye_is_given_up(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, _ = connect(alice, bob)
    bob.deaf = True
    began = time.monotonic()
    a.bye()  # answered at once, whatever Bob does
    assert switch.metric("strowger_legs_in_progress") == 1
    switch.awaits("strowger_calls_in_progress", 0, 45)
    assert 25 < time.monotonic() - began < 40  # Timer F: 64*T1 = 32 s
    assert switch.metric("strowger_sip_retransmissions_total",
                         direction="out") >= 5


@scenario(slow=True)
def a_callee_that_never_says_anything_is_given_up(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    bob.deaf = True
    a = alice.call("2002")
    assert a.expect(480, within=45).status == 480
    assert switch.records(1)[0]["result"] == "no_answer"


@scenario(slow=True)
def a_trunk_that_goes_away_in_a_call_ends_it_at_the_next_request(stage):
    port = stage.port()
    switch = stage.switch(dns=[*OFFICE, trunk("gateway", port, "1")])
    alice, gateway = stage.phone("2001"), stage.peer("gateway", port=port)
    a, _ = connect(alice, gateway, "1800")
    gateway.deaf = True
    sent = a.request("INVITE", sdp(version=2, direction="sendonly"))
    refused = a.take(lambda m: m.status >= 400
                     and m.get("CSeq") == sent.get("CSeq"), "a refusal", 45)
    a.ack(refused)
    a.pick("BYE") if refused.status in (408, 481) else a.bye()
    switch.awaits("strowger_calls_in_progress", 0, 45)


@scenario
def sipp_killed_under_load_leaves_nothing_behind(stage):
    port = stage.port()
    switch = stage.switch({"ring-timeout": 2, "drain-timeout": 2},
                          [*OFFICE, trunk("gateway", port, "1")])
    gateway = stage.sipp("answer", port=port, calls=100000).listening()
    caller = stage.sipp("call_plain", "-key", "number", "1800", user="2001",
                        calls=100000, rate=100)
    stage.until(lambda: switch.metric("strowger_calls_total",
                                      result="answered") > 100, "100 calls")
    gateway.kill()
    stage.pass_time(0.5)
    caller.kill()
    # Calls whose caller is gone stay until their session timer, or until
    # somebody ends them: here the switch itself, told to stop.
    switch.signal(signal.SIGTERM)
    switch.stopped = True
    assert switch.process.wait(60) == 0
    records = switch.records()
    assert len(records) > 100
    assert len({r["call"] for r in records}) == len(records)


# -- reload --------------------------------------------------------------------------

@scenario
def a_good_reload_changes_the_switch_and_no_call(stage):
    ports = stage.port(), stage.port()
    switch = stage.switch(dns=[*OFFICE, trunk("gateway", ports[0], "1")])
    alice, bob = stage.phone("2001"), stage.phone("2002")
    old = stage.peer("old", port=ports[0])
    new = stage.peer("new", port=ports[1])
    a, g = connect(alice, old, "1800")
    switch.config["dns"] = [*OFFICE, extension("3001"),
                            trunk("elsewhere", ports[1], "1")]
    switch.options["max-forwards"] = 20
    switch.reload()
    hang_up(*connect(bob, new, "1800"))
    assert stage.peer("3001").register().status == 200
    # The call over the trunk that is no more goes on.
    sent = a.request("INVITE", sdp(version=2, direction="sendonly"))
    g.pick("INVITE", 200, sdp(42000, version=2, direction="recvonly"))
    a.ack(a.take(lambda m: m.status == 200
                 and m.get("CSeq") == sent.get("CSeq"), "200"))
    g.expect("ACK")
    hang_up(g, a)
    switch.records(2)


@scenario
def a_bad_reload_changes_nothing_and_says_why(stage):
    switch = stage.switch(dns=OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    a, b = connect(alice, bob)
    good = list(switch.config["dns"])
    switch.config["dns"] = [extension("2001", refer_enabeld=False)]
    switch.reload()
    line = switch.awaits_log("refer-enabeld")
    assert "refer-enabled" in line, line
    switch.file.write_text("dns: [{number: ")
    switch.signal(signal.SIGHUP)
    stage.pass_time(0.5)
    hang_up(a, b)
    hang_up(*connect(alice, bob))  # 2002 is still there
    switch.config["dns"] = good


@scenario
def what_keeps_a_switch_from_starting_is_said_in_one_line(stage):
    switch = stage.switch(dns=OFFICE)

    def fails(change, *words):
        other = stage.switch(start=False, dns=OFFICE)
        change(other)
        other.write_config()
        run = subprocess.run([stage.binary, "serve", str(other.file)],
                             capture_output=True, text=True, timeout=20,
                             cwd=other.folder, check=False)
        other.stopped = True
        said = (run.stdout + run.stderr).strip()
        assert run.returncode == 1, (run.returncode, said)
        for word in words:
            assert word in said, said
        assert len(said.splitlines()) == 1, said

    def taken_sip(x):
        x.options["sip-port"] = switch.port

    def taken_metrics(x):
        x.config["metrics"] = f"127.0.0.1:{switch.metrics_port}"

    def no_folder(x):
        x.config["data"] = "/dev/null/data"

    def no_certificate(x):
        x.options.update({"sip-port-tls": stage.port(),
                          "sip-tls-cert": "/nowhere.pem",
                          "sip-tls-cert-key": "/nowhere.pem"})

    def twice(x):
        x.config["dns"] = [extension("2001"), extension("2001")]

    fails(taken_sip, str(switch.port), "in use")
    fails(taken_metrics, str(switch.metrics_port))
    fails(no_folder, "/dev/null/data")
    fails(no_certificate, "sip-tls-cert", "/nowhere.pem")
    fails(twice, "switch.yaml:", "2001")


# -- the end -------------------------------------------------------------------------

@scenario
def sigterm_lets_a_call_finish_and_refuses_new_ones(stage):
    switch = stage.switch({"drain-timeout": 30}, OFFICE)
    alice, bob, carol = (stage.phone(n) for n in ("2001", "2002", "2003"))
    a, b = connect(alice, bob)
    switch.signal(signal.SIGTERM)
    switch.stopped = True
    stage.until(lambda: switch.fetch("/readyz")[0] == 503, "not ready")
    refused = carol.call("2002").expect(503)
    assert int(refused.get("Retry-After")) > 0
    assert carol.ask("OPTIONS").status == 200
    sent = a.request("INFO", "x", content_type="text/plain")
    b.pick("INFO")
    a.take(lambda m: m.get("CSeq") == sent.get("CSeq"), "200 to INFO")
    assert switch.process.poll() is None
    hang_up(a, b)
    began = time.monotonic()
    stage.until(lambda: switch.process.poll() is not None, "the end", 20)
    assert switch.process.returncode == 0
    assert time.monotonic() - began < 15
    assert switch.records()[0]["result"] == "answered"


@scenario
def sigterm_releases_calls_that_do_not_end(stage):
    switch = stage.switch({"drain-timeout": 2}, OFFICE)
    alice, bob, carol = (stage.phone(n) for n in ("2001", "2002", "2003"))
    a, b = connect(alice, bob)
    c = carol.call("2002")
    ringing = bob.rung()
    ringing.answer(180)
    c.expect(180)
    switch.signal(signal.SIGTERM)
    switch.stopped = True
    for leg in (a, b):
        leg.reply(leg.expect("BYE", within=15), 200)
    ringing.is_cancelled()
    c.expect(503)
    stage.until(lambda: switch.process.poll() is not None, "the end", 20)
    assert switch.process.returncode == 0
    assert {r["status"] for r in switch.records()} == {200, 503}


@scenario
def a_second_sigterm_ends_the_switch_at_once(stage):
    switch = stage.switch({"drain-timeout": 600}, OFFICE)
    alice, bob = stage.phone("2001"), stage.phone("2002")
    connect(alice, bob)
    switch.signal(signal.SIGTERM)
    switch.stopped = True
    stage.until(lambda: switch.fetch("/readyz")[0] == 503, "not ready")
    switch.signal(signal.SIGTERM)
    stage.until(lambda: switch.process.poll() is not None, "the end", 10)
    assert switch.process.returncode == 0
    for phone in (alice, bob):  # a BYE may or may not have gone out
        phone.inbox.clear()

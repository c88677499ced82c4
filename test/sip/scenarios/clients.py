"""Phones and tools of Debian, not ours: baresip and sipsak."""

import subprocess

from baresip import Baresip
from certificate import make_certificate
from stage import scenario
from switch import extension, trunk

SECRET = {"password": "s3cret",
          "authenticate_requests": ["register", "invite"]}


def phones_of(stage, *users, dns=(), **options):
    """A switch and registered baresips on the namespace's own network."""
    switch = stage.switch({"sip-interface": "10.77.0.1",
                           "sip-address": "10.77.0.1",
                           "digest-algorithms": ["MD5"],
                           "trusted-networks": ["10.77.0.0/24"]},
                          [*(extension(u, **SECRET, **options)
                             for u in users), *dns])
    phones = [Baresip(stage, user, "s3cret") for user in users]
    switch.awaits("strowger_registrations", len(users), 20)
    return [switch, *phones]


@scenario(network=True)
def two_baresips_register_call_each_other_hold_and_hang_up(stage):
    switch, alice, bob = phones_of(stage, "2001", "2002")
    for caller, callee, ender in ((alice, bob, alice), (bob, alice, alice)):
        caller.dial(callee.user)
        callee.wait("CALL_INCOMING")
        caller.wait("CALL_RINGING")
        callee.command("accept")
        caller.wait("CALL_ESTABLISHED")
        callee.wait("CALL_ESTABLISHED")
        caller.command("hold")
        switch.awaits_log("Held", f"this_dn={caller.user}")
        caller.command("resume")
        switch.awaits_log("Retrieved", f"this_dn={caller.user}")
        ender.command("hangup")
        for phone in (caller, callee):
            if phone is not ender:
                phone.wait("CALL_CLOSED")
        switch.awaits("strowger_calls_in_progress", 0)
    assert [r["result"] for r in switch.records(2)] == ["answered"] * 2


@scenario(network=True)
def a_baresip_calls_out_is_called_and_may_refuse(stage):
    port = stage.port()
    switch, alice = phones_of(stage, "2001", dns=[
        trunk("gateway", f"sip:10.77.0.1:{port}", "1")])
    gateway = stage.peer("gateway", host="10.77.0.1", port=port)
    alice.dial("1800")
    leg = gateway.rung()
    leg.answer(180)
    alice.wait("CALL_RINGING")
    leg.accept()
    alice.wait("CALL_ESTABLISHED")
    leg.bye()
    alice.wait("CALL_CLOSED")
    leg = gateway.call("2001")
    alice.wait("CALL_INCOMING")
    alice.command("accept")
    leg.expect(200)
    leg.ack()
    alice.wait("CALL_ESTABLISHED")
    leg.bye()
    alice.wait("CALL_CLOSED")
    leg = gateway.call("2001")
    alice.wait("CALL_INCOMING")
    alice.command("hangup")
    refused = leg.take(lambda m: m.status >= 400, "a refusal")
    assert refused.status in (480, 486, 603), refused.start
    leg.ack(refused)
    gateway.inbox.clear()  # provisionals
    switch.records(3)


@scenario(network=True)
def a_baresip_over_tls_calls_one_over_tcp(stage):
    certificate, key = make_certificate(stage.folder, "10.77.0.1")
    switch = stage.switch({
        "sip-interface": "10.77.0.1", "sip-address": "10.77.0.1",
        "sip-port-tls": stage.port(), "sip-tls-cert": certificate,
        "sip-tls-cert-key": key, "digest-algorithms": ["MD5"]},
        [extension(u, **SECRET) for u in ("2001", "2002")])
    alice = Baresip(stage, "2001", "s3cret", "tls")
    bob = Baresip(stage, "2002", "s3cret", "tcp")
    switch.awaits("strowger_registrations", 2, 20)
    for caller, callee in ((alice, bob), (bob, alice)):
        caller.dial(callee.user)
        callee.wait("CALL_INCOMING")
        callee.command("accept")
        for phone in (caller, callee):
            phone.wait("CALL_ESTABLISHED")
        callee.command("hangup")
        caller.wait("CALL_CLOSED")
        switch.awaits("strowger_calls_in_progress", 0)


@scenario
def sipsak_sends_options_and_registers(stage):
    switch = stage.switch(dns=[extension("2001", **SECRET),
                               extension("2002")])

    def sipsak(*arguments):
        return subprocess.run(["sipsak", *arguments], capture_output=True,
                              text=True, timeout=20, check=False)
    options = sipsak("-v", "-s", f"sip:2001@{switch.at}")
    assert options.returncode == 0, options.stdout + options.stderr
    registered = sipsak("-U", "-a", "s3cret", "-x", "60", "-C",
                        "sip:2001@127.0.0.1:5999",
                        "-s", f"sip:2001@{switch.at}")
    assert registered.returncode == 0, registered.stdout + registered.stderr
    switch.awaits("strowger_registrations", 1)
    wrong = sipsak("-U", "-a", "guess", "-C", "sip:2001@127.0.0.1:5999",
                   "-s", f"sip:2001@{switch.at}")
    assert wrong.returncode != 0

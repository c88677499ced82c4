"""Where phones are, and how they prove who they are (semantics §6.16,
RFC 3261 §10 and §22, RFC 7616, RFC 8760)."""

import digest
from message import uri_of
from peer import choose, connect, hang_up
from stage import scenario
from switch import extension

OFFICE = [{"numbers": {"from": 2001, "to": 2009}, "type": "extension"}]
SECRET = {"password": "s3cret", "authenticate_requests": ["register"]}


def contacts(answer):
    return [uri_of(v) for v in answer.all("Contact")]


@scenario
def a_phone_proves_its_password_by_md5_and_by_sha_256(stage):
    switch = stage.switch({"digest-algorithms": ["SHA-256", "MD5"]},
                          [extension("2001", **SECRET),
                           extension("2002", **SECRET)])
    for user, algorithm in (("2001", "MD5"), ("2002", "SHA-256")):
        phone = stage.peer(user)
        challenge = phone.register()
        assert challenge.status == 401
        offered = [digest.fields_of(v)["algorithm"]
                   for v in challenge.all("WWW-Authenticate")]
        assert offered == ["SHA-256", "MD5"], offered  # best first
        answer = phone.register("s3cret", algorithm=algorithm)
        assert answer.status == 200, answer
        assert contacts(answer) == [uri_of(phone.contact)]
    switch.awaits("strowger_registrations", 2)


@scenario
def a_wrong_password_and_a_wrong_user_are_refused(stage):
    switch = stage.switch(dns=[extension("2001", **SECRET),
                               extension("2002", **SECRET)])
    phone = stage.peer("2001")
    assert phone.register("wrong").status == 403
    assert phone.register("s3cret", user="2002").status == 403
    assert phone.register("", user="").status in (401, 403)
    nobody = stage.peer("7777")
    assert nobody.register("s3cret").status == 404
    assert switch.metric("strowger_registrations") == 0
    assert switch.metric("strowger_sip_rejected_total",
                         reason="unauthorised") >= 2
    assert phone.register("s3cret").status == 200


@scenario
def a_stale_nonce_is_renewed_without_asking_for_the_password(stage):
    stage.switch({"nonce-lifetime": 5, "digest-algorithms": ["SHA-256"]},
                 [extension("2001", **SECRET)])
    phone = stage.peer("2001")
    uri = f"sip:{phone.switch.at}"
    challenge = choose(phone.register(), "SHA-256")

    def prove(value, count):
        return phone.register(headers=[("Authorization", digest.answer(
            value, "REGISTER", uri, "2001", "s3cret", count))])
    assert prove(challenge, 1).status == 200
    assert prove(challenge, 2).status == 200  # the nonce may be used again
    replayed = prove(challenge, 2)  # but not the same count
    assert replayed.status == 401
    fresh = choose(replayed, "SHA-256")
    assert digest.fields_of(fresh)["stale"] == "true"
    assert prove(fresh, 1).status == 200
    stage.pass_time(5.5)
    late = prove(fresh, 2)
    assert late.status == 401
    assert digest.fields_of(choose(late, "SHA-256"))["stale"] == "true"
    forged = fresh.replace(digest.fields_of(fresh)["nonce"], "0" * 64)
    assert prove(forged, 1).status == 401


@scenario
def all_contacts_ring_and_the_first_answer_wins(stage):
    switch = stage.switch(dns=OFFICE)
    alice = stage.phone("2001")
    desk, mobile = stage.phone("2002"), stage.peer("2002")
    assert sorted(contacts(mobile.register())) == sorted(
        uri_of(p.contact) for p in (desk, mobile))
    switch.awaits("strowger_registrations", 2)  # DNs
    a = alice.call("2002")
    at_desk, on_mobile = desk.rung(), mobile.rung()
    assert at_desk.call_id != on_mobile.call_id
    at_desk.answer(180)
    a.expect(180)
    on_mobile.answer(180)
    on_mobile.accept()
    a.expect(200)
    a.ack()
    at_desk.is_cancelled()
    hang_up(a, on_mobile)
    # One of them refuses: the other still rings.
    a = alice.call("2002")
    at_desk, on_mobile = desk.rung(), mobile.rung()
    on_mobile.answer(486)
    on_mobile.expect("ACK")
    at_desk.answer(180)
    a.expect(180)
    at_desk.accept()
    a.expect(200)
    a.ack()
    hang_up(at_desk, a)
    # All of them refuse: the best failure wins.
    a = alice.call("2002")
    for leg, status in ((desk.rung(), 480), (mobile.rung(), 486)):
        leg.answer(status)
        leg.expect("ACK")
    a.expect(486)
    # The caller gives up: all are cancelled.
    a = alice.call("2002")
    legs = desk.rung(), mobile.rung()
    for leg in legs:
        leg.answer(180)
    a.expect(180)
    a.cancel()
    a.expect(200, "CANCEL")
    for leg in legs:
        leg.is_cancelled()
    a.expect(487)


@scenario
def two_answers_at_once_leave_one_call(stage):
    stage.switch(dns=OFFICE)
    alice, desk = stage.phone("2001"), stage.phone("2002")
    mobile = stage.phone("2002")
    a = alice.call("2002")
    legs = desk.rung(), mobile.rung()
    for leg in legs:  # nobody reads the wire in between
        leg.answer(200)
    a.expect(200)
    a.ack()
    for leg in legs:
        leg.expect("ACK")
    stage.until(lambda: desk.inbox or mobile.inbox, "what the loser gets")
    loser, winner = legs if desk.inbox else reversed(legs)
    if loser.peer.inbox[0].method == "CANCEL":
        loser.pick("CANCEL")
    loser.pick("BYE")
    hang_up(a, winner)


@scenario
def a_registration_ends_by_time_by_removal_and_by_star(stage):
    switch = stage.switch({"registrar-min-timeout": 1}, OFFICE)
    phone, other = stage.peer("2001"), stage.peer("2001")
    answer = phone.register(expires=2)
    assert answer.get("Contact").endswith("expires=2"), answer.get("Contact")
    switch.awaits("strowger_registrations", 1)
    switch.awaits("strowger_registrations", 0)  # 2 s
    assert contacts(phone.register(contact="")) == []
    # One of two contacts goes.
    phone.register()
    other.register()
    assert contacts(phone.register(expires=0)) == [uri_of(other.contact)]
    phone.register()
    assert len(contacts(phone.register(contact=""))) == 2
    # All of them go.
    assert contacts(phone.register(contact="*", expires=0)) == []
    switch.awaits("strowger_registrations", 0)
    assert phone.register(contact="*", expires=5).status == 400
    caller = stage.phone("2002")
    caller.call("2001").expect(480)


@scenario
def registrations_too_short_are_refused_and_too_long_ones_cut(stage):
    stage.switch({"registrar-min-timeout": 30, "registrar-max-timeout": 100,
                  "registrar-default-timeout": 60,
                  "registrar-max-contacts": 2}, OFFICE)
    phone = stage.peer("2001")
    refused = phone.register(expires=10)
    assert (refused.status, refused.get("Min-Expires")) == (423, "30")
    assert phone.register(expires=5000).get("Contact").endswith("=100")
    assert phone.register(expires=None).get("Contact").endswith("=60")
    assert phone.register(contact="<sip:2001@192.0.2.1>").status == 200
    assert phone.register(contact="<sip:2001@192.0.2.2>").status == 403
    assert phone.register(contact="<tel:2001>").status >= 400


@scenario
def without_the_internal_registrar_nobody_registers(stage):
    port = stage.port()
    stage.switch({"internal-registrar-enabled": False}, [
        *OFFICE, extension("3001", contact=f"sip:3001@127.0.0.1:{port}")])
    assert stage.peer("2001").register().status == 403
    fixed, caller = stage.peer("3001", port=port), stage.peer("2001")
    hang_up(*connect(caller, fixed))


@scenario
def a_static_contact_serves_until_the_phone_registers(stage):
    port = stage.port()
    stage.switch(dns=[*OFFICE, extension(
        "3001", contact=f"sip:desk@127.0.0.1:{port}")])
    fixed, caller = stage.peer("3001", port=port), stage.phone("2001")
    a, b = connect(caller, fixed)
    assert b.invite.uri == f"sip:desk@127.0.0.1:{port}"
    hang_up(a, b)
    moved = stage.phone("3001")
    hang_up(*connect(caller, moved))
    assert not fixed.inbox


@scenario
def registrations_survive_a_restart_and_a_crash(stage):
    switch = stage.switch({"internal-registrar-persistent": True}, OFFICE)
    phones = [stage.phone("2001"), stage.phone("2002")]
    gone = stage.phone("2003")
    gone.register(expires=0)
    # Written soon, not at the end: a crash loses nothing that is a second old.
    stage.pass_time(1.5)
    switch.kill()
    switch.start()
    switch.awaits("strowger_registrations", 2)
    hang_up(*connect(*phones))
    phones[1].call("2003").expect(480)
    phones[0].register(expires=0)
    switch.stop()
    switch.stopped = False
    switch.start()
    switch.awaits("strowger_registrations", 1)
    phones[1].call("2001").expect(480)
    # And the time that is left is what it was.
    left = int(phones[1].register(contact="").get("Contact")
               .rpartition("expires=")[2])
    assert 500 < left <= 600, left


@scenario
def a_phone_behind_nat_is_reached_where_it_came_from(stage):
    stage.switch({"sip-nat-rewrite-contact": True}, OFFICE)
    phone, caller = stage.peer("2001"), stage.phone("2002")
    inside = "<sip:2001@192.168.7.9:5060>"
    phone.host, real = "192.168.7.9", phone.host  # what it thinks it is
    answer = phone.register(contact=inside)
    assert answer.status == 200
    assert contacts(answer) == [uri_of(inside)]
    assert f"rport={phone.port}" in answer.get("Via"), answer.get("Via")
    assert f"received={real}" in answer.get("Via"), answer.get("Via")
    a = caller.call("2001")
    b = phone.rung()
    assert b.invite.uri == uri_of(inside)  # it knows itself by that name
    b.accept()
    a.expect(200)
    a.ack()
    hang_up(a, b)
    # And when it calls, too: BYE finds the way back.
    b = phone.call("2002")
    a = caller.rung()
    a.accept()
    b.expect(200)
    b.ack()
    hang_up(a, b)


@scenario
def invites_of_a_phone_with_a_password_are_authenticated(stage):
    switch = stage.switch(dns=[
        extension("2001", password="s3cret",
                  authenticate_requests=["register", "invite"]),
        extension("2002")])
    alice, bob = stage.phone("2001", "s3cret"), stage.phone("2002")
    # Whoever calls himself 2001 is asked, wherever he is.
    impostor = stage.peer("2001")
    refused = impostor.call("2002").expect(401)
    assert "WWW-Authenticate: Digest" in str(refused)
    impostor.call("2002", password="guess").expect(403)
    hang_up(*connect(alice, bob, password="s3cret"))
    # Inside the call nobody asks again, and calls to it need no password.
    hang_up(*connect(bob, alice))
    assert switch.metric("strowger_calls_opened_total") == 2


@scenario
def a_refresh_keeps_the_binding_and_old_requests_are_refused(stage):
    stage.switch(dns=OFFICE)
    phone = stage.phone("2001")
    assert phone.register(expires=300).status == 200
    phone.enrolment["cseq"] = 0
    assert phone.register(expires=0).status == 500  # RFC 3261 §10.3
    phone.enrolment["cseq"] = 10
    assert contacts(phone.register()) == [uri_of(phone.contact)]


@scenario
def acd_positions_register_and_are_called_like_extensions(stage):
    stage.switch(dns=[{"number": "5001", "type": "acd-position", "options": {
        "password": "s3cret", "authenticate-requests": ["register"]}},
        extension("2001"), {"number": "6000", "type": "routing-point"}])
    agent, alice = stage.phone("5001", "s3cret"), stage.phone("2001")
    hang_up(*connect(alice, agent))
    assert stage.peer("6000").register().status == 403  # not a phone

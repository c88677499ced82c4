"""`sip-invite-timeout`: an INVITE that nobody answers is given up then, and the
call goes on to the next trunk; 0: after 32 s."""

from office import Office

SLOW = True  # the 32 s of RFC 3261 17.1.1.2


def play(stage):
    office = Office(stage, only={"gateway": {"prefix": ["1"]},
                                 "other": {"prefix": ["1"], "priority": 5}})
    office.set(sip_invite_timeout=1)
    office.play(
        ("2001: INVITE 1800 o1", "gateway: INVITE 1800 o1", "2001 Dialing c1"),
        ("later", "other: INVITE 1800 o1"),
        ("other: 486", "2001: 486",
         "2001 DestinationBusy c1 Busy, 2001 Released c1 Busy"),
        # It can be cancelled only now (RFC 3261 9.1).
        ("gateway: 180", "gateway: CANCEL"),
        ("gateway: 487",),
        ("gateway: INVITE 2002 o2", "2002: INVITE o2"),
        ("later", "gateway: 480"),
        ("2002: 180", "2002: CANCEL"),
        ("2002: 487",))
    office.set(sip_invite_timeout=0)
    office.play(
        ("2001: INVITE 1800 o1", "gateway: INVITE 1800 o1",
         "2001 Dialing c3"))
    office.patience_s = 40
    office.play(
        ("later", "other: INVITE 1800 o1"),
        ("other: 486", "2001: 486",
         "2001 DestinationBusy c3 Busy, 2001 Released c3 Busy"))
    silent = office.dialog("gateway").call_id
    repeated = [m for _, _, m in stage.notes if m.get("Call-ID") == silent]
    # At 0.5, 1.5, 3.5, 7.5 and 15.5 s (timer A).
    assert len(repeated) >= 6, [m.start for m in repeated]
    office.close(unanswered=[silent])

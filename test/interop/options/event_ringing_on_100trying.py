"""`event-ringing-on-100trying`: EventRinging at 100 if the switch and the DN
both say so, and not again at 180; otherwise at 180."""

from office import Office

OPTION = "event_ringing_on_100trying"


def play(stage):
    office = Office(stage, only={"2002": {OPTION: True},
                                 "2003": {OPTION: False}})
    call = 0
    for app in (True, False):
        office.set(**{OPTION: app})
        # 2004 has no value of its own.
        for phone in ("2002", "2003", "2004"):
            call += 1
            row = f"{phone} Ringing c{call}"
            early = app and phone == "2002"
            office.play(
                (f"gateway: INVITE {phone} o1", f"{phone}: INVITE o1"),
                (f"{phone}: 100", "", row if early else ""),
                (f"{phone}: 180", "gateway: 180", "" if early else row),
                (f"{phone}: 486", "gateway: 486",
                 f"{phone} Released c{call} Busy"))
    office.close()

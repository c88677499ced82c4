"""Case 26: a gateway that stops is out of service after `oos-force`, calls
take the next one, and it comes back (M34)."""

from office import Office

SLOW = True  # an OPTIONS without answer takes 32 s
WATCHED = {"oos_check": 1, "oos_force": 1, "prefix": ["1"]}


def play(stage):
    office = Office(stage, only={"gateway": WATCHED,
                                 "other": {"prefix": ["1"], "priority": 5}})
    gateway = office.peers["gateway"]
    stage.until(lambda: gateway.requests >= 1, "OPTIONS")
    gateway.deaf = True
    stage.until(office.new_events, "EventDNOutOfService", 40)
    office.play(
        ("2001: INVITE 1800 o1", "other: INVITE 1800 o1",
         "gateway DnOutOfService, 2001 Dialing c1"),
        ("other: 486", "2001: 486",
         "2001 DestinationBusy c1 Busy, 2001 Released c1 Busy"))
    gateway.deaf = False
    stage.until(office.new_events, "EventDNBackInService", 40)
    office.play(
        ("2001: INVITE 1800 o1", "gateway: INVITE 1800 o1",
         "gateway DnBackInService, 2001 Dialing c2"),
        ("gateway: 486", "2001: 486",
         "2001 DestinationBusy c2 Busy, 2001 Released c2 Busy"))
    office.close()

"""M9: a number that is nobody's, here or outside."""

from office import Office


def play(stage):
    office = Office(stage)
    office.play(
        ("2001: INVITE 7777 o1", "2001: 404", "2001 Dialing c1, "
         "2001 DestinationBusy c1 SitInvalidNumber, "
         "2001 Released c1 SitInvalidNumber"),
        ("2001: INVITE 1800 o1", "gateway: INVITE 1800 o1", "2001 Dialing c2"),
        ("gateway: 404", "2001: 404",
         "2001 DestinationBusy c2 SitInvalidNumber, "
         "2001 Released c2 SitInvalidNumber"))
    office.refuses("MakeCall 2001 7777", "INVALID_CALLED_DN")
    office.close()

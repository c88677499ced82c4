"""Case 16 to a busy phone, and to nobody: the one who transfers is told, and
keeps the call (M21)."""

from office import Office


def play(stage):
    office = Office(stage)
    office.inbound()
    office.play(
        ("2002: REFER 7777", "2002: 404 to REFER"),
        ("2002: REFER 2003",
         "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
         "2003: INVITE"),
        ("2003: 486", "2002: NOTIFY refer SIP/2.0 486 Failed",
         "2002 Error c1 BUSY"))
    office.ends(by="2002", other="gateway")
    office.close()

"""NOTIFYs for the second REFER of a dialog say by the id of Event which REFER
they tell of (RFC 3515 2.4.6)."""

from office import Office

GOES = ("2002: REFER 2003",
        "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
        "2003: INVITE")


def play(stage):
    office = Office(stage)
    office.inbound()
    office.play(
        GOES,
        ("2003: 486", "2002: NOTIFY refer SIP/2.0 486 Failed",
         "2002 Error c1 BUSY"),
        ("2002: REFER 2004",
         "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
         "2004: INVITE"),
        ("2004: 180", "", "2004 Ringing c1"),
        ("2004: 200 o2", "2002: NOTIFY refer SIP/2.0 200 OK; 2002: BYE; "
         "gateway: re-INVITE o2",
         "2004 Established c1, 2002 Released c1 Transferred"),
        ("gateway: 200 to re-INVITE a2", "gateway: ACK; 2004: ACK a2"))
    office.ends(by="gateway", other="2004")
    office.close()

"""`sip-refer-to-sst-enabled`: a phone's REFER becomes a single-step transfer;
false: it is refused, unless the phone itself is controlled by REFER."""

from office import Office


def play(stage):
    office = Office(stage, only={"2002": {"refer_enabled": False}})
    office.inbound()
    office.set(sip_refer_to_sst_enabled=False)
    office.play(("2002: REFER 2003", "2002: 603 to REFER"))
    office.set(sip_refer_to_sst_enabled=True)
    office.play(
        ("2002: REFER 2003", "2002: 202 to REFER; "
         "2002: NOTIFY refer SIP/2.0 100 Trying; 2003: INVITE"),
        ("2003: 180", "", "2003 Ringing c1"),
        ("2003: 200 o2", "2002: NOTIFY refer SIP/2.0 200 OK; 2002: BYE; "
         "gateway: re-INVITE o2",
         "2003 Established c1, 2002 Released c1 Transferred"),
        ("gateway: 200 to re-INVITE a2", "gateway: ACK; 2003: ACK a2"))
    # 2003 is controlled by REFER, so that its own is taken in any case.
    office.set(sip_refer_to_sst_enabled=False)
    office.play(
        ("2003: REFER 2004", "2003: 202 to REFER; "
         "2003: NOTIFY refer SIP/2.0 100 Trying; 2004: INVITE"),
        ("2004: 486", "2003: NOTIFY refer SIP/2.0 486 Failed",
         "2003 Error c1 BUSY"))
    office.ends(other="2003")
    office.close()

"""3pcc answer: TAnswerCall makes the phone answer by NOTIFY talk
(`sip-cti-control`); a phone that cannot be told so rings on."""

from office import Office


def play(stage):
    office = Office(stage, only={"2002": {"sip_cti_control": ["talk"]}})
    office.play(
        ("gateway: INVITE 2002 o1", "2002: INVITE o1"),
        ("2002: 180", "gateway: 180", "2002 Ringing c1"),
        ("AnswerCall 2002 c1", "2002: NOTIFY talk"),
        ("2002: 200 to NOTIFY",),
        ("2002: 200 a1", "2002: ACK; gateway: 200 a1", "2002 Established c1"),
        ("gateway: ACK",))
    office.ends()
    office.play(
        ("gateway: INVITE 2003 o2", "2003: INVITE o2"),
        ("2003: 180", "gateway: 180", "2003 Ringing c2"))
    office.refuses("AnswerCall 2003 c2", "UNSUPPORTED")
    office.play(
        ("gateway: CANCEL", "gateway: 487; 2003: CANCEL", "2003 Abandoned c2"),
        ("2003: 487",))
    office.close()

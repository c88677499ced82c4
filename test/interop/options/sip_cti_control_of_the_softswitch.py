"""`sip-cti-control` of the softswitch is that of all phones there which have none
of their own."""

from office import Office, softswitch
from switch import extension


def play(stage):
    office = Office(stage, dns=[extension("2010")])
    office.add(softswitch(office.peers["gateway"], sip_cti_control=["talk"]))
    office.play(
        ("2001: INVITE 2010 o1", "gateway: INVITE 2010 o1", "2001 Dialing c1"),
        ("gateway: 180", "2001: 180", "2010 Ringing c1"),
        ("AnswerCall 2010 c1", "gateway: NOTIFY talk"),
        ("gateway: 200 to NOTIFY",),
        ("gateway: 200 a1", "gateway: ACK; 2001: 200 a1",
         "2001 Established c1, 2010 Established c1"),
        ("2001: ACK",),
        ("2001: BYE", "2001: 200 to BYE; gateway: BYE",
         "2001 Released c1, 2010 Released c1"))
    office.close()

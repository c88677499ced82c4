"""`refer-enabled` of the softswitch is that of all phones there which have none of
their own: the phone is made to call by INVITE."""

from office import Office, softswitch
from switch import extension


def play(stage):
    office = Office(stage, dns=[extension("2010")])
    office.add(softswitch(office.peers["gateway"], refer_enabled=False))
    office.play(
        ("MakeCall 2010 2002", "gateway: INVITE 2010"),
        ("gateway: 486", "", "2010 Error c1 BUSY"))
    office.close()

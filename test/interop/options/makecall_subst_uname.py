"""`makecall-subst-uname` of the softswitch: when a client makes a phone call,
From of the INVITE to it names the phone itself; false: who is to be called."""

from message import user_of
from office import Office, softswitch
from switch import extension


def play(stage):
    office = Office(stage, dns=[extension("2010", refer_enabled=False)])
    office.add(softswitch(office.peers["gateway"]))
    for call, own in (("c1", False), ("c2", True)):
        office.set_dn("softswitch", makecall_subst_uname=own)
        office.play(("MakeCall 2010 2002", "gateway: INVITE 2010"))
        asked = office.dialog("gateway").invite
        assert user_of(asked.get("To")) == "2010", asked
        assert user_of(asked.get("From")) == ("2010" if own else "2002"), asked
        office.play(
            ("gateway: 200 o1", "2002: INVITE o1", f"2010 Dialing {call}"),
            ("2002: 486", "gateway: ACK o1(inactive); gateway: BYE",
             f"2010 DestinationBusy {call} Busy, 2010 Released {call} Busy"))
    office.close()

"""1pcc attended transfer by a phone that writes the remote target of its
consult call, which is our Contact, in Refer-To (M18)."""

from message import param
from office import Office


def play(stage):
    office = Office(stage)
    office.inbound()
    office.play(
        ("2002: re-INVITE h2(sendonly)", "gateway: re-INVITE h2(sendonly)"),
        ("gateway: 200 to re-INVITE a2(recvonly)",
         "gateway: ACK; 2002: 200 to re-INVITE a2(recvonly)", "2002 Held c1"),
        ("2002: ACK",),
        ("2002: INVITE 2003 o3", "2003: INVITE o3", "2002 Dialing c2"),
        ("2003: 180", "2002': 180", "2003 Ringing c2"),
        ("2003: 200 a3", "2003: ACK; 2002': 200 a3",
         "2002 Established c2, 2003 Established c2"),
        ("2002': ACK",))
    other = office.dialog("2002'")
    uri = (other.target + f"?Replaces={other.call_id}"
           f"%3Bto-tag%3D{param(other.remote, 'tag')}"
           f"%3Bfrom-tag%3D{param(other.local, 'tag')}")
    one = office.dialog("2002")
    one.request("REFER", b"", [("Refer-To", f"<{uri}>"),
                               ("Contact", one.peer.contact)])
    office.expect(
        "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
         "2002': BYE; 2002: NOTIFY refer SIP/2.0 200 OK; 2002: BYE; "
         "gateway: re-INVITE",
         "2002 Released c2 Transferred, 2002 Released c1 Transferred, "
         "2003 PartyChanged c1 Transferred")
    office.play(
        ("gateway: 200 to re-INVITE o5", "2003: re-INVITE o5"),
        ("2003: 200 to re-INVITE a5", "2003: ACK; gateway: ACK a5"),
        ("2003: BYE", "2003: 200 to BYE; gateway: BYE", "2003 Released c1"))
    office.close()

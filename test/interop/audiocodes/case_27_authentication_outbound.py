"""Case 27: the gateway challenges a call of a client with 407, and gets it
again with credentials; the phone and the client notice nothing."""

import digest
from office import Office

SECRET = "open sesame"
CHALLENGE = ("Proxy-Authenticate",
             'Digest realm="gw", nonce="abc", algorithm=MD5, qop="auth"')


def play(stage):
    office = Office(stage, {"refer_enabled": False},
                    only={"gateway": {"password": SECRET}})
    office.play(
        ("MakeCall 2001 1800", "2001: INVITE"),
        ("2001: 200 o1", "gateway: INVITE 1800 o1", "2001 Dialing c1"))
    leg = office.dialog("gateway")
    leg.reply(leg.invite, 407, headers=[CHALLENGE])
    office.expect("gateway: INVITE 1800 o1", "")
    again = leg.got["INVITE"]
    assert digest.is_right(again.get("Proxy-Authorization"), "INVITE", SECRET)
    leg.invite = again
    office.play(
        ("gateway: 180",),
        ("gateway: 200 a1", "gateway: ACK; 2001: ACK a1",
         "2001 Established c1"))
    office.ends(by="2001", other="gateway")
    office.close()

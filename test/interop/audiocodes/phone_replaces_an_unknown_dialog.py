"""A REFER whose Replaces names no dialog of ours is refused and changes
nothing."""

from office import Office


def play(stage):
    office = Office(stage)
    office.inbound()
    one = office.dialog("2002")
    uri = (f"sip:2003@{office.switch.at}"
           "?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db")
    one.request("REFER", b"", [("Refer-To", f"<{uri}>"),
                               ("Contact", one.peer.contact)])
    office.expect("2002: 481 to REFER", "")
    office.ends()
    office.close()

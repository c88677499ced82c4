"""Calls in which a phone already consults another."""

TWO_DIALOGS = {"refer_enabled": False, "sip_hold_rfc3264": True}
ONE_DIALOG = {**TWO_DIALOGS, "dual_dialog_enabled": False}
GATEWAY = {"sip_hold_rfc3264": True}


def holds(office, what, then, events="2002 Held c1"):
    """2002 talks to the gateway in c1, and holds it to consult."""
    office.play(
        (what,
         "gateway: re-INVITE a1(inactive); 2002: re-INVITE o1(inactive)"),
        ("gateway: 200 to re-INVITE h1(inactive)", "gateway: ACK"),
        ("2002: 200 to re-INVITE h2(inactive)", f"2002: ACK; {then}", events))


def rings_in_two_dialogs(office, what="InitiateTransfer 2002 c1 2003"):
    """2002 has a dialog for each call; 2003 has been invited in c2."""
    office.inbound()
    holds(office, what, "2002': INVITE")
    office.play(("2002': 200 o2", "2003: INVITE o2", "2002 Dialing c2"))


def in_two_dialogs(office):
    """2002 talks to 2003 in c2, and holds the gateway in c1."""
    rings_in_two_dialogs(office)
    office.play(
        ("2003: 180", "", "2003 Ringing c2"),
        ("2003: 200 a2", "2003: ACK; 2002': ACK a2",
         "2002 Established c2, 2003 Established c2"))


def rings_in_one_dialog(office):
    """The one dialog of 2002 waits for 2003 to answer in c2."""
    office.inbound()
    holds(office, "InitiateTransfer 2002 c1 2003", "2003: INVITE",
          "2002 Held c1, 2002 Dialing c2")
    office.play(("2003: 180", "", "2003 Ringing c2"))


def in_one_dialog(office):
    """The one dialog of 2002 speaks in c2."""
    rings_in_one_dialog(office)
    office.play(
        ("2003: 200 o2", "2002: re-INVITE o2",
         "2002 Established c2, 2003 Established c2"),
        ("2002: 200 to re-INVITE a2", "2002: ACK; 2003: ACK a2"))

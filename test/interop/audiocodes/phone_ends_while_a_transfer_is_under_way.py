"""Both sides hang up at once; and the caller hangs up while the target of a
transfer rings."""

from office import Office


def play(stage):
    office = Office(stage, {"refer_enabled": False})
    office.inbound()
    office.dialog("gateway").request("BYE")
    office.dialog("2002").request("BYE")
    # Either both BYEs are answered, or one of them has crossed ours.
    stage.until(lambda: office.client.rows[-1] == "2002 Released c1", "the end")
    office.hear()
    office.heard = {}
    office.rows_seen = len(office.client.rows)
    office.play(
        ("gateway: INVITE 2002 o2", "2002: INVITE o2"),
        ("2002: 200 a2", "2002: ACK; gateway: 200 a2",
         "2002 Ringing c2, 2002 Established c2"),
        ("gateway: ACK",),
        ("SingleStepTransfer 2002 c2 2003", "2003: INVITE"),
        ("2003: 180", "", "2003 Ringing c2"),
        ("gateway: BYE", "gateway: 200 to BYE; 2002: BYE; 2003: CANCEL",
         "2003 Abandoned c2, 2002 Released c2"),
        ("2003: 487",))
    office.close()

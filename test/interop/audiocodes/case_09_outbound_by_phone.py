"""Case 9: a phone calls out over the gateway, which gets the number with its
prefix replaced (M8)."""

from office import Office


def play(stage):
    office = Office(stage, only={"gateway": {"replace_prefix": "00"}})
    office.play(
        ("2001: INVITE 1800 o1", "gateway: INVITE 00800 o1",
         "2001 Dialing c1"),
        ("gateway: 183 e1", "2001: 183 e1"),
        ("gateway: 200 e1", "gateway: ACK; 2001: 200 e1",
         "2001 Established c1"),
        ("2001: ACK",))
    event = office.client.last("2001 Established c1")
    assert event.call_type == 3, event  # outbound
    office.ends(by="gateway", other="2001")
    office.close()

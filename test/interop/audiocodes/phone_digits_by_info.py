"""3pcc DTMF by INFO to the other side, digit after digit; INFO of a phone is
passed on."""

from office import Office

RELAY = "application/dtmf-relay"


def play(stage):
    office = Office(stage)
    office.inbound()
    office.play(
        ("SendDtmf 2002 c1 1#", "gateway: INFO Signal=1", "2002 DtmfSent c1"),
        ("gateway: 200 to INFO", "gateway: INFO Signal=#"),
        ("gateway: 200 to INFO",))
    assert office.dialog("gateway").got["INFO"].get("Content-Type") == RELAY
    office.dialog("2002").request("INFO", "Signal=5\r\nDuration=160\r\n",
                                  content_type=RELAY)
    office.expect("gateway: INFO Signal=5", "")
    office.play(("gateway: 200 to INFO", "2002: 200 to INFO"))
    office.refuses("SendDtmf 2002 c1 x", "INVALID_ARGUMENT")
    office.ends()
    office.close()

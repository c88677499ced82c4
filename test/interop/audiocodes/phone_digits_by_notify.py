"""3pcc DTMF by NOTIFY dtmf, which the phone plays (`sip-cti-control`)."""

from office import Office


def play(stage):
    office = Office(stage, {"sip_cti_control": ["dtmf"]})
    office.inbound()
    office.play(
        ("SendDtmf 2002 c1 42", "2002: NOTIFY dtmf Signal=42",
         "2002 DtmfSent c1"),
        ("2002: 200 to NOTIFY",))
    sent = office.client.last("2002 DtmfSent c1")
    assert sent.details.text == "42", sent
    office.ends()
    office.close()

"""`no-response-dn`: where a call goes when a DN does not respond at all, or with
100 only (`sip-trying-timeout`); unset: it is released."""

from office import Office

SILENT = {"sip_trying_timeout": 1}


def play(stage):
    office = Office(stage, only={
        "2002": {**SILENT, "no_response_dn": "2004"}, "2003": SILENT})
    office.play(
        ("gateway: INVITE 2003 o1", "2003: INVITE o1"),
        ("2003: 100",),
        ("later", "2003: CANCEL; gateway: 480"),
        ("2003: 487",),
        ("gateway: INVITE 2002 o1", "2002: INVITE o1"),
        ("2002: 100",),
        ("later", "2002: CANCEL; 2004: INVITE o1"),
        ("2002: 487",),
        ("2004: 180", "gateway: 180", "2004 Ringing c2 Redirected"),
        ("2004: 486", "gateway: 486", "2004 Released c2 Busy"))
    office.close()

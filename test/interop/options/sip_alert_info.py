"""`sip-alert-info` goes into the INVITE to the phone, word for word, whoever
calls; unset: no Alert-Info."""

from office import Office

TEXT = "info=alert-autoanswer"


def play(stage):
    office = Office(stage, only={"2002": {"sip_alert_info": TEXT}})
    for call, phone in (("c1", "2002"), ("c2", "2003")):
        office.rings(phone, call)
        asked = office.dialog(phone).invite
        assert asked.all("Alert-Info") == [TEXT] * (phone == "2002"), asked
        office.gives_up(f"{phone} Abandoned {call}", rings=phone)
    office.close()

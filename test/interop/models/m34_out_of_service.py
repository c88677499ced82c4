"""M34: a phone that takes its registration back is out of service, and its
agent is logged out if `logout-on-out-of-service` says so."""

from office import Office


def play(stage):
    office = Office(stage)
    phone = office.peers["2002"]
    for logs_out in (False, True):
        office.set(logout_on_out_of_service=logs_out)
        if logs_out:
            office.play(("LogoutAgent 2002", "", "2002 AgentLogout"))
        office.log_in("ada", "2002")
        assert phone.register(expires=0).status == 200
        office.expect("", "2002 DnOutOfService" + (
            ", 2002 AgentLogout" if logs_out else ""))
        office.play(("2001: INVITE 2002 o1", "2001: 480",
                     "2001 Dialing {0}, 2001 DestinationBusy {0} NoAnswer, "
                     "2001 Released {0} NoAnswer".format(
                         "c2" if logs_out else "c1")))
        assert phone.register().status == 200
        office.expect("", "2002 DnBackInService")
    office.close()

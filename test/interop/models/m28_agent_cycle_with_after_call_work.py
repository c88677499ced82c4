"""M28: after a business call the agent has after-call work, which begins
before the release and ends by itself."""

from office import Office
from routing import left, point, queued


def play(stage):
    office = Office(stage, dns=[point("9000")], switch={"wrap-up-time": 1})
    office.client.serve("9000")
    office.log_in("ada", "2002")
    queued(office)
    office.play(
        ("RouteCall 9000 c1 agent:ada", "2002: INVITE o1"),
        ("2002: 200 a1", "2002: ACK; gateway: 200 a1",
         f"{left('9000', 'c1')}, 2002 Ringing c1, 2002 Established c1"),
        ("gateway: ACK",),
        ("gateway: BYE", "gateway: 200 to BYE; 2002: BYE",
         "2002 AgentNotReady AfterCallWork, 2002 Released c1"))
    resting = office.client.last("2002 AgentNotReady AfterCallWork")
    assert resting.details.wrap_up_s == 1, resting
    office.play(
        ("later", "", "2002 AgentReady"),
        # A private call is followed by nothing.
        ("2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing c2"),
        ("2002: 200 a1", "2002: ACK; 2001: 200 a1", "2002 Ringing c2, "
         "2001 Established c2, 2002 Established c2"),
        ("2001: ACK",),
        ("2001: BYE", "2001: 200 to BYE; 2002: BYE",
         "2001 Released c2, 2002 Released c2"),
        ("LogoutAgent 2002", "", "2002 AgentLogout"))
    office.close()

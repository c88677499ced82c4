"""`subscribe-presence`: NOTIFYs that are not understood change nothing. A
subscription that fails, or is refused, is asked for again later, and leaves the
agent alone."""

from notifier import PIDF, document, watch
from office import Office


def play(stage):
    office = Office(stage)
    phone = watch(office)
    assert phone.notify(document("open")) == 200  # before the 200
    phone.grant()
    office.log_in("ada", "2002")
    errors = office.switch.metric("strowger_sip_parse_errors_total")
    for body, content_type, status in (
            (document("closed")[:-4], PIDF, 400),
            (document("busy"), PIDF, 400),
            (document("closed"), "text/plain", 415)):
        assert phone.notify(body, content_type=content_type) == status
    assert office.switch.metric("strowger_sip_parse_errors_total") \
        == errors + 2
    known, phone.call_id = phone.call_id, "of-nobody"
    assert phone.notify(document("closed")) == 481
    phone.call_id = known
    office.expect("", "")

    phone.tells("closed", "2002 AgentNotReady")
    assert phone.notify(state="terminated;reason=rejected") == 200
    office.expect("", "2002 AgentReady")
    office.switch.awaits("strowger_presence_subscriptions", 1, state="waiting")
    office.close()

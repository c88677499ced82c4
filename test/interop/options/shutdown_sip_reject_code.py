"""`shutdown-sip-reject-code`: what new calls get while a switch that is to end
waits for the calls under way."""

import signal

from office import Office


def play(stage):
    for code in (503, 486):
        office = Office(stage, switch={"shutdown-sip-reject-code": code})
        office.inbound()
        office.switch.signal(signal.SIGTERM)
        office.switch.awaits_log("draining")
        office.play(("2001: INVITE 2003 o2", f"2001: {code}"))
        office.happen(["gateway:", "BYE"])
        process = office.switch.process
        stage.until(lambda: office.hear() or process.poll() is not None,
                    "its end")
        assert process.returncode == 0, process.returncode

"""1pcc hold and retrieve in all three styles: c=0.0.0.0, sendonly, inactive;
the events are those of 3pcc (M17)."""

from office import Office


def play(stage):
    office = Office(stage)
    office.inbound()
    for i, (style, back) in enumerate((("0.0.0.0", ""),
                                       ("sendonly", "(recvonly)"),
                                       ("inactive", "(inactive)"))):
        office.play(
            (f"2002: re-INVITE h{i}({style})",
             f"gateway: re-INVITE h{i}({style})"),
            (f"gateway: 200 to re-INVITE b{i}{back}",
             f"gateway: ACK; 2002: 200 to re-INVITE b{i}{back}",
             "2002 Held c1"),
            ("2002: ACK",),
            (f"2002: re-INVITE r{i}", f"gateway: re-INVITE r{i}"),
            (f"gateway: 200 to re-INVITE c{i}",
             f"gateway: ACK; 2002: 200 to re-INVITE c{i}",
             "2002 Retrieved c1"),
            ("2002: ACK",))
    office.ends()
    office.close()

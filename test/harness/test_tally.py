#!/usr/bin/env python3
"""tally.py tried on what ctest prints. Ends with `N passed, N failed`."""

import sys

from tally import tally

# What is shown, the lines of ctest, what is counted.
CASES = [
    ("a doctest suite counts its cases",
     ["1: [doctest] test cases:  7 |  7 passed | 0 failed | 2 skipped",
      "1/2 Test #1: model .........   Passed    0.05 sec"], (7, 0)),
    ("failed cases are counted, not the suite",
     ["1: [doctest] test cases: 7 | 5 passed | 2 failed | 0 skipped",
      "1/1 Test #1: model .........***Failed    0.05 sec"], (5, 2)),
    ("a script counts by its last line",
     ["2: 1 passed, 0 failed", "2: 3 passed, 0 failed",
      "1/1 Test #2: tidy ..........   Passed    0.01 sec"], (3, 0)),
    ("a program that does not count is one case",
     ["1/1 Test #3: alerts ........   Passed    0.01 sec"], (1, 0)),
    ("a crash after good cases is one failure",
     ["1: [doctest] test cases: 7 | 7 passed | 0 failed | 0 skipped",
      "1/1 Test #1: sip ...........***Exception: SegFault  0.05 sec"],
     (7, 1)),
    ("a time limit is one failure",
     ["1/1 Test #1: sip ...........***Timeout 600.01 sec"], (0, 1)),
    ("a program that could not start is one failure",
     ["1/1 Test #1: sip ...........***Not Run   0.00 sec"], (0, 1)),
    ("lines of tests that run side by side keep apart",
     ["1: 2 passed, 0 failed", "2: 0 passed, 3 failed",
      "1/2 Test #2: b .............***Failed    0.01 sec",
      "2/2 Test #1: a .............   Passed    0.01 sec"], (2, 3)),
    ("text that looks like a count in a sentence is not one",
     ["1: it says 5 passed, 0 failed today",
      "1/1 Test #1: a .............   Passed    0.01 sec"], (1, 0)),
]


def main():
    failed = 0
    for shown, lines, counted in CASES:
        if tally(lines) != counted:
            failed += 1
            print(f"{shown}: {tally(lines)}, not {counted}")
    print(f"{len(CASES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Counts test cases in what `ctest --verbose` printed.

    test/harness/tally.py LOG...

A doctest suite counts by its own summary line, a script by the last line it
printed if that is `N passed, N failed`; anything else counts as one case by
its verdict. A test that fails without admitting a failed case (a crash, a
time limit, a sanitizer's report) counts as one failed case. Prints the sum
as `N passed, N failed` and exits 1 unless something passed and nothing failed.
"""

import re
import sys

OUTPUT = re.compile(r"^(\d+): (.*)$")
SUITE = re.compile(
    r"\[doctest\] test cases: +\d+ \| +(\d+) passed \| +(\d+) failed")
SCRIPT = re.compile(r"(\d+) passed, (\d+) failed$")
VERDICT = re.compile(
    r"^ *\d+/\d+ Test +#(\d+): \S+ .*?(Passed|\*\*\*)")


def tally(lines):
    """(passed, failed) of one ctest run."""
    passed = failed = 0
    counts = {}
    for line in lines:
        line = line.rstrip("\r\n")
        output = OUTPUT.match(line)
        if output:
            found = SUITE.search(output[2]) or SCRIPT.match(output[2])
            if found:
                counts[output[1]] = int(found[1]), int(found[2])
            continue
        verdict = VERDICT.match(line)
        if not verdict:
            continue
        good, bad = counts.pop(verdict[1], (0, 0))
        if verdict[2] == "Passed":
            good = good if good + bad else 1
        else:
            bad = bad or 1
        passed += good
        failed += bad
    return passed, failed


def main():
    passed = failed = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8", errors="replace") as log:
            good, bad = tally(log)
        passed += good
        failed += bad
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())

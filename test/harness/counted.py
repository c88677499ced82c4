"""Runs a module of unittest and ends with the line that tally.py reads."""

import sys
import unittest


def main(name):
    """The exit status of the tests of that module; prints `N passed, …`."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[name])
    result = unittest.TextTestRunner(stream=sys.stdout).run(suite)
    # A test with several subtests that fail is still one test.
    failed = len({str(getattr(test, "test_case", test))
                  for test, _ in result.failures + result.errors})
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 0 if result.wasSuccessful() else 1

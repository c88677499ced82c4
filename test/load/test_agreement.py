#!/usr/bin/env python3
"""`strowger load` and the devices it calls have counted the same calls: a short
form of bench/agreement.sh. Prints `N passed, N failed`.

    test/load/test_agreement.py STROWGER
"""

import os
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "test/harness"), str(ROOT / "bench/lib")]
import counted
import rig

if len(sys.argv) > 1:
    rig.STROWGER = os.path.abspath(sys.argv.pop(1))
import agreement
from agreement_peers import Kamailio, Sipp, Strowger

# What makes the shipped scenarios long.
SHORTER = (("spread: 10 s", "spread: 2 s"), ("to: 39979", "to: 31979"),
           ("talk: {uniform: [10 s, 20 s]}", "talk: 8 s"))


class Agreement(unittest.TestCase):
    def play(self, kind, name, steady_s):
        scenario = agreement.Scenario(name)
        for long, short in SHORTER:
            scenario.text = scenario.text.replace(long, short)
        peer = kind()
        with self.subTest(f"{name} against {peer.name}"):
            row, words = agreement.compare(peer, scenario, steady_s)
            self.assertTrue(agreement.agrees(row), f"{row} {words}")
            self.assertGreater(row["calls"][1], 0)
            self.assertGreater(row["answered"][1], 0)

    def test_a_smoke_test_agrees_with_every_peer(self):
        for kind in Strowger, Kamailio, Sipp:
            self.play(kind, "gateway-smoke", 2)

    def test_a_registration_storm_agrees_with_every_peer(self):
        for kind in Strowger, Kamailio, Sipp:
            self.play(kind, "registration-storm", 3)

    def test_a_mix_of_transfers_agrees_with_every_peer(self):
        for kind in Strowger, Kamailio, Sipp:
            self.play(kind, "transfer-mix", 3)


if __name__ == "__main__":
    sys.exit(counted.main(__name__))

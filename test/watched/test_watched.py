#!/usr/bin/env python3
"""What watches the switch: the alert rules, their proofs and the dashboard.

Needs promtool on the PATH. Ends with `N passed, N failed`.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test" / "harness"))
import counted

DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "prometheus" / "alerts.yml"
PROOFS = DEPLOY / "prometheus" / "alerts_test.yml"
DASHBOARD = DEPLOY / "grafana" / "strowger.json"

# The labels that families have of their own.
LABELS = {
    "strowger_calls_total": {"direction", "result"},
    "strowger_sip_requests_total": {"method", "direction"},
    "strowger_sip_responses_total": {"class", "direction"},
    "strowger_sip_retransmissions_total": {"direction"},
    "strowger_sip_rejected_total": {"reason"},
    "strowger_trunk_calls": {"trunk"},
    "strowger_trunk_calls_peak": {"trunk"},
    "strowger_trunk_attempts_total": {"trunk"},
    "strowger_trunk_in_service": {"trunk"},
    "strowger_trunk_rejected_total": {"trunk", "class"},
    "strowger_presence_subscriptions": {"state"},
    "strowger_routing_requests": {"state"},
    "strowger_routing_instructions_total": {"outcome"},
    "strowger_build_info": {"version"},
}
EVERYWHERE = {"job", "switch", "instance", "alertname", "alertstate"}


def exported():
    """The families that the sources of the switch name."""
    text = "".join(path.read_text() for path in
                   (ROOT / "services" / "metrics").glob("*.cpp"))
    return set(re.findall(r'"((?:strowger|process)_\w+)"', text))


def families_in(text):
    """The families of the switch that an expression names."""
    names = re.findall(r"\b(?:strowger|process)_\w+", text)
    return {re.sub(r"_seconds_(?:bucket|sum|count)$", "_seconds", name)
            for name in names}


def labels_in(text):
    """The labels that an expression selects or groups by."""
    found = set()
    for selector in re.findall(r"\{([^}]*)\}", text):
        found |= set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector))
    for group in re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", text):
        found |= set(re.findall(r"\w+", group))
    return found


def promtool(*arguments):
    return subprocess.run(["promtool", *arguments], text=True,
                          capture_output=True, check=False)


class Alerts(unittest.TestCase):
    def test_the_scrape_configuration_is_valid(self):
        ran = promtool("check", "config",
                       str(DEPLOY / "prometheus" / "prometheus.yml"))
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)

    def test_every_alert_fires_when_due_and_not_before(self):
        ran = promtool("test", "rules", str(PROOFS))
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)

    def test_every_alert_has_its_proof(self):
        alerts = re.findall(r"- alert: (\w+)", RULES.read_text())
        fired = re.findall(
            r"alertname: (\w+)\n\s+eval_time: \S+\n\s+exp_alerts:",
            PROOFS.read_text())
        silent = re.findall(r"\{alertname: (\w+), eval_time: \S+\}",
                            PROOFS.read_text())
        self.assertTrue(alerts)
        self.assertEqual(set(alerts), set(fired))
        self.assertEqual(set(alerts), set(silent))

    def test_alerts_name_only_what_the_switch_exports(self):
        self.assertLessEqual(families_in(RULES.read_text()), exported())


class Dashboard(unittest.TestCase):
    def setUp(self):
        self.board = json.loads(DASHBOARD.read_text())
        self.panels = [p for p in self.board["panels"] if p["type"] != "row"]

    def expressions(self):
        return [t["expr"] for p in self.panels for t in p["targets"]]

    def test_every_family_has_a_panel(self):
        shown = set().union(*map(families_in, self.expressions()))
        self.assertEqual(shown, exported())

    def test_expressions_use_labels_that_exist(self):
        for expression in self.expressions():
            with self.subTest(expression=expression):
                known = EVERYWHERE.union(
                    {"le"} if "_bucket" in expression else set(),
                    *(LABELS.get(name, set())
                      for name in families_in(expression)))
                self.assertLessEqual(labels_in(expression), known)

    def test_every_expression_is_valid(self):
        groups = {"groups": [{"name": "panels", "rules": [
            {"record": f"panel:{number}", "expr":
             expression.replace("$__rate_interval", "1m")}
            for number, expression in enumerate(self.expressions())]}]}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as rules:
            json.dump(groups, rules)
            rules.flush()
            ran = promtool("check", "rules", rules.name)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)

    def test_the_data_source_is_chosen_by_the_user(self):
        variables = {v["name"]: v for v in self.board["templating"]["list"]}
        self.assertEqual(variables["datasource"]["type"], "datasource")
        for panel in self.panels:
            self.assertEqual(panel["datasource"]["uid"], "${datasource}")

    def test_panels_do_not_overlap(self):
        taken = {}
        for panel in self.board["panels"]:
            at = panel["gridPos"]
            self.assertLessEqual(at["x"] + at["w"], 24, panel["title"])
            for x in range(at["x"], at["x"] + at["w"]):
                for y in range(at["y"], at["y"] + at["h"]):
                    self.assertNotIn((x, y), taken, panel["title"])
                    taken[x, y] = panel["title"]

    def test_panel_numbers_are_unique(self):
        numbers = [panel["id"] for panel in self.board["panels"]]
        self.assertEqual(len(numbers), len(set(numbers)))


if __name__ == "__main__":
    sys.exit(counted.main(__name__))

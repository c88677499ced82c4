#!/usr/bin/env python3
"""What people and programs see of a load run: the JSON report against its
schema, the HTML report in a real browser. Prints `N passed, N failed`.

    test/load/test_reports.py MAKE_REPORTS
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/harness"))
import counted
from browser import Browser

MAKER = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
SCHEMA = json.loads(
    (ROOT / "services/load/report.schema.json").read_text(encoding="utf-8"))
# Two frames later everything is on the screen that was asked for.
SETTLE = """new Promise(done => requestAnimationFrame(
              () => requestAnimationFrame(() => done(true))))"""
# Of every plot: its caption, how many pixels have the colour of one of its
# series (nothing else in it is coloured), and its width.
CANVASES = """plots.map(({figure, drawn}) => {
  const canvas = figure.querySelector("canvas"), {width, height} = canvas;
  const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  const wanted = drawn.series.slice(1).map(
    x => x.stroke().match(/[0-9a-f]{2}/g).map(y => parseInt(y, 16)));
  let count = 0;
  for (let i = 0; i < pixels.length; i += 4)
    count += wanted.some(x => pixels[i + 3] > 128
      && x.every((y, j) => Math.abs(y - pixels[i + j]) < 24));
  return [figure.querySelector("figcaption").textContent, count, width];
})"""
DRAWN_PIXELS = 100


def setUpModule():
    global folder, status
    folder = tempfile.TemporaryDirectory()
    status = subprocess.run([MAKER, folder.name], check=False).returncode


def tearDownModule():
    folder.cleanup()


def made(suffix):
    return sorted(pathlib.Path(folder.name).glob("*" + suffix))


def described(schema, path=""):
    """The properties of a schema that say nothing about themselves."""
    for name, value in schema.get("properties", {}).items():
        if "description" not in value and "$ref" not in value:
            yield f"{path}/{name}"
        yield from described(value, f"{path}/{name}")
    for name, value in schema.get("$defs", {}).items():
        yield from described(value, f"{path}/$defs/{name}")


class Json(unittest.TestCase):
    def test_every_report_is_what_the_schema_says(self):
        judge = jsonschema.Draft202012Validator
        judge.check_schema(SCHEMA)
        self.assertGreaterEqual(len(made(".json")), 8)
        for path in made(".json"):
            with self.subTest(path.name):
                report = json.loads(path.read_text(encoding="utf-8"))
                problems = [f"{x.json_path}: {x.message[:200]}"
                            for x in judge(SCHEMA).iter_errors(report)]
                self.assertEqual(problems, [])

    def test_a_field_that_the_schema_does_not_know_is_found(self):
        judge = jsonschema.Draft202012Validator(SCHEMA)
        report = json.loads(made(".json")[0].read_text(encoding="utf-8"))
        for part in (report, report["callers"], report["generator"],
                     report["callers"]["latencies"]["answer"],
                     report["samples"], report["verdict"]):
            part["strange"] = 1
            self.assertFalse(judge.is_valid(report))
            del part["strange"]
            name = next(iter(part))
            value = part.pop(name)
            self.assertFalse(judge.is_valid(report), name)
            part[name] = value
        self.assertTrue(judge.is_valid(report))

    def test_every_field_is_described(self):
        self.assertEqual(list(described(SCHEMA)), [])


class Text(unittest.TestCase):
    def test_a_summary_has_at_most_eighty_columns(self):
        # A scenario or a target may be longer; these are made up.
        for path in made(".txt"):
            if path.stem != "hostile":
                lines = path.read_text(encoding="utf-8").split("\n")
                self.assertLessEqual(max(map(len, lines)), 80, path.name)


class Html(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if status == 3:
            raise unittest.SkipTest("built without npm")
        cls.browser = Browser()
        cls.browser.size(1400, 900)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def open(self, name, scheme="light"):
        self.browser.colours(scheme)
        self.browser.open(os.path.join(folder.name, name + ".html"))
        self.browser.ask(SETTLE)

    def text(self, selector):
        return self.browser.ask(
            f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    def test_every_report_opens_without_a_complaint(self):
        self.assertEqual(len(made(".html")), len(made(".json")))
        for path in made(".html"):
            with self.subTest(path.name):
                self.open(path.stem)
                self.assertEqual(self.browser.complaints, [])

    def test_every_plot_is_drawn_in_light_and_dark_and_on_paper(self):
        for scheme in ("light", "dark"):
            self.open("failed", scheme)
            canvases = self.browser.ask(CANVASES)
            self.assertEqual(len(canvases), 13)
            self.assertEqual(len(canvases), self.browser.ask(
                "document.querySelectorAll('canvas').length"))
            for caption, pixels, _ in canvases:
                self.assertGreater(pixels, DRAWN_PIXELS, caption)
        self.browser.ask("dispatchEvent(new Event('beforeprint'))")
        self.browser.ask(SETTLE)
        for caption, pixels, width in self.browser.ask(CANVASES):
            self.assertGreater(pixels, DRAWN_PIXELS, caption)
            self.assertEqual(width, 305, "two fit on paper")
        self.assertEqual(self.browser.complaints, [])

    def test_the_verdict_is_the_first_thing_to_be_seen(self):
        for name, word, reason in (
                ("passed", "PASSED", ""), ("failed", "FAILED", ""),
                ("invalid", "INVALID", "calls started late"),
                ("broken", "FAILED", "10 attempts, but 9 answered")):
            with self.subTest(name):
                self.open(name)
                self.assertIn(word, self.text(".verdict .word"))
                self.assertIn(reason, self.text(".verdict"))
                size = self.browser.ask("""parseFloat(getComputedStyle(
                    document.querySelector(".verdict .word")).fontSize)""")
                self.assertGreaterEqual(size, 36)

    def test_the_figures_are_those_of_the_report(self):
        self.open("failed")
        report = json.loads(
            pathlib.Path(folder.name, "failed.json").read_text("utf-8"))
        plain = self.text("main").replace("\u202f", "")
        self.assertIn(str(report["callers"]["attempts"]), plain)
        for status, count in report["callers"]["causes"].items():
            self.assertRegex(plain, rf"{status}\s+{count}\b")
        for criterion in report["verdict"]["criteria"]:
            self.assertIn(criterion["words"], self.text("header"))

    def test_rtp_is_shown_only_if_there_was_any(self):
        self.open("passed")
        self.assertIn("one-way audio", self.text("main"))
        self.open("plain")
        self.assertNotIn("one-way audio", self.text("main"))

    def test_several_generators_have_a_line_each(self):
        self.open("together")
        for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):
            self.assertIn(f"{address}:50052", self.text("main"))
        self.assertIn("192.0.2.3:50052 INVALID", self.text("main"))
        self.open("plain")
        self.assertNotIn("Generators", self.text("main"))

    def test_impairments_are_shown_only_if_there_were_any(self):
        self.open("passed")
        self.assertIn("200 INVITE received", self.text("main"))
        self.open("plain")
        self.assertNotIn("impairments", self.text("main").lower())

    def test_words_of_a_scenario_cannot_become_markup(self):
        self.open("hostile")
        self.assertEqual(self.browser.complaints, [])
        self.assertIn("<script>console.error", self.text("h1"))
        self.assertEqual(
            self.browser.ask("document.querySelectorAll('img').length"), 0)

    def test_dragging_over_one_plot_zooms_all_of_the_course(self):
        self.open("passed")
        spans = """plots.filter(x => x.figure.parentNode === course)
            .map(x => x.drawn.scales.x.max - x.drawn.scales.x.min)"""
        self.assertEqual(len(set(self.browser.ask(spans))), 1)
        whole = self.browser.ask(spans)[0]
        x, y = self.browser.ask("""(() => {
            const over = document.querySelector(".u-over");
            over.scrollIntoView({block: "center"});
            const {left, top} = over.getBoundingClientRect();
            return [left, top + 20];})()""")
        for kind, right in (("mouseMoved", 100), ("mousePressed", 100),
                            ("mouseMoved", 200), ("mouseReleased", 200)):
            self.browser.call("Input.dispatchMouseEvent", type=kind, y=y,
                              x=x + right, button="left", clickCount=1)
        self.browser.ask(SETTLE)
        zoomed = self.browser.ask(spans)
        self.assertLess(max(zoomed), whole / 2)
        self.assertAlmostEqual(max(zoomed), min(zoomed), delta=whole / 50)
        self.assertEqual(self.browser.complaints, [])

    def test_nothing_is_wider_than_the_window(self):
        for width in (380, 800, 1400):
            self.browser.size(width, 900)
            self.open("failed")
            self.assertLessEqual(
                self.browser.ask("document.documentElement.scrollWidth"), width)
        self.browser.size(1400, 900)


class Build(unittest.TestCase):
    """What deploy/cmake/ReportPage.cmake makes if it cannot make the page."""

    def page_made_with(self, node, npm):
        with tempfile.TemporaryDirectory() as scratch:
            out = pathlib.Path(scratch, "report_page.cpp")
            wanted = pathlib.Path(scratch, "made.wanted")
            made = subprocess.run(
                ["cmake", "-D", f"FROM={ROOT}/services/load/report",
                 "-D", f"FOLDER={scratch}/made", "-D", f"OUT={out}",
                 "-D", f"NODE={node}", "-D", f"NPM={npm}",
                 "-P", str(ROOT / "deploy/cmake/ReportPage.cmake")],
                capture_output=True, text=True, check=True)
            again = wanted.stat().st_mtime_ns > out.stat().st_mtime_ns
            return out.read_text("utf-8"), made.stdout + made.stderr, again

    def test_without_npm_the_page_is_empty_and_the_build_says_so(self):
        for node, npm, why in (
                ("NODE-NOTFOUND", "NPM-NOTFOUND", "there is no node or no npm"),
                ("node", shutil.which("false"), "npm ci failed")):
            with self.subTest(npm):
                text, said, again = self.page_made_with(node, npm)
                self.assertRegex(text, r"bytes\[\] = \{\s*'\\0'\};")
                self.assertIn("HTML load reports are left out: " + why, said)
                self.assertTrue(again, "the next build must try again")


if __name__ == "__main__":
    sys.exit(counted.main(__name__))

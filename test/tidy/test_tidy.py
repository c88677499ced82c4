#!/usr/bin/env python3
"""The rules of tidy tried on made-up trees: each fires, and only where due.

Prints `N passed, N failed` last.
"""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import counted
from source import Source, functions
from tidy import RULES, findings


def found_in(rule, files, built=None):
    """The (path, line) pairs that a rule finds in a tree made of files."""
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = pathlib.Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        commands = []
        if built is not None:
            entries = [{"directory": root, "file": name} for name in built]
            # Outside the tree, as a build folder is outside the sources.
            path = pathlib.Path(root, "build", "compile_commands.json")
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(entries))
            commands = [path]
        return [row[:2] for row in findings(root, commands)[rule]]


def body(lines):
    """A function whose body takes that many lines."""
    return "int f() {\n" + "  g();\n" * (lines - 2) + "}\n"


# Rule, a bad file at its path, the line it is found at.
BAD = [
    ("include-between-rooms", "actors/model/a.hpp",
     '#include "actors/call.hpp"\n', 1),
    ("include-between-rooms", "actors/model/a.cpp", "#include <caf/all.hpp>\n",
     1),
    ("include-between-rooms", "actors/model/a.cpp", "\n# include <unistd.h>\n",
     2),
    ("include-between-rooms", "actors/model/a.cpp",
     '#include "actors/traffic/tally.hpp"\n', 1),
    ("include-between-rooms", "actors/traffic/a.cpp",
     '#include "actors/model/time.hpp"\n#include "actors/model/call.hpp"\n',
     2),
    ("include-between-rooms", "actors/traffic/a.cpp",
     '#include "actors/reactor.hpp"\n', 1),
    ("include-between-rooms", "actors/traffic/a.cpp", "#include <caf/all.hpp>\n",
     1),
    ("include-between-rooms", "actors/a.cpp", '#include "sip/stack.hpp"\n', 1),
    ("include-between-rooms", "actors/a.cpp", "#include <yaml.h>\n",
     1),
    ("include-between-rooms", "actors/a.cpp", "#include <grpcpp/grpcpp.h>\n",
     1),
    ("include-between-rooms", "actors/a.cpp", "#include <spdlog/spdlog.h>\n",
     1),
    ("include-between-rooms", "actors/a.cpp", "#include <pugixml.hpp>\n", 1),
    ("include-between-rooms", "sip/a.cpp", "#include <sofia-sip/nta.h>\n", 1),
    ("include-between-rooms", "services/a.cpp", "#include <sofia-sip/su.h>\n",
     1),
    ("include-between-rooms", "test/sip/a.cpp", "#include <sofia-sip/su.h>\n",
     1),
    ("include-between-rooms", "sip/a.cpp", '#include "services/log.hpp"\n', 1),
    ("include-between-rooms", "sip/a.cpp", '#include "strowger/v1/e.pb.h"\n',
     1),
    ("include-from-the-root", "sip/a.cpp", '#include "stack.hpp"\n', 1),
    ("clock-read", "actors/call.cpp",
     "auto t = std::chrono::steady_clock::now();\n", 1),
    ("clock-read", "actors/model/a.cpp", "system_clock :: now();\n", 1),
    ("clock-read", "actors/traffic/a.cpp", "steady_clock::now();\n", 1),
    ("clock-read", "actors/a.cpp", "clock_gettime(CLOCK_REALTIME, &t);\n", 1),
    ("clock-read", "actors/a.cpp", "gettimeofday(&t, nullptr);\n", 1),
    ("clock-read", "actors/a.cpp", "srand(time(nullptr));\n", 1),
    ("clock-read", "test/model/a.cpp", "auto t = steady_clock::now();\n", 1),
    ("long-function", "sip/a.cpp", body(71), 1),
    ("long-function", "sip/a.cpp", "namespace x {\n" + body(71) + "}\n", 2),
    ("long-function", "test/sip/a.cpp",
     body(71).replace("int f()", 'TEST_CASE("a promise")'), 1),
    ("long-source", "sip/a.cpp", "\n" * 451, 451),
    ("long-source", "deploy/a.sh", "\n" * 451, 451),
    ("long-line", "sip/a.cpp", "//" + "x" * 79 + "\n", 1),
    ("unused-header", "sip/a.hpp", "#pragma once\n", 1),
    ("pragma-once", "sip/a.hpp", "int a;\n", 1),
    ("sleep-in-test", "test/sip/a.cpp", "std::this_thread::sleep_for(1s);\n",
     1),
    ("sleep-in-test", "test/sip/run.sh", "start\nsleep 1\n", 2),
    ("sleep-in-test", "test/sip/run.sh", "until ready; do sleep 1; done\n", 1),
    ("sleep-in-test", "test/sip/a.py", "time.sleep(0.1)\n", 1),
    ("white-space", "sip/a.cpp", "int a; \n", 1),
    ("white-space", "sip/a.cpp", "\tint a;\n", 1),
    ("white-space", "README.md", "no end", 1),
    ("banned-word", "sip/a.cpp", "// TODO\n", 1),
    ("banned-word", "sip/a.cpp", "// XXX why\n", 1),
    ("banned-word", "README.md", "good enough for now\n", 1),
    ("banned-word", "deploy/a.sh", "# FIXME: it breaks\n", 1),
    ("banned-word", "README.md", "For now it is slow\n", 1),
    ("banned-word", "deploy/a.yaml", "# a placeholder\n", 1),
    ("absolute-path", "deploy/a.sh", "cp x /root/x\n", 1),
    ("absolute-path", "test/a.py", 'open("/tmp/log")\n', 1),
]

# Rule, a good file at its path: the rule has nothing to say.
GOOD = [
    ("include-between-rooms", "actors/model/a.cpp",
     '#include <vector>\n#include "actors/model/b.hpp"\n'),
    ("include-between-rooms", "actors/a.cpp",
     '#include <caf/all.hpp>\n#include "actors/model/b.hpp"\n'),
    ("include-between-rooms", "actors/traffic/a.cpp",
     '#include <random>\n#include "actors/model/spelling.hpp"\n'
     '#include "actors/traffic/b.hpp"\n'),
    ("include-between-rooms", "actors/a.cpp",
     '#include "actors/traffic/tally.hpp"\n'),
    ("include-between-rooms", "services/a.cpp",
     '#include "actors/traffic/scenario.hpp"\n'),
    ("include-between-rooms", "sip/sofia.hpp", "#include <sofia-sip/nta.h>\n"),
    ("include-between-rooms", "sip/a.cpp",
     '#include <openssl/evp.h>\n#include <pugixml.hpp>\n'
     '#include "actors/wire.hpp"\n'),
    ("include-between-rooms", "services/a.cpp",
     '#include <grpcpp/grpcpp.h>\n#include "strowger/v1/e.pb.h"\n'),
    ("include-between-rooms", "test/sip/a.cpp", '#include "sip/stack.hpp"\n'),
    ("clock-read", "actors/reactor.cpp", "steady_clock::now();\n"),
    ("clock-read", "sip/a.cpp", "steady_clock::now();\n"),
    ("clock-read", "test/services/a.cpp", "steady_clock::now();\n"),
    ("clock-read", "actors/a.cpp", "// never steady_clock::now()\n"),
    ("clock-read", "actors/a.cpp", 'log("steady_clock::now()");\n'),
    ("clock-read", "actors/a.cpp", "auto t = self->clock().now();\n"),
    ("long-function", "sip/a.cpp", body(70)),
    ("long-function", "sip/a.cpp", body(40) + body(40)),
    ("long-function", "sip/a.cpp", "struct a {\n" + body(40) * 2 + "};\n"),
    ("long-function", "sip/a.cpp",
     "const row table[] = {\n" + "  {1},\n" * 90 + "};\n"),
    ("long-source", "sip/a.cpp", "\n" * 450),
    ("long-source", "deploy/a.json", "\n" * 451),
    ("long-line", "sip/a.cpp", "//" + "x" * 78 + "\n"),
    ("long-line", "sip/a.cpp", "// https://example.org/" + "x" * 80 + "\n"),
    ("sleep-in-test", "test/sip/run.sh",
     "until ready; do\n  sleep 0.1\ndone\n"),
    ("sleep-in-test", "deploy/demo.sh", "sleep 1\n"),
    ("white-space", "test/sip/a.xml", "tail \n\t\n"),
    ("banned-word", "sip/a.cpp", "// TODO: drop when CAF 0.18 is in Debian\n"),
    ("banned-word", "bench/a.py", "todo = [1]\n"),
    ("banned-word", "README.md", "the waltz for nowhere\n"),
    ("absolute-path", "deploy/a.sh", "dir=$(mktemp -d)/work\n"),
    ("absolute-path", "README.md", "see https://example.org/tmp/a\n"),
    ("unused-header", "README.md", "no headers at all\n"),
]


class Rules(unittest.TestCase):
    def test_every_rule_fires_on_a_bad_tree(self):
        for rule, path, text, line in BAD:
            with self.subTest(rule=rule, path=path, text=text[:60]):
                self.assertEqual(found_in(rule, {path: text}), [(path, line)])

    def test_no_rule_fires_on_good_code(self):
        for rule, path, text in GOOD:
            with self.subTest(rule=rule, path=path, text=text[:60]):
                self.assertEqual(found_in(rule, {path: text}), [])

    def test_every_rule_has_a_bad_tree(self):
        shown = {row[0] for row in BAD} | {"unbuilt-source"}
        self.assertEqual(shown, set(RULES))

    def test_a_source_that_no_target_compiles_is_found(self):
        files = {"sip/a.cpp": "", "sip/b.cpp": ""}
        self.assertEqual(found_in("unbuilt-source", files, ["sip/a.cpp"]),
                         [("sip/b.cpp", 1)])

    def test_without_compile_commands_no_source_is_dead(self):
        self.assertEqual(found_in("unbuilt-source", {"sip/a.cpp": ""}), [])

    def test_an_included_header_is_used(self):
        files = {"sip/a.hpp": "#pragma once\n",
                 "sip/a.cpp": '#include "sip/a.hpp"\n'}
        self.assertEqual(found_in("unused-header", files), [])
        self.assertEqual(found_in("include-from-the-root", files), [])

    def test_what_a_build_leaves_is_not_judged(self):
        self.assertEqual(found_in("white-space", {"build/a.cpp": " "}), [])


# Code, the names of its outermost functions.
FUNCTIONS = [
    ("void f(int a) {\n}\n", ["void f(int a)"]),
    ("namespace a::b {\nint f() { return 1; }\n}\n", ["int f()"]),
    ("template <class T>\nvoid f(T x) {}\n", ["void f(T x)"]),
    ("struct s : t {\n  s(int a) : a_{a}, b_(2) { go(); }\n};\n",
     ["s(int a) : a_{a}, b_(2)"]),
    ("s::s(int a) : a_{a}, b_{a} {\n  if (a) { go(); }\n}\nint g() {}\n",
     ["s::s(int a) : a_{a}, b_{a}", "int g()"]),
    ("auto f(int a) -> x::y {\n}\n", ["auto f(int a) -> x::y"]),
    ("auto f = [](int a) {\n};\n", ["auto f = [](int a)"]),
    ("const row rows[] = {\n  {1, 2},\n};\nint x{3};\n", []),
    ("enum class e : int { a, b };\n", []),
    ('CAF_BEGIN(a, b)\n  CAF_ADD(a, (b))\nstruct x {\n  int y;\n};\n', []),
    ('TEST_CASE("a { brace") {\n  f();\n}\n', ['TEST_CASE("")']),
    ("#define M(x) { x\nint f() {}\n", ["int f()"]),
    ("struct s {\npublic:\n  int f() const noexcept { return 1; }\n};\n",
     ["int f() const noexcept"]),
    ("char c = '{';\nint f() {}\n", ["int f()"]),
    ('auto s = R"x({ " })x";\nint f() {}\n', ["int f()"]),
]


class Scanner(unittest.TestCase):
    def test_functions_are_told_from_types_and_data(self):
        for code, names in FUNCTIONS:
            with self.subTest(code=code):
                self.assertEqual(
                    [row[2] for row in functions(Source("a.cpp", code))],
                    names)

    def test_lines_are_those_of_the_braces(self):
        code = "#define A \\\n  1\nvoid f(\n  int a) {\n  /* {\n */\n}\n"
        self.assertEqual([row[:2] for row in functions(Source("a.cpp", code))],
                         [(4, 7)])


if __name__ == "__main__":
    sys.exit(counted.main(__name__))

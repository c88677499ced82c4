#!/usr/bin/env python3
"""Style is a failing test: the rules of the house, checked over the tree.

    test/tidy/tidy.py [ROOT] [--built compile_commands.json]...

Prints one line per finding, `path:line: rule: what is wrong`, and at the end
`N passed, N failed`, counting rules. CONTRIBUTING.md says why each rule is
there. Without --built nothing is said about files that nobody builds.
"""

import argparse
import json
import os
import pathlib
import re
import sys

from report import report
from source import functions, tree

FUNCTION_LINES = 70
SOURCE_LINES = 450
COLUMNS = 80

STANDARD = set("""
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv
cfloat charconv chrono cinttypes climits clocale cmath codecvt compare complex
concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint
cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution
filesystem format forward_list fstream functional future initializer_list
iomanip ios iosfwd iostream istream iterator latch limits list locale map
memory memory_resource mutex new numbers numeric optional ostream queue random
ranges ratio regex scoped_allocator semaphore set shared_mutex source_location
span sstream stack stdexcept stop_token streambuf string string_view
syncstream system_error thread tuple type_traits typeindex typeinfo
unordered_map unordered_set utility valarray variant vector version
""".split())

# Room -> rooms whose headers it may include.
ARROWS = {
    "model": {"model"},
    "traffic": {"model", "traffic"},
    "actors": {"model", "traffic", "actors"},
    "sip": {"model", "traffic", "actors", "sip"},
    "proto": {"proto"},
    "services": {"model", "traffic", "actors", "sip", "proto", "services"},
}
# The rooms that need nothing but the standard library.
PURE = {"model", "traffic"}
# Traffic is about users, not about switches: of the model it sees only what
# goes over a wire, and what has nothing to do with either.
SEEN_BY_TRAFFIC = {"actors/model/" + x for x in (
    "hold.hpp", "signal.hpp", "spelling.hpp", "time.hpp")}
_OPERATORS_LIBRARIES = (
    "yaml.h", "spdlog/", "fmt/", "CLI/", "prometheus/", "SQLiteCpp/",
    "sqlite3", "nlohmann/", "civetweb", "CivetServer")
_CONTROL_LIBRARIES = ("grpc/", "grpcpp/", "google/")
# Room -> beginnings of library headers that have no business there.
CLOSED = {
    "actors": ("sofia-sip/", "pugixml", "openssl/", "regex", "iostream",
               *_OPERATORS_LIBRARIES, *_CONTROL_LIBRARIES),
    "sip": ("regex", "iostream", *_OPERATORS_LIBRARIES, *_CONTROL_LIBRARIES),
}
SOFIA_HEADER = "sip/sofia.hpp"

CLOCK = re.compile(
    r"\b(?:steady_clock|system_clock|high_resolution_clock)\s*::\s*now\b"
    r"|\b(?:clock_gettime|gettimeofday|su_now|su_time)\s*\("
    r"|\btime\s*\(\s*(?:nullptr|NULL|0)\s*\)")
CLOCK_ROOMS = {"sip", "services", "bench"}

SLEEP = re.compile(
    r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\b"
    r"|\btime\.sleep\b|\bsleep\s+[\"']?[\d$]")
POLL = re.compile(r"\b(?:until|while|for)\b")
BRIEF_NAP = re.compile(r"sleep\s*\(?\s*0?\.[0-4]")

BANNED = re.compile(
    r"\bXXX\b|\bFIXME\b|\bTODO\b(?!: *\S+(?: +\S+){3})"
    r"|(?i:\bplaceholder\b|\bfor now\b)")
HOME_PATH = re.compile(r"(?<![\w.<~*}$)-])/(?:root|work|tmp|home)\b")

RULES = {}


def rule(check):
    """Enters check(sources, built) among the rules by its name."""
    RULES[check.__name__.replace("_", "-")] = check
    return check


# -- rooms ---------------------------------------------------------------------
def room_of_header(header):
    if header.startswith(("actors/model/", "actors/traffic/")):
        return header.split("/")[1]
    if header.startswith("strowger/") or header.endswith(".pb.h"):
        return "proto"
    first = header.split("/")[0]
    return first if first in ARROWS else None


@rule
def include_between_rooms(sources, built):
    """An arrow of the architecture is broken."""
    for source in sources:
        allowed = ARROWS.get(source.room())
        for line, header, quoted in source.includes() if source.is_cpp else ():
            if header.startswith("sofia-sip/"):
                if str(source.path) != SOFIA_HEADER:
                    yield (source, line,
                           f"only {SOFIA_HEADER} includes <{header}>")
                continue
            if allowed is None:
                continue
            target = room_of_header(header)
            if target:
                if target not in allowed:
                    yield (source, line, f"{source.room()} must not include "
                           f"{target}: {header}")
                elif (source.room() == "traffic" and target == "model"
                      and header not in SEEN_BY_TRAFFIC):
                    yield (source, line, "traffic sees only time and spelling "
                           f"of the model: {header}")
            elif source.room() in PURE:
                if quoted or header not in STANDARD:
                    yield (source, line, f"{source.room()} includes only the "
                           f"standard library: {header}")
            elif header.startswith(CLOSED.get(source.room(), ())):
                yield (source, line,
                       f"{source.room()} must not include {header}")


@rule
def include_from_the_root(sources, built):
    """A quoted include names a file of the tree, from its root."""
    known = {str(source.path) for source in sources}
    for source in sources if sources else ():
        for line, header, quoted in source.includes() if source.is_cpp else ():
            if (quoted and header not in known
                    and room_of_header(header) != "proto"):
                yield source, line, f"no such header from the root: {header}"


@rule
def clock_read(sources, built):
    """Time is input: only the edges of the process look at a clock."""
    for source in sources:
        parts = source.path.parts
        mirrored = parts[1:] if parts[0] == "test" else parts
        if not source.is_cpp or mirrored[0] in CLOCK_ROOMS:
            continue
        if "/".join(mirrored).startswith("actors/reactor"):
            continue
        for line, text in source.code_lines():
            if CLOCK.search(text):
                yield source, line, f"reads a clock: {text.strip()}"


# -- sizes ---------------------------------------------------------------------
@rule
def long_function(sources, built):
    """A function fits on a screen."""
    for source in sources:
        for first, last, name in functions(source) if source.is_cpp else ():
            if last - first + 1 > FUNCTION_LINES:
                yield (source, first, f"{last - first + 1} lines, at most "
                       f"{FUNCTION_LINES}: {name}")


@rule
def long_source(sources, built):
    """A file is about one noun."""
    for source in sources:
        is_source = (source.is_cpp or source.is_script
                     or source.path.suffix == ".proto")
        if is_source and len(source.lines) > SOURCE_LINES:
            yield (source, SOURCE_LINES + 1,
                   f"{len(source.lines)} lines, at most {SOURCE_LINES}")


@rule
def long_line(sources, built):
    """Two files fit side by side."""
    for source in sources:
        for line, text in enumerate(source.lines if source.is_cpp else (), 1):
            if len(text) > COLUMNS and "://" not in text:
                yield source, line, f"{len(text)} columns, at most {COLUMNS}"


# -- dead files ----------------------------------------------------------------
@rule
def unbuilt_source(sources, built):
    """A source that no target compiles rots."""
    if built is None:
        return
    for source in sources:
        if source.path.suffix == ".cpp" and str(source.path) not in built:
            yield source, 1, "no target builds this file"


@rule
def unused_header(sources, built):
    """A header that nobody includes is dead."""
    used = {header for source in sources if source.is_cpp
            for _, header, quoted in source.includes() if quoted}
    for source in sources:
        if source.path.suffix == ".hpp" and str(source.path) not in used:
            yield source, 1, "nobody includes this header"


@rule
def pragma_once(sources, built):
    """A header may be included twice."""
    for source in sources:
        if (source.path.suffix == ".hpp"
                and "#pragma once" not in source.lines):
            yield source, 1, "#pragma once is missing"


# -- tests ---------------------------------------------------------------------
@rule
def sleep_in_test(sources, built):
    """A test waits for a condition, not for time to pass."""
    for source in sources:
        if source.path.parts[0] != "test":
            continue
        if not (source.is_cpp or source.is_script):
            continue
        lines = source.code.split("\n") if source.is_cpp else source.lines
        for line, text in enumerate(lines, 1):
            if not SLEEP.search(text) or text.lstrip().startswith("#"):
                continue
            near = " ".join(lines[max(0, line - 4):line])
            if (source.is_script and BRIEF_NAP.search(text)
                    and POLL.search(near)):
                continue
            yield source, line, f"waits for time: {text.strip()}"


# -- text ----------------------------------------------------------------------
def is_written(source):
    """Written by us, line by line; data and recorded messages are not."""
    return (source.is_cpp or source.is_script
            or source.path.suffix in {".cmake", ".md", ".proto", ".service",
                                      ".yaml", ".yml"}
            or source.path.name in {"CMakeLists.txt", ".clang-format",
                                    ".clang-tidy", ".gitignore"})


@rule
def white_space(sources, built):
    """Invisible differences make noise in reviews."""
    for source in sources:
        if not is_written(source):
            continue
        for line, text in enumerate(source.lines, 1):
            if text != text.rstrip():
                yield source, line, "white space at the end of the line"
            if "\t" in text:
                yield source, line, "a tab"
        if source.text and not source.text.endswith("\n"):
            yield source, len(source.lines), "no new line at the end"


@rule
def banned_word(sources, built):
    """Unfinished business is finished, or has its reason beside it."""
    for source in sources:
        for line, text in enumerate(
                source.lines if is_written(source) else (), 1):
            found = BANNED.search(text)
            if found:
                yield source, line, f"'{found.group(0)}'"


@rule
def absolute_path(sources, built):
    """What is committed works in any folder of any machine."""
    for source in sources:
        if not is_written(source) and source.path.suffix != ".json":
            continue
        for line, text in enumerate(source.lines, 1):
            found = HOME_PATH.search(text)
            if found:
                yield source, line, f"an absolute path: {found.group(0)}"


# -- the program ---------------------------------------------------------------
def built_files(root, commands):
    """The sources, relative to root, that the compile commands name."""
    root = os.path.realpath(root)
    return {
        os.path.relpath(
            os.path.realpath(os.path.join(entry["directory"], entry["file"])),
            root)
        for path in commands
        for entry in json.loads(pathlib.Path(path).read_text())
    }


def findings(root, commands=()):
    """Rule name -> its findings as (path, line, message), for all rules."""
    # The rules and their examples name what they forbid.
    sources = [source for source in tree(root)
               if source.path.parts[:2] != ("test", "tidy")]
    built = built_files(root, commands) if commands else None
    return {name: [(str(source.path), line, message)
                   for source, line, message in check(sources, built)]
            for name, check in RULES.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("root", nargs="?", default=".")
    parser.add_argument("--built", action="append", default=[],
                        metavar="compile_commands.json")
    arguments = parser.parse_args()
    found = findings(arguments.root, arguments.built)
    return report(found)


if __name__ == "__main__":
    sys.exit(main())

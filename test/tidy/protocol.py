#!/usr/bin/env python3
"""The protocol's style is a failing test: the rules that buf calls STANDARD, and
that everything is documented.

    test/tidy/protocol.py [FOLDER]

Reads every .proto below FOLDER/strowger (default: proto) through protoc. Prints
one line per finding, `path:line: rule: what is wrong`, and at the end
`N passed, N failed`, counting rules.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

from report import report

OURS = "strowger/"

PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*$")
LOWER_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*$")
UPPER_SNAKE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$")
VERSIONED = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\.v[1-9]\d*$")

RULES = {}


def rule(check):
    """Enters check(files) among the rules by its name."""
    RULES[check.__name__.replace("_", "-")] = check
    return check


# -- what is in a file -----------------------------------------------------------
class File:
    """One file with the places and comments of all it defines."""

    def __init__(self, proto):
        self.proto = proto
        self.name = proto.name
        self.spans = {tuple(x.path): x for x in
                      proto.source_code_info.location}

    def line(self, path):
        return self.spans[path].span[0] + 1 if path in self.spans else 1

    def documented(self, path):
        place = self.spans.get(path)
        return bool(place and place.leading_comments.strip())

    def messages(self):
        """Every message, nested ones too, as (path, message)."""
        todo = [((4, i), x) for i, x in enumerate(self.proto.message_type)]
        while todo:
            path, x = todo.pop(0)
            if x.options.map_entry:
                continue
            yield path, x
            todo += [(path + (3, i), y) for i, y in enumerate(x.nested_type)]

    def enums(self):
        yield from (((5, i), x) for i, x in enumerate(self.proto.enum_type))
        for path, message in self.messages():
            yield from ((path + (4, i), x)
                        for i, x in enumerate(message.enum_type))

    def values(self):
        for path, enum in self.enums():
            yield from ((path + (2, i), enum, x)
                        for i, x in enumerate(enum.value))

    def fields(self):
        for path, message in self.messages():
            yield from ((path + (2, i), x)
                        for i, x in enumerate(message.field))

    def oneofs(self):
        """Those that somebody wrote; protoc makes one for each `optional`."""
        for path, message in self.messages():
            made = {x.oneof_index for x in message.field if x.proto3_optional}
            yield from ((path + (8, i), x)
                        for i, x in enumerate(message.oneof_decl)
                        if i not in made)

    def services(self):
        yield from (((6, i), x) for i, x in enumerate(self.proto.service))

    def rpcs(self):
        for path, service in self.services():
            yield from ((path + (2, i), service, x)
                        for i, x in enumerate(service.method))


def shouted(name):
    """EventType -> EVENT_TYPE."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_",
                  name).upper()


def last(name):
    return name.rsplit(".", 1)[-1]


# -- packages and files ------------------------------------------------------------
@rule
def package_directory(files):
    """The package says where the file is, and ends in a version."""
    for file in files:
        package, folder = file.proto.package, pathlib.PurePosixPath(file.name)
        if str(folder.parent).replace("/", ".") != package:
            yield file, 1, f"package {package or '(none)'} in {folder.parent}"
        elif not VERSIONED.match(package):
            yield file, 1, f"the package has no version: {package}"


@rule
def file_name(files):
    """Files are named in lower_snake_case."""
    for file in files:
        stem = pathlib.PurePosixPath(file.name).stem
        if not LOWER_SNAKE.match(stem):
            yield file, 1, f"not lower_snake_case: {stem}"


@rule
def syntax(files):
    """All files are proto3."""
    for file in files:
        if file.proto.syntax != "proto3":
            yield file, 1, "the syntax is not proto3"


@rule
def imports(files):
    """No import is public or weak, and none is unused."""
    for file in files:
        proto = file.proto
        for i in [*proto.public_dependency, *proto.weak_dependency]:
            yield (file, file.line((3, i)),
                   f"public or weak: {proto.dependency[i]}")


# -- names ---------------------------------------------------------------------------
@rule
def message_name(files):
    """Messages are named in PascalCase."""
    for file in files:
        for path, x in file.messages():
            if not PASCAL.match(x.name):
                yield file, file.line(path), f"not PascalCase: {x.name}"


@rule
def field_name(files):
    """Fields and oneofs are named in lower_snake_case."""
    for file in files:
        for path, x in [*file.fields(), *file.oneofs()]:
            if not LOWER_SNAKE.match(x.name):
                yield file, file.line(path), f"not lower_snake_case: {x.name}"


@rule
def enum_name(files):
    """Enumerations are named in PascalCase."""
    for file in files:
        for path, x in file.enums():
            if not PASCAL.match(x.name):
                yield file, file.line(path), f"not PascalCase: {x.name}"


@rule
def enum_value_name(files):
    """Values are named in UPPER_SNAKE_CASE, after their enumeration."""
    for file in files:
        for path, enum, x in file.values():
            if not UPPER_SNAKE.match(x.name):
                yield file, file.line(path), f"not UPPER_SNAKE_CASE: {x.name}"
            elif not x.name.startswith(shouted(enum.name) + "_"):
                yield (file, file.line(path),
                       f"{x.name} does not begin with {shouted(enum.name)}_")


@rule
def enum_zero(files):
    """The first value is 0, means nothing and ends in _UNSPECIFIED."""
    for file in files:
        for path, enum in file.enums():
            first = enum.value[0]
            if first.number != 0 or not first.name.endswith("_UNSPECIFIED"):
                yield (file, file.line(path),
                       f"{enum.name} begins with {first.name}")


@rule
def enum_alias(files):
    """A number has one name."""
    for file in files:
        for path, enum in file.enums():
            if enum.options.allow_alias:
                yield file, file.line(path), f"{enum.name} allows aliases"


@rule
def service_name(files):
    """Services are named in PascalCase and end in Service."""
    for file in files:
        for path, x in file.services():
            if not PASCAL.match(x.name) or not x.name.endswith("Service"):
                yield file, file.line(path), f"not a ...Service: {x.name}"


@rule
def rpc_name(files):
    """Rpcs are named in PascalCase."""
    for file in files:
        for path, _, x in file.rpcs():
            if not PASCAL.match(x.name):
                yield file, file.line(path), f"not PascalCase: {x.name}"


@rule
def rpc_messages(files):
    """Requests and responses are named after their rpc, and are only its own."""
    users = {}
    for file in files:
        for path, service, x in file.rpcs():
            for kind, name in (("Request", x.input_type),
                               ("Response", x.output_type)):
                good = {x.name + kind, service.name + x.name + kind}
                if last(name) not in good:
                    yield (file, file.line(path),
                           f"{x.name} has {last(name)}, not {x.name}{kind}")
                elif users.setdefault(name, path) != path:
                    yield (file, file.line(path),
                           f"{last(name)} is another rpc's, too")


# -- words -----------------------------------------------------------------------------
@rule
def documented(files):
    """Everything has a comment that says what it is."""
    for file in files:
        things = [*file.messages(), *file.fields(), *file.oneofs(),
                  *file.enums(), *file.services(),
                  *((path, x) for path, _, x in file.values()),
                  *((path, x) for path, _, x in file.rpcs())]
        for path, x in things:
            if not file.documented(path):
                yield file, file.line(path), f"not documented: {x.name}"


# -- the program ---------------------------------------------------------------------
def read(root):
    """The files of ours below root, and what protoc warns of."""
    root = pathlib.Path(root)
    names = sorted(str(x.relative_to(root)) for x in root.rglob("*.proto"))
    with tempfile.NamedTemporaryFile(suffix=".pb") as out:
        done = subprocess.run(
            ["protoc", f"-I{root}", "--include_source_info",
             f"--descriptor_set_out={out.name}", *names],
            stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise SystemExit(done.stderr + "0 passed, 1 failed")
        everything = descriptor_pb2.FileDescriptorSet.FromString(out.read())
    files = [File(x) for x in everything.file if x.name.startswith(OURS)]
    return files, done.stderr


def findings(root):
    """Rule name -> its findings as (path, line, message), for all rules."""
    files, warnings = read(root)
    found = {name: [(file.name, line, message)
                    for file, line, message in check(files)]
             for name, check in RULES.items()}
    for text in warnings.splitlines():
        unused = re.match(r"(\S+?):(\d+):\d+: warning: (Import .* unused.*)",
                          text)
        if unused and unused[1].startswith(OURS):
            found["imports"].append((unused[1], int(unused[2]), unused[3]))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("root", nargs="?", default="proto")
    found = findings(parser.parse_args().root)
    return report(found)


if __name__ == "__main__":
    sys.exit(main())

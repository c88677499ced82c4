#!/usr/bin/env python3
"""The rules of protocol.py tried on made-up files: each fires, and only where
due. Prints `N passed, N failed` last."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import counted
from protocol import RULES, findings

GOOD = """syntax = "proto3";

package strowger.v1;

// A switch.
service SwitchService {
  // Asks.
  rpc GetCall(GetCallRequest) returns (GetCallResponse);
}

// What is asked.
message GetCallRequest {
  // Which.
  optional string call_id = 1;
  // Exactly one of them.
  oneof kind {
    // By name.
    string by_name = 2;
  }
}

// The answer.
message GetCallResponse {
  // How it is.
  CallState state = 1;
}

// How a call can be.
enum CallState {
  // Not known.
  CALL_STATE_UNSPECIFIED = 0;
  // Fine.
  CALL_STATE_OK = 1;
}
"""

# Rule: what to replace in GOOD by what, and the line of the finding.
BREACHES = {
    "package-directory": [
        ("package strowger.v1;", "package strowger.v2;", 1),
        ("package strowger.v1;", "", 1)],
    "imports": [
        ("package strowger.v1;",
         'package strowger.v1;import public "strowger/v1/other.proto";', 3),
        ("package strowger.v1;",
         'package strowger.v1;import "strowger/v1/other.proto";', 3)],
    "message-name": [("GetCallRequest", "getCallRequest", 12)],
    "field-name": [("string call_id", "string callId", 14),
                   ("oneof kind", "oneof Kind", 16)],
    "enum-name": [("CallState", "callState", 29)],
    "enum-value-name": [("CALL_STATE_OK", "CALL_STATE_ok", 33),
                        ("CALL_STATE_OK", "OK", 33)],
    "enum-zero": [("CALL_STATE_UNSPECIFIED", "CALL_STATE_NONE", 29)],
    "enum-alias": [("enum CallState {",
                    "enum CallState {option allow_alias = true;CALL_STATE_X = 0;",
                    29)],
    "service-name": [("service SwitchService", "service Switch", 6)],
    "rpc-name": [("rpc GetCall(", "rpc getCall(", 8)],
    "rpc-messages": [
        ("rpc GetCall(GetCallRequest)", "rpc GetCall(GetCallResponse)", 8)],
    "documented": [("// A switch.", "", 6), ("  // Asks.\n", "\n", 8),
                   ("// What is asked.", "", 12), ("  // Which.\n", "\n", 14),
                   ("  // Exactly one of them.\n", "\n", 16),
                   ("    // By name.\n", "\n", 18),
                   ("// How a call can be.", "", 29),
                   ("  // Fine.\n", "\n", 33)],
}


def found_in(text, name="strowger/v1/file.proto"):
    """Rule -> lines of its findings in that file."""
    other = 'syntax = "proto3";\npackage strowger.v1;\n'
    with tempfile.TemporaryDirectory() as root:
        for path, content in {name: text,
                              "strowger/v1/other.proto": other}.items():
            path = pathlib.Path(root, path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return {rule: [line for _, line, _ in rows]
                for rule, rows in findings(root).items() if rows}


class EachRule(unittest.TestCase):
    def test_a_file_in_order_has_no_finding(self):
        self.assertEqual(found_in(GOOD), {})

    def test_every_rule_is_tried(self):
        self.assertEqual(set(RULES), set(BREACHES) | {"file-name", "syntax"})

    def test_file_names_are_lower_snake_case(self):
        self.assertIn("file-name", found_in(GOOD, "strowger/v1/aFile.proto"))

    def test_the_syntax_is_proto3(self):
        self.assertIn("syntax", found_in(
            'syntax = "proto2";\npackage strowger.v1;\n'))

    def test_an_rpc_has_messages_of_its_own(self):
        shared = GOOD + """
// Another.
service OtherService {
  // Asks.
  rpc GetCall(GetCallRequest) returns (GetCallResponse);
}
"""
        self.assertIn("rpc-messages", found_in(shared))

    def test_files_of_others_are_left_alone(self):
        self.assertEqual(found_in("syntax = \"proto3\"; message x {}",
                                  "google/rpc/X.proto"), {})


def breach(rule, old, new, line):
    def test(self):
        text = GOOD.replace(old, new)
        self.assertNotEqual(text, GOOD)
        self.assertIn(line, found_in(text).get(rule, []))
    return test


for rule, rows in BREACHES.items():
    for number, (old, new, line) in enumerate(rows):
        name = f"test_{rule}_{number}".replace("-", "_")
        setattr(EachRule, name, breach(rule, old, new, line))

if __name__ == "__main__":
    sys.exit(counted.main(__name__))

#!/usr/bin/env bash
# Real SIP against a running switch: every scenario has its own switch, ports
# and folder, so they run side by side.
#
#   test/sip/run.sh [STROWGER] [NAME...]
#
# STROWGER is the built program (default: $STROWGER, then build/release). A NAME
# is part of the name of the scenarios to run; `--list` prints all names. One
# line per scenario, `ok NAME` or `FAIL NAME: why`; the last line is
# `N passed, N failed`. STROWGER_TEST_PORT is the first of 1000 ports to use
# (default 24000).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=${STROWGER:-$here/../../build/release/strowger}
if [[ ${1:-} == */* ]]; then
  binary=$1
  shift
fi
if [[ ${1:-} != --list && ! -x $binary ]]; then
  echo "no program at $binary; build it, or name it" >&2
  echo "0 passed, 1 failed"
  exit 1
fi
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/run.py" "$binary" "$@"

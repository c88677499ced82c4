#!/usr/bin/env bash
# The messages of RFC 4475 and RFC 5118 against a running switch; torture.md
# says what each has to get and why.
#
#   test/sip/torture.sh [STROWGER]
#
# STROWGER is the built program (default: $STROWGER, then build/release). The
# messages are looked for in ../shared/torture beside this clone, or in
# STROWGER_TORTURE; without them nothing is tested. STROWGER_TORTURE_PORT is the
# first of 20 ports on 127.0.0.1 (default 27900); the sender takes 5050, 5060,
# 5070, 6050 and 19823 on 127.0.0.2, as the messages ask for. The last line is
# `N passed, N failed`.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=${1:-${STROWGER:-$here/../../build/release/strowger}}
messages=${STROWGER_TORTURE:-$here/../../../shared/torture}
if [[ ! -d $messages ]]; then
  echo "skip: there are no torture messages at $messages"
  echo "0 passed, 0 failed"
  exit 0
fi
if [[ ! -x $binary ]]; then
  echo "no program at $binary; build it, or name it" >&2
  echo "0 passed, 1 failed"
  exit 1
fi
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/torture/torture.py" "$binary" "$messages"

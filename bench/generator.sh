#!/usr/bin/env bash
# What a call costs the one who generates it: `strowger load`, callers and
# callees in one process, beside SIPp's caller and callee, in turn.
#
#   bench/generator.sh [--rate 1000] [--seconds 20] [--rounds 3]
#                      [--only cost,peak,late,held,registrations]
#
# cost: INVITE/180/200/ACK/BYE/200 at --rate, CPU of all processes per call.
# peak: 4000 calls/s for 20 s. late: how late calls start at 2000/s, Poisson.
# held: memory of 50,000 calls in progress, per call with both sides.
# registrations: 3000 a second, against the switch.
#
# Needs: build/release/strowger, sipp, python3.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lib/generator.py" "$@"

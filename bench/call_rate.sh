#!/usr/bin/env bash
# What a call costs: the switch, Kamailio with its dialog module, and the bare
# stack, in turn, three rounds, same work for each.
#
#   bench/call_rate.sh [--rate 1000] [--calls 20000] [--rounds 3]
#                      [--only strowger,kamailio,bare]
#
# Work: INVITE/180/200/ACK/BYE/200 on both sides, SIPp as caller and callee on
# this machine. Prints one JSON line per run, then the ratios of the medians.
# Needs: build/release (the bare stack is built there if it is missing), sipp,
# kamailio, python3.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cmake --build "$here/../build/release" --target bare_stack >&2
exec python3 "$here/lib/call_rate.py" "$@"

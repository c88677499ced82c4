#!/usr/bin/env bash
# What a call costs: the switch, Kamailio with its dialog module, and (if its
# source is given) the bare stack, in turn, three rounds, same work for each.
#
#   bench/call_rate.sh [--rate 1000] [--calls 20000] [--rounds 3] [--spike FILE]
#
# Work: INVITE/180/200/ACK/BYE/200 on both sides, SIPp as caller and callee on
# this machine. Prints one JSON line per run, then the ratios of the medians.
# Needs: build/release/strowger, sipp, kamailio, python3.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lib/call_rate.py" "$@"

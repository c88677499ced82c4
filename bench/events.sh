#!/usr/bin/env bash
# What subscribers of the event stream cost: the switch at 1000 calls/s without
# a control plane, with one, and with two subscribers, in turn, three rounds.
#
#   bench/events.sh [--rate 1000] [--calls 20000] [--rounds 3] [--subscribers 2]
#                   [--number 40000]
#
# Needs: build/release/strowger, python3 with python3-grpcio.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lib/events.py" "$@"

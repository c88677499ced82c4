#!/usr/bin/env bash
# Subscribers that die and subscribers that do not read, at 500 calls/s.
#
#   bench/resume.sh [--kills 50] [--rate 500] [--rounds 3] [--seed 1]
#                   [--only resume|stuck]
#
# resume: a subscriber is killed (SIGKILL) and started again 50 times, every
# tenth time only when the journal no longer reaches back to what it had written
# down. What it wrote is compared with what one wrote that stayed: event by
# event, byte by byte, without a gap; every snapshot with the state that the
# events made. stuck: CPU per call and memory of the switch with a subscriber
# that never reads, and without, in turn.
#
# Needs: build/release/strowger, python3 with python3-grpcio and
# python3-protobuf, protoc with grpc_python_plugin.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lib/resume.py" "$@"

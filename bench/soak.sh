#!/usr/bin/env bash
# Random requests of every kind, sensible or not, against 200 live calls.
#
#   bench/soak.sh [--seconds 300] [--seed 1] [--calls 200] [--rate 100]
#                 [--port 28100] [--keep FOLDER]
#
# Phones call each other, gateways and routing points, hold, transfer, refuse
# and hang up; clients ask for everything that the protocol has, strategies
# route somewhere and end, subscribers come and go. Then everybody hangs up, and
# nothing may be left: no call, leg, transaction, agent or route request, no
# memory. The events must keep their laws, and the state that they make be that
# of a new snapshot. What is random comes from the seed; what meets what also
# depends on the machine. --keep has the requests, the SIP messages, the events
# and the log of the switch written into that folder. Uses 100 ports from --port.
#
# Needs: build/release/strowger, python3 with python3-grpcio and
# python3-protobuf, protoc with grpc_python_plugin.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lib/soak.py" "$@"

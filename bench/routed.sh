#!/usr/bin/env bash
# What a routed call costs, and what happens to calls when the strategy dies.
#
#   bench/routed.sh [--rate 800] [--seconds 30] [--kills 50] [--rounds 3]
#                   [--agents 10] [--seed 1] [--only cost|load|kills]
#                   [--strategy 'COMMAND {control} {point} {default}']
#
# cost:  CPU of the switch for a call caller → routing point → strategy over
#        gRPC → agent's phone, and for a call caller → that phone, in turn.
# load:  routed calls at the full rate.
# kills: the same while a strategy is killed (SIGKILL) and started again: half
#        of the times it is alone (its calls wait, then take the default route),
#        half of the times another one shares the routing point.
#
# The strategy is the C++ example, unless --strategy names a command. Needs:
# build/release/strowger and build/release/example_strategy (target
# example_strategy), python3 with python3-grpcio and python3-protobuf,
# protoc with grpc_python_plugin.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lib/routed.py" "$@"

#!/usr/bin/env bash
# How long a request takes from the client to the wire, at 500 calls/s.
#
#   bench/requests.sh [--rate 500] [--requests 1000]
#
# A client asks by gRPC (MakeCall; HoldCall and RetrieveCall of one call), and
# the phones are sockets of the same process: the time is from just before the
# request to when the kernel received the INVITE that it causes, by one clock.
# `strowger load` calls through the same switch all the while.
#
# Needs: build/release/strowger, python3 with python3-grpcio and
# python3-protobuf, protoc with grpc_python_plugin.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lib/requests.py" "$@"

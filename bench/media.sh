#!/usr/bin/env bash
# What RTP costs the one who generates it: calls between the two sides of one
# `strowger load`, each heard by both of its ends, in the clear and by SRTP.
#
#   bench/media.sh [--calls 500] [--seconds 20] [--only rtp,srtp]
#
# Each call is two sockets that send and get a packet each 20 ms, so 500 of them
# are 50,000 packets a second sent and as many received. Of the seconds in which
# all are up, it prints the share of one core that they take.
#
# Needs: build/release/strowger, python3.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lib/media.py" "$@"

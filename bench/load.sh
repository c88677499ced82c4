#!/usr/bin/env bash
# 3000 calls/s for 30 s with caller and callee on the same machine: no failed call,
# and no retransmission that the switch caused.
#   bench/load.sh [RATE] [SECONDS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lib/load.py" "$@"

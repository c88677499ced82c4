#!/usr/bin/env bash
# Memory of held calls, and what a further call costs while they are up.
#   bench/held.sh [HELD]      (default 20000)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lib/held.py" "$@"

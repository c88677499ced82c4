#!/usr/bin/env bash
# 50,000 DNs: how long they take to load, and what a call costs compared with 10.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lib/dns.py" "$@"

#!/usr/bin/env bash
# Do the reports of `strowger load` agree with what the other side has counted?
# The shipped scenarios, shortened, against `strowger serve`, Kamailio,
# Asterisk 16 of Debian bullseye and SIPp; each counts in its own way. Exit
# status 1 if a figure differs.
#
#   bench/agreement.sh [--peers serve,kamailio,asterisk,sipp]
#                      [--scenarios gateway-smoke,...] [--steady 20] [--keep DIR]
#
# --steady: seconds; the busy hour takes three times as long. --keep: reports
# and counters as JSON go there.
#
# Needs: build/release/strowger, sipp, python3; Kamailio (deploy/install.sh
# bench unpacks it); for Asterisk debootstrap, root and 400 MB for
# build/tools/asterisk16, the first time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/lib/agreement.py" "$@"

#!/usr/bin/env bash
# The switch at work, in one command, on a machine that has nothing yet:
# installs what is missing, builds, starts the switch with
# deploy/examples/office.yaml, lets SIPp phones register, call each other and
# call out over a trunk, and shows what the switch sees of it. Meanwhile callers
# come to the hotline, 9000, faster than its agents can take them: they wait on
# the routing point until the strategy in deploy/examples/python finds them one.
#
#   deploy/demo.sh [--seconds N] [--rate CALLS_PER_SECOND] [--stay]
#
# --stay leaves the switch and the phones running until Ctrl-C. Everything it
# starts listens on 127.0.0.1 only and is stopped at the end; logs and CDRs are
# left in build/demo.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

# -- what to show --------------------------------------------------------------
seconds=20 rate=20 stay=false
usage() { sed -n '2,14s/^# \{0,1\}//p' "$root/deploy/demo.sh"; }
while (($#)); do
  case $1 in
    --seconds | --rate)
      [[ ${2:-} =~ ^[1-9][0-9]{0,3}$ ]] || {
        echo "demo.sh: $1 wants a number from 1 to 9999" >&2
        exit 2
      }
      declare "${1#--}=$2"
      shift
      ;;
    --stay) stay=true ;;
    --help | -h)
      usage
      exit 0
      ;;
    *)
      echo "demo.sh: unknown option '$1'" >&2
      usage >&2
      exit 2
      ;;
  esac
  shift
done

sip=127.0.0.1:5060
metrics=http://127.0.0.1:9464
control=127.0.0.1:50051
phones_port=5080 callers_port=5070 hotline_port=5075
gateway_port=5090 backup_port=5091
talk_ms=3000
# An agent rings for 0.85 s on average, talks, and takes a second for a note, so
# six of them take 1.6 callers a second. The last one is served in time.
agents=(ada bob cyd dan eve fay)
hotline_per_2s=5 hotline_talk_ms=2000
run=$root/build/demo

# -- build ---------------------------------------------------------------------
say() { printf '\n== %s\n' "$*"; }

deploy/install.sh build demo
mkdir -p build
[[ -f build/release/build.ninja ]] || {
  say "configuring"
  cmake --preset release >build/configure.log 2>&1 || {
    tail -n 30 build/configure.log
    exit 1
  }
}
say "building (a few minutes the first time)"
# Ninja draws one moving line on a terminal; elsewhere only the end matters.
if [[ -t 1 ]]; then
  cmake --build --preset release --target strowger
else
  cmake --build --preset release --target strowger >build/build.log 2>&1 || {
    tail -n 40 build/build.log
    exit 1
  }
  tail -n 1 build/build.log
fi

# -- processes -----------------------------------------------------------------
declare -A started=()

# start NAME COMMAND...: in the background, output to NAME.log.
start() {
  local name=$1
  shift
  "$@" </dev/null >"$run/$name.log" 2>&1 &
  started[$name]=$!
}

# stop NAME [SIGNAL]: and waits; returns its exit status.
stop() {
  local pid=${started[$1]:-} status=0
  [[ -n $pid ]] || return 0
  unset "started[$1]"
  kill "-${2:-TERM}" "$pid" 2>/dev/null || true
  # Nothing we start may outlive us, even if it ignores a polite request.
  (
    for ((i = 0; i < 150; i++)); do
      kill -0 "$pid" 2>/dev/null || exit 0
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null
  ) &
  wait "$pid" 2>/dev/null || status=$?
  wait $! 2>/dev/null || true
  return $status
}

# shellcheck disable=SC2317 # called by the trap
stop_all() {
  local name
  for name in "${!started[@]}"; do
    [[ $name == switch ]] || stop "$name" || true
  done
  stop switch || true
}
trap stop_all EXIT
trap 'echo; echo "interrupted"; exit 130' INT TERM

# give_up MESSAGE [LOG]
give_up() {
  echo "demo.sh: $1" >&2
  [[ -n ${2:-} && -f $run/$2 ]] && tail -n 20 "$run/$2" >&2
  exit 1
}

for port in 5060 9464 50051 $phones_port $callers_port $hotline_port \
  $gateway_port $backup_port; do
  taken=$(ss -Hlntu "sport = :$port")
  [[ -z $taken ]] || give_up "port $port is in use on this machine: $taken"
done
rm -rf "$run"
mkdir -p "$run"
cd "$run"

# -- phones --------------------------------------------------------------------
# 2001 to 2009 and the agents' 2101 to 2106 have a password and are challenged;
# 30000 to 30010 are not.
contact=127.0.0.1:$phones_port
{
  echo SEQUENTIAL
  for n in {2001..2009} {2101..2106}; do
    echo "$n;$contact;[authentication username=$n password=s3cret]"
  done
  for ((n = 30000; n <= 30010; n++)); do
    echo "$n;$contact;"
  done
} >phones.csv
phones=$(($(wc -l <phones.csv) - 1))
# Two calls in three stay in the office, one goes out over the trunk.
{
  echo SEQUENTIAL
  for ((n = 0; n < 9; n++)); do
    digest="[authentication username=$((2001 + n)) password=s3cret]"
    echo "$((2001 + n));$((2001 + (n + 4) % 9));$digest"
    echo "$((30000 + n));$((2001 + n));"
    echo "$((2001 + n));1555$((1000 + n));$digest"
    echo "$((30000 + n));$((30000 + (n + 7) % 11));"
    echo "$((2001 + n));$((30000 + n));$digest"
    echo "$((30000 + n));1555$((2000 + n));"
  done
} >calls.csv
# Every third caller of the hotline is from France.
{
  echo SEQUENTIAL
  for ((n = 10; n < 40; n++)); do
    from=$([[ $((n % 3)) == 0 ]] && echo 0033155500 || echo 030555000)
    echo "$from$n;9000;"
  done
} >hotline.csv

sipp_quietly=(sipp -i 127.0.0.1 -nostdin -trace_err)
# answer NAME PORT: phones or a gateway that take every call.
answer() {
  start "$1" "${sipp_quietly[@]}" -sf "$root/deploy/demo/answer.xml" -aa \
    -p "$2" -error_file "$run/$1.errors"
}

# -- the switch ----------------------------------------------------------------
say "starting the gateways, the phones and the switch"
answer gateway $gateway_port
answer backup $backup_port
answer phones $phones_port
start switch "$root/build/release/strowger" serve \
  "$root/deploy/examples/office.yaml"
for ((i = 0; ; i++)); do
  curl -fs "$metrics/readyz" >now 2>/dev/null && break
  kill -0 "${started[switch]}" 2>/dev/null \
    || give_up "the switch did not start" switch.log
  ((i < 100)) || give_up "the switch is not ready after 10 s" switch.log
  sleep 0.1
done
echo "SIP on $sip, metrics on $metrics/metrics"

register() {
  "${sipp_quietly[@]}" "$sip" -sf "$root/deploy/demo/register.xml" \
    -inf phones.csv -p $callers_port -r 100 -m "$phones" \
    -timeout 20s -error_file "$run/register.errors" \
    </dev/null >register.log 2>&1 \
    || give_up "some phones could not register" register.errors
}
register
echo "$phones phones registered, 2001 to 2009 and 2101 to 2106 by digest"

# -- the hotline ---------------------------------------------------------------
ctl() { "$root/build/release/strowger" ctl --server $control "$@"; }

# Debian's python has python3-grpcio; another may not.
start strategy /usr/bin/python3 "$root/deploy/examples/python/strategy.py" \
  --at $control --points 9000 --wants 0=german --wants 0033=french \
  --skills ada=german,french --skills bob=german --skills cyd=german \
  --skills dan=german --skills eve=french --skills fay=french,german
for ((i = 0; ; i++)); do
  grep -qs "^serving 9000" strategy.log && break
  kill -0 "${started[strategy]}" 2>/dev/null \
    || give_up "the strategy ended" strategy.log
  ((i < 200)) || give_up "the strategy does not serve after 20 s" strategy.log
  sleep 0.1
done
for i in "${!agents[@]}"; do
  ctl login $((2101 + i)) "${agents[i]}" --work-mode auto-in \
    || give_up "${agents[i]} could not log in"
done
echo "${#agents[@]} agents logged in; deploy/examples/python/strategy.py serves" \
  "9000"

# -- calls, watched ------------------------------------------------------------
table="$root/deploy/demo/table.awk"
: >before
# Metrics of the switch, and what its control plane says about the agents.
scrape() {
  curl -fs -m 2 "$metrics/metrics" >now 2>/dev/null || return 1
  ctl agents >agents.now && ctl calls >calls.now || return 1
  awk -f "$root/deploy/demo/agents.awk" calls.now agents.now >>now
}
show() { awk -v seconds="$1" -v form="$2" -f "$table" before now; }

hotline_calls=$((hotline_per_2s * seconds * 3 / 10 + 1))
say "$rate calls/s for $seconds s, $((talk_ms / 1000)) s of talk each;" \
  "$hotline_calls callers for the hotline"
scrape || give_up "no metrics" switch.log
cp now before
start calls "${sipp_quietly[@]}" "$sip" -sf "$root/deploy/demo/call.xml" \
  -inf calls.csv -p $callers_port -r "$rate" -m $((rate * seconds)) \
  -d $talk_ms -timeout $((seconds + 30))s -error_file "$run/calls.errors"
start hotline "${sipp_quietly[@]}" "$sip" -sf "$root/deploy/demo/call.xml" \
  -inf hotline.csv -p $hotline_port -r $hotline_per_2s -rp 2000 \
  -m $hotline_calls -d $hotline_talk_ms -timeout $((seconds * 2 + 30))s \
  -error_file "$run/hotline.errors"

[[ -t 1 ]] || show 1 head
drawn=0
last=$(date +%s%N)
while kill -0 "${started[calls]}" 2>/dev/null \
  || kill -0 "${started[hotline]}" 2>/dev/null; do
  sleep 1
  scrape || give_up "the switch does not answer any more" switch.log
  time=$(date +%s%N)
  passed=$(awk -v a="$last" -v b="$time" 'BEGIN { print (b - a) / 1e9 }')
  if [[ -t 1 ]]; then
    picture=$(show "$passed" block)
    ((drawn == 0)) || printf '\033[%dA\033[J' "$drawn"
    printf '%s\n' "$picture"
    drawn=$(wc -l <<<"$picture")
  else
    show "$passed" line
  fi
  cp now before
  last=$time
done
result=0
for name in calls hotline; do
  wait "${started[$name]}" || result=$?
  unset "started[$name]"
done

# -- the end -------------------------------------------------------------------
say "summary"
scrape || give_up "the switch does not answer any more" switch.log
show 1 summary
if ((result == 0)); then
  echo "SIPp: all $((rate * seconds + hotline_calls)) calls went well"
else
  echo "SIPp: some calls failed, see build/demo/calls.errors and hotline.errors"
fi
if $stay; then
  echo "metrics: $metrics/metrics; the switch stays until Ctrl-C"
  trap 'echo' INT TERM
  wait "${started[switch]}" || true
fi
stopped=0
for name in strategy phones gateway backup; do
  stop $name || true
done
stop switch || stopped=$?
((stopped == 0)) || give_up "the switch ended with status $stopped" switch.log
echo "metrics were at $metrics/metrics (--stay keeps the switch running)"
echo "stopped cleanly; logs are in build/demo, call records in" \
  "build/demo/data/cdr.jsonl"
exit $((result != 0))

#!/usr/bin/env bash
# The switch at work, in one command, on a machine that has nothing yet:
# installs what is missing, builds, starts the switch with
# deploy/examples/office.yaml, lets phones register, call each other and call
# out over a trunk (`strowger load` plays them), and shows what the switch sees
# of it. Meanwhile callers come to the hotline, 9000, faster than its agents can
# take them: they wait on the routing point until the strategy in
# deploy/examples/python finds them one.
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
usage() { sed -n '2,15s/^# \{0,1\}//p' "$root/deploy/demo.sh"; }
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
load_metrics=127.0.0.1:9465
# What deploy/demo's phones and gateways listen on, and who calls them.
phone_ports=(5080 5081 5082) gateway_ports=(5090 5091)
caller_ports=(5070 5071 5072)
phones=26 # 2001 to 2009, 2101 to 2106 and 30000 to 30010
# An agent rings for 0.85 s on average, talks for 2 s, and takes a second for a
# note, so six of them take 1.6 callers a second. The last one is served in time.
agents=(ada bob cyd dan eve fay)
hotline_rate=2.5
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

for port in 5060 9464 9465 50051 "${phone_ports[@]}" "${gateway_ports[@]}" \
  "${caller_ports[@]}"; do
  taken=$(ss -Hlntu "sport = :$port")
  [[ -z $taken ]] || give_up "port $port is in use on this machine: $taken"
done
rm -rf "$run"
mkdir -p "$run"
cd "$run"

# -- who calls whom ------------------------------------------------------------
# Two calls in three stay in the office, one goes out over the trunk; phones
# with a password are challenged. Every third caller of the hotline is from
# France.
{
  echo number,password
  for n in {2001..2009}; do echo "$n,s3cret"; done
} >desks.csv
printf '%s\n' number {30000..30009} 1555100{0..4} >from-desks.csv
printf '%s\n' number {2001..2009} 1555200{0..4} >from-others.csv
{
  echo number
  for n in {10..39}; do
    if ((n % 3)); then echo "030555000$n"; else echo "0033155500$n"; fi
  done
} >customers.csv
cat >callers.yaml <<EOF
load: demo
target: $sip
listen: 127.0.0.1:${caller_ports[0]}
populations:
  - name: desks
    users: {csv: desks.csv}
    calls:
      to: {csv: from-desks.csv}
      arrivals: &half {constant: $(awk "BEGIN { print $rate / 2 }")/s}
      talk: 3 s
  - name: everybody-else
    users: {from: 30000, to: 30010}
    calls: {to: {csv: from-others.csv}, arrivals: *half, talk: 3 s}
  - name: customers # in the first 60 % of the time, so that all are served
    users: {csv: customers.csv}
    calls:
      to: ["9000"]
      arrivals:
        steps:
          - {rate: $hotline_rate/s, for: $((seconds * 6 / 10 + 1)) s}
          - {rate: 0/s, for: 1 s}
      talk: 2 s
run: {steady: $seconds s, drain: $((seconds + 40)) s}
pass: ["failed < 0.01 %"]
EOF

# -- the switch ----------------------------------------------------------------
say "starting the gateways, the phones and the switch"
strowger=$root/build/release/strowger
start gateways "$strowger" load run "$root/deploy/demo/gateways.yaml" --quiet
start switch "$strowger" serve "$root/deploy/examples/office.yaml"
for ((i = 0; ; i++)); do
  curl -fs "$metrics/readyz" >now 2>/dev/null && break
  kill -0 "${started[switch]}" 2>/dev/null \
    || give_up "the switch did not start" switch.log
  ((i < 100)) || give_up "the switch is not ready after 10 s" switch.log
  sleep 0.1
done
echo "SIP on $sip, metrics on $metrics/metrics"

start phones "$strowger" load run "$root/deploy/demo/phones.yaml" --quiet
for ((i = 0; ; i++)); do
  registered=$(curl -fs "$metrics/metrics" \
    | awk '$1 == "strowger_registrations" { print $2 }')
  ((${registered:-0} == phones)) && break
  kill -0 "${started[phones]}" 2>/dev/null \
    || give_up "the phones ended" phones.log
  ((i < 200)) || give_up "some phones could not register" phones.log
  sleep 0.1
done
echo "$phones phones registered, 2001 to 2009 and 2101 to 2106 by digest"

# -- the hotline ---------------------------------------------------------------
ctl() { "$strowger" ctl --server $control "$@"; }

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

say "$rate calls/s for $seconds s, 3 s of talk each; $hotline_rate callers/s" \
  "for the hotline"
scrape || give_up "no metrics" switch.log
cp now before
start callers "$strowger" load run callers.yaml --quiet \
  --metrics "$load_metrics" --json report.json

[[ -t 1 ]] || show 1 head
drawn=0
last=$(date +%s%N)
while kill -0 "${started[callers]}" 2>/dev/null; do
  sleep 1
  # A busy machine may be late once; a switch that is gone stays so.
  for ((i = 0; ; i++)); do
    scrape && break
    ((i < 3)) || give_up "the switch does not answer any more" switch.log
    sleep 1
  done
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
wait "${started[callers]}" || result=$?
unset "started[callers]"

# -- the end -------------------------------------------------------------------
say "summary"
scrape || give_up "the switch does not answer any more" switch.log
show 1 summary
case $result in
  0) echo "the callers: all calls went well" ;;
  # That says nothing about the switch, which was seen above.
  3) echo "the callers: this machine is too busy to measure on" ;;
  *) give_up "the callers: some calls failed" callers.log ;;
esac
if $stay; then
  echo "metrics: $metrics/metrics; the switch stays until Ctrl-C"
  trap 'echo' INT TERM
  wait "${started[switch]}" || true
fi
stopped=0
for name in strategy phones gateways; do
  stop $name || true
done
stop switch || stopped=$?
((stopped == 0)) || give_up "the switch ended with status $stopped" switch.log
echo "metrics were at $metrics/metrics (--stay keeps the switch running)"
# A build without npm has no page.
if "$strowger" load show report.json --html report.html >/dev/null 2>&1; then
  echo "what the callers saw is in build/demo/report.html"
fi
echo "stopped cleanly; logs are in build/demo, call records in" \
  "build/demo/data/cdr.jsonl"

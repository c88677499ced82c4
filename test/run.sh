#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test.
#
#   test/run.sh            everything
#   test/run.sh --quick    release suites and scripts only
#
# STROWGER_FUZZ_SECONDS says how long each fuzz target runs: 60 if CI is set,
# otherwise 10. The last line is `N passed, N failed`, counting test cases.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
root=$PWD

quick=false
case ${1:-} in
  "") ;;
  --quick) quick=true ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
fuzz_seconds=${STROWGER_FUZZ_SECONDS:-$([[ -n ${CI:-} ]] && echo 60 || echo 10)}
jobs=$(nproc)
logs=build/logs
mkdir -p "$logs"
rm -f "$logs"/*.log
passed=0 failed=0
began=$SECONDS

# -- steps ---------------------------------------------------------------------
say() { printf '== %4d s  %s\n' $((SECONDS - began)) "$*"; }

# finish: the one line everybody waits for.
finish() {
  say "done; logs are in $logs"
  echo "$passed passed, $failed failed"
  ((passed > 0 && failed == 0))
  exit
}

# count GOOD BAD
count() {
  passed=$((passed + $1))
  failed=$((failed + $2))
}

# build PRESET [TARGET...]: configures once, then builds what has changed. A
# build that fails is one failed case.
build() {
  local preset=$1 log=$logs/build-$1.log only=()
  shift
  (($# == 0)) || only=(--target "$@")
  say "building $preset ${*:+($*)}"
  {
    [[ -f build/$preset/build.ninja ]] || cmake --preset "$preset"
  } >"$log" 2>&1 \
    && cmake --build --preset "$preset" -j "$jobs" \
      "${only[@]}" >>"$log" 2>&1 && return
  grep -E -A 12 'error:|FAILED|CMake Error' "$log" | head -n 60
  count 0 1
  return 1
}

# suites PRESET [CTEST OPTION...]: runs the tests of one build and counts them.
suites() {
  local preset=$1 log=$logs/test-$1.log
  shift
  say "testing $preset"
  "${plain_memory[@]}" ctest --test-dir "build/$preset" --verbose "$@" \
    >"$log" 2>&1
  tally=$(python3 test/harness/tally.py "$log")
  [[ $tally == *" 0 failed" ]] || show_failures "$log"
  echo "   $tally"
  # shellcheck disable=SC2086
  count ${tally//[!0-9 ]/}
}

# show_failures LOG: what went wrong, without what went well.
show_failures() {
  grep -nE 'ERROR|FAIL |FATAL|WARNING: ThreadSan|SUMMARY|\*\*\*|passed, [1-9]' \
    -A 6 "$1" | cut -c 1-200 | head -n 120
}

# fuzz TARGET: a bounded run over a scratch copy of its seeds.
fuzz() {
  local name=${1#fuzz_} log=$logs/$1.log seeds=()
  [[ -d test/fuzz/seeds/$name ]] && seeds=("test/fuzz/seeds/$name")
  mkdir -p "build/fuzz/corpus/$name"
  say "fuzzing $name for $fuzz_seconds s"
  if "build/fuzz/test/$1" -max_total_time="$fuzz_seconds" -timeout=5 \
    -rss_limit_mb=2048 -artifact_prefix="build/fuzz/$name-" \
    -print_final_stats=1 "build/fuzz/corpus/$name" "${seeds[@]}" \
    >"$log" 2>&1; then
    grep -E 'number_of_executed_units|average_exec' "$log" | sed 's/^/   /'
    count 1 0
  else
    tail -n 40 "$log"
    count 0 1
  fi
}

# -- the machine ---------------------------------------------------------------
groups=(build test)
$quick || groups+=(fuzz)
deploy/install.sh "${groups[@]}" || {
  count 0 1
  finish
}
export PATH=$PATH:$root/build/tools/prometheus/usr/bin

export UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export LSAN_OPTIONS=print_suppressions=0
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
for tool in asan lsan tsan ubsan; do
  list=test/harness/$tool.supp variable=${tool^^}_OPTIONS
  [[ -f $list ]] && export "$variable=${!variable}:suppressions=$root/$list"
done
# gcc's thread sanitizer cannot map its shadow under strong randomisation.
plain_memory=()
setarch -R true 2>/dev/null && plain_memory=(setarch -R)

# -- ring by ring --------------------------------------------------------------
build release || finish
suites release
if ! $quick; then
  build asan && suites asan
  build tsan test_actors && suites tsan -R '^actors$'
  if compgen -G 'test/fuzz/*.cpp' >/dev/null && build fuzz fuzzers; then
    for source in test/fuzz/*.cpp; do
      fuzz "fuzz_$(basename "$source" .cpp)"
    done
  fi
fi
finish

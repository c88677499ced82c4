# One picture of the switch out of two readings of its metrics:
#   awk -v seconds=1 -v form=FORM -f table.awk BEFORE NOW
# form: line = one line, head = the heading of such lines, block = a table,
# summary = totals since the start (BEFORE may be empty).

# label(TEXT, NAME): the value of a label, or "".
function label(text, name,   at, rest) {
  at = index(text, name "=\"")
  if (!at)
    return ""
  rest = substr(text, at + length(name) + 2)
  return substr(rest, 1, index(rest, "\"") - 1)
}

# What grew between the readings.
function grown(key) { return now[key] - before[key] }

# quantile(FAMILY, Q): from the histogram's buckets, in seconds, or -1.
function quantile(family, q,   i, all, low, level, under) {
  all = now[family "_count"] - (form == "summary" ? 0 : before[family "_count"])
  if (all <= 0)
    return -1
  low = under = 0
  for (i = 1; i <= bounds[family]; i++) {
    level = bucket[family, i] - (form == "summary" ? 0 : old[family, i])
    if (level >= q * all)
      return low + (bound[family, i] - low) \
        * (level > under ? (q * all - under) / (level - under) : 1)
    low = bound[family, i]
    under = level
  }
  return low
}

function milliseconds(x) {
  return x < 0 ? "-" : sprintf(x < 0.01 ? "%.2f ms" : "%.0f ms", 1000 * x)
}

/^#/ || NF < 2 { next }

{
  name = $1
  sub(/\{.*/, "", name)
  first = FILENAME != ARGV[2]
  if (name ~ /_bucket$/) {
    family = substr(name, 1, length(name) - 7)
    le = label($1, "le")
    if (le != "+Inf" && first)
      old[family, ++olds[family]] += $NF
    else if (le != "+Inf") {
      bucket[family, ++bounds[family]] += $NF
      bound[family, bounds[family]] = le
    }
    next
  }
  key = name
  if (name == "strowger_calls_total")
    key = name " " (label($1, "result") == "answered" ? "answered" : "lost")
  else if (name == "strowger_routing_instructions_total")
    key = name (label($1, "outcome") == "used" ? " used" : " failed")
  else if (name == "demo_agents")
    key = name " " label($1, "state")
  else if (name ~ /^strowger_trunk_/ && name !~ /rejected/) {
    key = name " " label($1, "trunk")
    if (!first && name == "strowger_trunk_calls")
      trunk[++trunks] = label($1, "trunk")
  }
  if (first)
    before[key] += $NF
  else
    now[key] += $NF
}

function on_trunks(   i, sum) {
  for (i = 1; i <= trunks; i++)
    sum += now["strowger_trunk_calls " trunk[i]]
  return sum + 0
}

function heading() {
  printf "%6s %6s %9s %8s %5s %7s %7s %6s %8s %6s %7s %9s %7s\n", "phones",
    "calls", "on trunks", "answered", "lost", "waiting", "routed", "ready",
    "talking", "notes", "SIP/s", "added p99", "memory"
}

function line() {
  printf "%6d %6d %9d %8d %5d %7d %7d %6d %8d %6d %7.0f %9s %4.0f MB\n",
    now["strowger_registrations"], now["strowger_calls_in_progress"],
    on_trunks(),
    now["strowger_calls_total answered"], now["strowger_calls_total lost"],
    now["strowger_routing_requests"],
    now["strowger_routing_instructions_total used"],
    now["demo_agents ready"], now["demo_agents talking"],
    now["demo_agents note"],
    (grown("strowger_sip_requests_total") \
      + grown("strowger_sip_responses_total")) / seconds,
    milliseconds(quantile("strowger_added_delay_seconds", 0.99)),
    now["process_resident_memory_bytes"] / 1e6
}

function trunk_lines(   i, t) {
  printf "%12s %10s %8s %8s %10s %11s\n", "trunk", "in service", "calls",
    "peak", "attempts", "attempts/s"
  for (i = 1; i <= trunks; i++) {
    t = trunk[i]
    printf "%12s %10s %8d %8d %10d %11.1f\n", t,
      now["strowger_trunk_in_service " t] ? "yes" : "no",
      now["strowger_trunk_calls " t], now["strowger_trunk_calls_peak " t],
      now["strowger_trunk_attempts_total " t],
      grown("strowger_trunk_attempts_total " t) / seconds
  }
}

END {
  if (seconds <= 0)
    seconds = 1
  if (form == "head")
    heading()
  else if (form == "line")
    line()
  else if (form == "block") {
    heading()
    line()
    print ""
    trunk_lines()
  } else {
    printf "%-34s %d answered, %d lost\n", "calls",
      now["strowger_calls_total answered"], now["strowger_calls_total lost"]
    printf "%-34s %d\n", "calls still in progress",
      now["strowger_calls_in_progress"]
    printf "%-34s %d, who waited p50 %s, p99 %s\n",
      "callers routed by the strategy",
      now["strowger_routing_instructions_total used"],
      milliseconds(quantile("strowger_routing_answer_seconds", 0.5)),
      milliseconds(quantile("strowger_routing_answer_seconds", 0.99))
    printf "%-34s %d\n", "phones registered", now["strowger_registrations"]
    printf "%-34s %d requests, %d responses, %d repeated\n", "SIP messages",
      now["strowger_sip_requests_total"], now["strowger_sip_responses_total"],
      now["strowger_sip_retransmissions_total"]
    printf "%-34s p50 %s, p99 %s\n", "delay added, INVITE in to out",
      milliseconds(quantile("strowger_added_delay_seconds", 0.5)),
      milliseconds(quantile("strowger_added_delay_seconds", 0.99))
    printf "%-34s p99 %s\n", "deadlines served late by",
      milliseconds(quantile("strowger_reactor_lag_seconds", 0.99))
    printf "%-34s %.0f MB\n", "memory",
      now["process_resident_memory_bytes"] / 1e6
    print ""
    trunk_lines()
  }
}

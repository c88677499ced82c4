# What agents do, as lines of metrics, out of two lists of the control plane:
#   awk -f agents.awk <(strowger ctl calls) <(strowger ctl agents)
# An agent who is ready talks if the DN has a part in a call.

FNR == 1 { next }

FILENAME == ARGV[1] {
  gsub(",", " ")
  $0 = $0
  for (i = 2; i <= NF; i++)
    if ($i ~ /^(alerting|connected|held)$/)
      in_call[$(i - 1)] = 1
  next
}

{
  state = $3 != "ready" ? ($4 == "after-call-work" ? "note" : "away") \
    : $2 in in_call ? "talking" : "ready"
  agents[state]++
}

END {
  for (state in agents)
    printf "demo_agents{state=\"%s\"} %d\n", state, agents[state]
}

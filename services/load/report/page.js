"use strict";
// Everything that is seen is made here from the report's JSON. Texts come in as
// text nodes only: what a scenario or a device wrote cannot become markup.

const report = JSON.parse(document.getElementById("report").textContent);
const callers = report.callers;

// -- elements ----------------------------------------------------------------
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {}))
    element.setAttribute(key, value);
  element.append(...children.filter(x => x !== null && x !== undefined));
  return element;
}

// -- figures -----------------------------------------------------------------
const NARROW = "\u202f"; // a narrow blank that does not break

function digits(x) {
  const size = Math.abs(x);
  if (size === 0 || size >= 99.95) return x.toFixed(0);
  const whole = Math.floor(Math.log10(size * 1.0005));
  return x.toFixed(Math.min(6, Math.max(0, 2 - whole)));
}

function time(seconds) {
  const size = Math.abs(seconds);
  if (size === 0) return "0";
  if (size < 0.0009995) return digits(seconds * 1e6) + NARROW + "µs";
  if (size < 0.9995) return digits(seconds * 1e3) + NARROW + "ms";
  if (size < 600) return digits(seconds) + NARROW + "s";
  return (seconds / 60).toFixed(0) + NARROW + "min";
}

const micro = us => time(us / 1e6);
const groups = count => String(count).replace(/\B(?=(\d{3})+$)/g, NARROW);

function percent(part, whole = 1) {
  if (!whole || part === null) return "–";
  const x = (part / whole) * 100;
  // Near 100 %, what is missing is what counts: 99.9987 %.
  const text =
    x > 99 && x < 100
      ? x.toFixed(Math.min(6, Math.max(1, 1 - Math.floor(Math.log10(100 - x)))))
      : digits(x);
  return text + NARROW + "%";
}

function clock(seconds) {
  if (seconds < 60) return seconds + NARROW + "s";
  const pad = x => String(x).padStart(2, "0");
  const s = Math.round(seconds),
    h = Math.floor(s / 3600);
  const minutes = Math.floor(s / 60) % 60;
  return h
    ? `${h}:${pad(minutes)}:${pad(s % 60)}`
    : `${minutes}:${pad(s % 60)}`;
}

// -- verdict -----------------------------------------------------------------
function header() {
  const {verdict} = report;
  const word = !verdict.valid
    ? "INVALID"
    : verdict.passed
      ? "PASSED"
      : "FAILED";
  const sign = {PASSED: "✓", FAILED: "✗", INVALID: "⚠"}[word];
  document.title = `${word}: ${report.scenario} → ${report.target}`;
  const reasons = [
    ...verdict.invalid,
    ...verdict.broken_laws.map(x => `calls were lost from sight: ${x}`),
  ];
  const steady = report.times.steady_to_s - report.times.steady_from_s;
  const about = [
    report.started.replace("T", " ").replace("Z", " UTC"),
    `steady window ${time(steady)} of ${time(report.times.end_s)}`,
    `seed ${report.seed}`,
    `strowger ${report.version}`,
  ];
  const box = make(
    "section",
    {class: `verdict ${word}`},
    make("p", {class: "word"}, `${sign} ${word}`),
    make(
      "div",
      {},
      make("h1", {}, `${report.scenario} → ${report.target}`),
      make("p", {class: "about"}, about.join(" · "))
    )
  );
  if (!verdict.valid)
    reasons.unshift("This run says nothing about the device under test.");
  if (reasons.length)
    box.append(make("ul", {}, ...reasons.map(x => make("li", {}, x))));
  const criteria = make(
    "ul",
    {class: `criteria ${word}`},
    ...verdict.criteria.map(x =>
      make(
        "li",
        {class: x.met ? "met" : "missed"},
        make("b", {}, x.met ? "✓ PASSED" : "✗ FAILED"),
        make("span", {}, x.words)
      )
    )
  );
  document
    .getElementById("header")
    .append(
      box,
      verdict.criteria.length
        ? criteria
        : make("p", {class: "note"}, "No criteria were set.")
    );
}

function figures() {
  const steady = report.times.steady_to_s - report.times.steady_from_s;
  const answer = callers.latencies.answer.percentiles_us;
  const answered = callers.latencies.answer.count > 0;
  const cells = [
    [groups(callers.attempts), "calls attempted"],
    [
      steady > 0 ? digits(callers.attempts / steady) + NARROW + "/s" : "–",
      "mean rate",
    ],
    [percent(callers.outcomes.answered, callers.attempts), "answered"],
    [percent(callers.failed, callers.attempts), "failed"],
    [answered ? micro(answer.p50) : "–", "answer, median"],
    [answered ? micro(answer.p99) : "–", "answer, p99"],
  ];
  return make(
    "div",
    {class: "figures"},
    ...cells.map(([value, name]) =>
      make("div", {}, make("b", {}, value), make("span", {}, name))
    )
  );
}

// -- tables ------------------------------------------------------------------
function table(title, headings, rows, attributes, note) {
  const cell = x => (x instanceof Node ? x : make("td", {}, x));
  const head = headings.length
    ? make(
        "thead",
        {},
        make("tr", {}, ...headings.map(x => make("th", {scope: "col"}, x)))
      )
    : null;
  const body = make(
    "tbody",
    {},
    ...rows.map(row =>
      make(
        "tr",
        row.part ? {class: "part"} : {},
        ...(row.cells ?? row).map(cell)
      )
    )
  );
  return make(
    "section",
    attributes,
    make("h3", {}, title),
    make("div", {class: "scroll"}, make("table", {}, head, body)),
    note ? make("p", {class: "note"}, note) : null
  );
}

function bar(share, kind) {
  const strip = make("i", {class: kind});
  strip.style.width = `${Math.min(1, share) * 100}%`;
  strip.hidden = share === 0;
  return make("td", {class: "bar"}, strip);
}

const words = name => name.replaceAll("_", " ");

function calls() {
  const {attempts, outcomes} = callers;
  const row = (name, count, kind, part = false) => ({
    part,
    cells: [
      name,
      groups(count),
      percent(count, attempts),
      bar(attempts ? count / attempts : 0, kind),
    ],
  });
  const rows = [
    row("answered", outcomes.answered, "good"),
    row("abandoned by us", outcomes.abandoned, "plain"),
    row("failed", callers.failed, ""),
  ];
  for (const [name, count] of Object.entries(outcomes))
    if (count && name !== "answered" && name !== "abandoned")
      rows.push(row(words(name), count, "", true));
  if (callers.cut_off)
    rows.push(row("cut off after the answer", callers.cut_off, ""));
  const rest = callers.in_progress + callers.up;
  if (rest) rows.push(row("not ended", rest, "plain"));
  const note = report.left_over
    ? `${groups(report.left_over)} sessions had not ended when the run did.`
    : "";
  return table(
    "Calls of the steady window",
    ["", "calls", "share", ""],
    rows,
    {},
    note
  );
}

function causes() {
  const all = Object.entries(callers.causes).sort(([, a], [, b]) => b - a);
  const most = Math.max(1, ...all.map(([, count]) => count));
  const rows = all.length
    ? all.map(([name, count]) => [
        name,
        groups(count),
        percent(count, callers.attempts),
        bar(count / most, ""),
      ])
    : [["no call failed", "", "", ""]];
  return table("Failures by cause", ["", "calls", "share", ""], rows, {
    id: "causes",
  });
}

function latencies() {
  const rows = [];
  const shares = {p50: 0.5, p90: 0.9, p99: 0.99, p99_9: 0.999, p99_99: 0.9999};
  const add = (name, from) => {
    if (!from.count) return;
    const cells = Object.entries(shares).map(([key, share]) => {
      // Of fewer calls than that, such a percentile is but the largest value.
      const few = from.count * (1 - share) < 1 ? {class: "few"} : {};
      return make("td", few, micro(from.percentiles_us[key]));
    });
    rows.push([name, groups(from.count), ...cells, micro(from.max_us)]);
  };
  add("100", callers.latencies["100"]);
  add("ringing", callers.latencies.ringing);
  add("answer", callers.latencies.answer);
  add("ACK", report.callees.latencies.ack);
  add("BYE", callers.latencies.bye);
  add("REGISTER", callers.latencies.register);
  return table(
    "Latencies, from the intended start",
    ["", "count", "p50", "p90", "p99", "p99.9", "p99.99", "max"],
    rows,
    {class: "wide"},
    "In italics: too few calls for this percentile, so it is the largest value."
  );
}

function rfc6076() {
  const meanings = {
    SER: "session establishment ratio",
    SEER: "session establishment effectiveness ratio",
    ISA: "ineffective session attempts",
    SCR: "session completion ratio",
    IRA: "ineffective registration attempts",
  };
  const rows = Object.entries(meanings)
    .filter(([name]) => name !== "IRA" || callers.registrations.attempts)
    .map(([name, meaning]) => [
      `${name}, ${meaning}`,
      percent(callers.rfc6076[name]),
    ]);
  const delays = {
    SRD: ["SRD, session request delay", "SRD"],
    failed: ["SRD of failures", "failed_SRD"],
    SDD: ["SDD, session disconnect delay", "bye"],
    SDT: ["SDT, session duration time", "SDT"],
    failedSDT: ["SDT of failures", "failed_SDT"],
    RRD: ["RRD, registration request delay", "register"],
  };
  for (const [name, key] of Object.values(delays)) {
    const seen = callers.latencies[key];
    if (seen.count)
      rows.push([`${name}, mean`, micro(seen.sum_us / seen.count)]);
  }
  return table("RFC 6076", [], rows, {});
}

function generator() {
  const {generator: self} = report;
  const late = self.lateness.percentiles_us;
  return table(
    "The generator and the network",
    [],
    [
      ["retransmitted by us", groups(callers.retransmitted)],
      ["retransmitted to us", groups(callers.peer_retransmitted)],
      ["starts late, p99", micro(late.p99)],
      ["starts late, at most", micro(self.lateness.max_us)],
      ["starts skipped", groups(self.skipped_starts)],
      ["dropped by our sockets", groups(self.socket_drops)],
      ["CPU of one core, mean", percent(self.cpu_share_sum, self.seconds)],
      ["CPU of one core, most in a second", percent(self.cpu_share_max)],
      ["CPU per call", micro(report.cpu_per_call_us)],
    ],
    {}
  );
}

function generators() {
  const name = x => x.address + (x.invalid.length ? " INVALID" : "");
  return table(
    "Generators",
    ["", "role", "calls", "answered", "failed", "came in", "late p99", "CPU"],
    report.generators.map(x => [
      name(x),
      x.role,
      groups(x.attempts),
      groups(x.answered),
      groups(x.failed),
      groups(x.came_in),
      micro(x.lateness_p99_us),
      percent(x.cpu_share_max),
    ]),
    {class: "wide"}
  );
}

function standing(name, x, more) {
  const row = (name, count, part) => ({
    part,
    cells: [name, groups(count), percent(count, x.attempts)],
  });
  return table(
    name,
    [],
    [
      row("attempts", x.attempts),
      row("succeeded", x.succeeded),
      row("failed", x.failed),
      ...Object.entries(x.failed_by_status).map(([status, count]) =>
        row(status === "0" ? "no response" : status, count, true)
      ),
      ...more,
    ],
    {}
  );
}

function steps() {
  const rows = Object.keys(callers.steps).map(name => [
    words(name),
    groups(callers.steps[name].done + report.callees.steps[name].done),
    groups(callers.steps[name].failed + report.callees.steps[name].failed),
  ]);
  const seen = rows.filter(
    ([, done, failed]) => done !== "0" || failed !== "0"
  );
  return seen.length
    ? table("Steps within calls", ["", "done", "failed"], seen, {})
    : null;
}

// -- RTP ---------------------------------------------------------------------
/// What each side heard; a side without RTP is left out.
const heard = [
  ["callers", callers.media],
  ["callees", report.callees.media],
].filter(([, x]) => x);

/// The score that p percent of the streams do not exceed.
function mosPercentile(x, p) {
  const scores = Object.entries(x.streams_by_mos_hundredths)
    .map(([score, count]) => [Number(score), count])
    .sort((a, b) => a[0] - b[0]);
  let left = (p / 100) * scores.reduce((sum, [, count]) => sum + count, 0);
  for (const [score, count] of scores)
    if ((left -= count) <= 0) return (score / 100).toFixed(2);
  return "–";
}

function media() {
  const part = (x, name, whole) =>
    x[name] ? `${groups(x[name])} = ${percent(x[name], x[whole])}` : "0";
  const rows = [
    ["calls that were to hear", x => groups(x.calls)],
    ["one-way audio", x => part(x, "one_way_calls", "calls")],
    ["silence came", x => part(x, "silent_calls", "calls")],
    ["tone detected", x => part(x, "tones_detected", "tones_expected")],
    ["packets sent", x => groups(x.packets_sent)],
    ["packets lost", x => part(x, "packets_lost", "packets_expected")],
    [
      "packets out of order",
      x => part(x, "packets_reordered", "packets_expected"),
    ],
    [
      "packets received twice",
      x => part(x, "packets_duplicated", "packets_expected"),
    ],
    ["longest loss, packets in a row", x => groups(x.longest_loss_packets)],
    ["jitter, median", x => micro(x.jitter.percentiles_us.p50)],
    ["jitter, p99", x => micro(x.jitter.percentiles_us.p99)],
    ["MOS, median", x => mosPercentile(x, 50)],
    ["MOS, p5", x => mosPercentile(x, 5)],
    ["digits sent", x => groups(x.digits_sent)],
    ["digits detected", x => groups(x.digits_detected)],
  ];
  return table(
    "RTP",
    ["", ...heard.map(([name]) => name)],
    rows.map(([name, say]) => [name, ...heard.map(([, x]) => say(x))]),
    {}
  );
}

function impairments() {
  const counts = ["messages", "lost", "duplicated", "reordered", "delayed"];
  return table(
    "Impairments of our own",
    ["", ...counts],
    report.impairments.map(x => [
      `${x.message} ${x.direction}`,
      ...counts.map(name => groups(x[name])),
    ]),
    {}
  );
}

header();
document
  .getElementById("main")
  .append(
    figures(),
    make("h2", {}, "Figures"),
    make(
      "div",
      {class: "tables"},
      latencies(),
      calls(),
      causes(),
      rfc6076(),
      generator(),
      callers.registrations.attempts
        ? standing("Registrations", callers.registrations, [])
        : null,
      callers.subscriptions.attempts
        ? standing("Subscriptions", callers.subscriptions, [
            {cells: ["NOTIFYs", groups(callers.notifications), ""]},
          ])
        : null,
      steps(),
      report.generators ? generators() : null,
      heard.length ? media() : null,
      report.impairments ? impairments() : null
    ),
    make("h2", {}, "Course of the run"),
    make("div", {class: "plots", id: "course"}),
    make("h2", {}, "Distributions"),
    make("div", {class: "plots", id: "distributions"})
  );
document
  .getElementById("footer")
  .append(
    `Scenario file ${report.file}. Percentiles are at most 1/128 too high. ` +
      "Plots by uPlot (MIT licence)."
  );

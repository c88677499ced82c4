"use strict";
// The plots that there are. They are drawn anew when the colours or the width
// change, and for print always in light colours.

const course = document.getElementById("course");
const distributions = document.getElementById("distributions");

// -- plots over time ---------------------------------------------------------
/// Shades what lies before and after the window that counts.
function shadeOutsideWindow(colours) {
  return u => {
    const {left, top, width, height} = u.bbox,
      {ctx} = u;
    const at = s =>
      Math.min(left + width, Math.max(left, u.valToPos(s, "x", true)));
    const from = at(report.times.steady_from_s),
      to = at(report.times.steady_to_s);
    ctx.save();
    ctx.fillStyle = colours.shade;
    ctx.fillRect(left, top, from - left, height);
    ctx.fillRect(to, top, left + width - to, height);
    ctx.restore();
  };
}

function wholeOrZoomed(u, low, high) {
  const at = report.samples.at_s,
    end = Math.max(1, report.times.end_s, at.at(-1) ?? 0);
  return [low > at[0] ? low : 0, high < at.at(-1) ? high : end];
}

/// lines: [label, values, colour, dash, how to write a value]
function overTime(title, about, lines, y) {
  const at = report.samples.at_s;
  addPlot(course, title, about, [at, ...lines.map(x => x[1])], colours => ({
    cursor: {sync: {key: "time"}, drag: {x: true, y: false}},
    scales: {x: {time: false, range: wholeOrZoomed}, ...y.scales},
    axes: [
      axis(colours, {
        values: (u, marks) => marks.map(clock),
        space: 60,
        size: 36,
        incrs: [
          1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400,
          28800,
        ],
      }),
      y.axis(colours),
      ...(y.second ? [y.second(colours)] : []),
    ],
    series: [
      {
        label: "time",
        value: (u, x) =>
          x === null || x === undefined ? "–" : clock(Math.round(x)),
      },
      ...lines.map((x, i) => ({
        ...line(colours, x),
        scale: y.second && i > 0 ? "late" : "y",
      })),
    ],
    hooks: {drawClear: [shadeOutsideWindow(colours)]},
  }));
}

function courses() {
  const s = report.samples,
    count = x => groups(x);
  overTime(
    "Calls a second",
    "shaded: outside the steady window; drag to zoom, double-click to leave",
    [
      ["attempts", s.attempts, "blue", "solid", count],
      ["answered", s.answered, "green", "dashed", count],
      ["failed", s.failed, "red", "solid", count],
      ["abandoned", s.abandoned, "violet", "dotted", count],
    ],
    linear
  );
  overTime(
    "Calls in flight",
    "from the INVITE to the end",
    [["in flight", s.in_flight, "blue", "solid", count]],
    linear
  );
  const seen = x => x.map(y => (y > 0 ? y : null)); // 0: no answers
  const columns = [
    s.answer_p50_s,
    s.answer_p90_s,
    s.answer_p99_s,
    s.answer_max_s,
  ].map(seen);
  const all = columns.flat().filter(x => x !== null);
  if (all.length) {
    const low = all.reduce((a, b) => Math.min(a, b)) / 1.3,
      high = largest(all) * 1.3;
    overTime(
      "Time to the answer",
      "calls answered in each second, logarithmic",
      [
        ["max", columns[3], "gray", "dotted", time],
        ["p99", columns[2], "red", "solid", time],
        ["p90", columns[1], "orange", "dashed", time],
        ["p50", columns[0], "blue", "solid", time],
      ],
      {
        scales: {y: logScale(low, high)},
        axis: colours => logAxis(colours, low, high),
      }
    );
  }
  overTime(
    "Retransmissions a second",
    "",
    [
      ["by us", s.retransmitted, "blue", "solid", count],
      ["to us", s.peer_retransmitted, "orange", "dashed", count],
    ],
    linear
  );
  if (heard.length) mediaCourse(s, count);
  ownCourse(s);
}

function mediaCourse(s, count) {
  const scores = x => x.map(y => (y > 0 ? y : null)), // 0: nothing was heard
    score = x => x.toFixed(2);
  overTime(
    "Quality of speech",
    "mean opinion score of the streams heard in each second",
    [
      ["mean", scores(s.rtp_mos_mean), "green", "solid", score],
      ["worst", scores(s.rtp_mos_min), "red", "dotted", score],
    ],
    {
      scales: {y: {range: () => [1, 4.6]}},
      axis: colours => axis(colours, {size: 56, incrs: [0.5, 1]}),
    }
  );
  overTime(
    "RTP lost and uneven",
    "packets lost a second (left), jitter of the streams (right)",
    [
      ["lost", s.rtp_lost, "red", "solid", count],
      ["jitter p95", s.rtp_jitter_p95_s, "orange", "dashed", time],
    ],
    {...linear, ...timeOnTheRight, scales: {...linear.scales, ...late}}
  );
}

/// A second axis, of times.
const late = {
  late: {range: (u, low, high) => [0, Math.max(0.001, high ?? 0) * 1.1]},
};
const timeOnTheRight = {
  second: colours =>
    axis(colours, {
      scale: "late",
      side: 1,
      size: 64,
      grid: {show: false},
      values: (u, marks) => marks.map(round),
    }),
};

/// Left the CPU, right how late calls started: two units, two axes.
function ownCourse(s) {
  overTime(
    "The generator itself",
    "CPU of one core (left), how late calls started (right)",
    [
      ["CPU", s.cpu_share, "blue", "solid", x => percent(x)],
      ["late p99", s.lateness_p99_s, "orange", "dashed", time],
    ],
    {
      scales: {
        y: {range: (u, low, high) => [0, Math.max(1, high ?? 1)]},
        ...late,
      },
      axis: colours =>
        axis(colours, {
          size: 56,
          values: (u, marks) =>
            marks.map(x => `${Math.round(x * 100)}${NARROW}%`),
        }),
      ...timeOnTheRight,
    }
  );
}

// -- distributions -----------------------------------------------------------
/// Bins of the same width on a logarithmic axis, twenty to a decade: the
/// buckets of the histogram are finer than a screen.
function binned(buckets) {
  const bins = new Map(),
    number = us => Math.floor(Math.log10(Math.max(1, us)) * 20);
  for (const [us, count] of buckets)
    bins.set(number(us), (bins.get(number(us)) ?? 0) + count);
  const keys = [...bins.keys()],
    first = Math.min(...keys) - 1,
    last = Math.max(...keys) + 1;
  const edge = x => 10 ** (x / 20) / 1e6;
  const result = {at: [], counts: [], low: edge(first), high: edge(last + 1)};
  for (let bin = first; bin <= last; ++bin) {
    result.at.push(edge(bin + 0.5));
    result.counts.push(bins.get(bin) ?? 0);
  }
  return result;
}

/// Upright lines at percentiles, with their names.
function percentileMarks(colours, histogram) {
  return u => {
    const {top, height} = u.bbox,
      {ctx} = u,
      ratio = devicePixelRatio;
    ctx.save();
    ctx.font = `${12 * ratio}px sans-serif`;
    ctx.fillStyle = ctx.strokeStyle = colours.ink;
    ctx.lineWidth = ratio;
    ctx.textAlign = "center";
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    let free = -Infinity;
    for (const [name, key] of [
      ["p50", "p50"],
      ["p90", "p90"],
      ["p99", "p99"],
      ["p99.9", "p99_9"],
    ]) {
      const x = u.valToPos(histogram.percentiles_us[key] / 1e6, "x", true);
      if (x < free) continue; // it would be written over the one before
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
      ctx.stroke();
      ctx.fillText(name, x, top - 5 * ratio);
      free = x + ctx.measureText(name).width + 8 * ratio;
    }
    ctx.restore();
  };
}

function histogramPlot(title, about, histogram, noun = "calls") {
  if (!histogram.count) return;
  const bins = binned(histogram.buckets);
  addPlot(distributions, title, about, [bins.at, bins.counts], colours => ({
    padding: [20, 16, null, null],
    cursor: {y: false, drag: {x: false, y: false}},
    scales: {x: {time: false, ...logScale(bins.low, bins.high)}, y: fromZero},
    axes: [
      logAxis(colours, bins.low, bins.high, {size: 36}),
      countAxis(colours),
    ],
    series: [
      {
        label: "about",
        value: (u, x) => (x === null || x === undefined ? "–" : time(x)),
      },
      {
        ...line(colours, [noun, null, "blue", "solid", groups]),
        width: 0,
        fill: colours.blue,
        paths: uPlot.paths.bars({size: [0.9, 60]}),
      },
    ],
    hooks: {draw: [percentileMarks(colours, histogram)]},
  }));
}

/// Both sides' jitter as one histogram.
function allJitter() {
  const buckets = heard
    .flatMap(([, x]) => x.jitter.buckets)
    .sort((a, b) => a[0] - b[0]);
  const count = buckets.reduce((sum, [, n]) => sum + n, 0);
  const percentile = p => {
    let left = (p / 100) * count;
    return (buckets.find(([, n]) => (left -= n) <= 0) ?? [0])[0];
  };
  return {
    count,
    buckets,
    percentiles_us: {
      p50: percentile(50),
      p90: percentile(90),
      p99: percentile(99),
      p99_9: percentile(99.9),
    },
  };
}

function mosPlot() {
  const byTenths = {};
  for (const [, x] of heard)
    for (const [score, count] of Object.entries(x.streams_by_mos_hundredths)) {
      const tenths = Math.round(score / 10);
      byTenths[tenths] = (byTenths[tenths] ?? 0) + count;
    }
  if (!Object.keys(byTenths).length) return;
  const at = [],
    counts = [];
  for (let x = 10; x <= 50; ++x) {
    at.push(x / 10);
    counts.push(byTenths[x] ?? 0);
  }
  addPlot(
    distributions,
    "Scores",
    "streams by mean opinion score",
    [at, counts],
    colours => ({
      cursor: {y: false, drag: {x: false, y: false}},
      scales: {x: {time: false, range: () => [0.9, 5.1]}, y: fromZero},
      axes: [axis(colours, {incrs: [0.5, 1], size: 36}), countAxis(colours)],
      series: [
        {
          label: "MOS",
          value: (u, x) => (x === null || x === undefined ? "–" : x.toFixed(1)),
        },
        {
          ...line(colours, ["streams", null, "green", "solid", groups]),
          width: 0,
          fill: colours.green,
          paths: uPlot.paths.bars({size: [0.8, 40]}),
        },
      ],
    })
  );
}

// -- all of them --------------------------------------------------------------
courses();
histogramPlot(
  "Time to the answer",
  "INVITE to 2xx, logarithmic",
  callers.latencies.answer
);
histogramPlot(
  "Time to the first ringing",
  "INVITE to 18x, logarithmic",
  callers.latencies.ringing
);
histogramPlot(
  "Time to end a call",
  "BYE to its 2xx, logarithmic",
  callers.latencies.bye
);
histogramPlot(
  "Time to register",
  "REGISTER to its 2xx, logarithmic",
  callers.latencies.register,
  "registrations"
);
histogramPlot(
  "Time to subscribe",
  "SUBSCRIBE to its 2xx, logarithmic",
  callers.latencies.subscribe,
  "subscriptions"
);
if (heard.length) {
  histogramPlot(
    "Jitter",
    "streams by their RFC 3550 jitter, logarithmic",
    allJitter(),
    "streams"
  );
  mosPlot();
}
if (!distributions.children.length)
  distributions.append(make("p", {class: "note"}, "Nothing was measured."));
drawAll();

function forPaper(printing) {
  document.documentElement.classList.toggle("printing", printing);
  drawAll(printing ? 305 : undefined); // two of them beside each other on A4
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  drawAll()
);
addEventListener("beforeprint", () => forPaper(true));
addEventListener("afterprint", () => forPaper(false));
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width) drawAll();
  width = innerWidth;
});

"use strict";
// What plots are made of: axes, lines, colours, drawing.

const plots = []; // {figure, options(colours) -> {series, …}, data, drawn}

// -- axes --------------------------------------------------------------------
/// 1, 2, 5, 10, … from low to high: what a logarithmic axis is marked with.
function ladder(low, high) {
  const marks = [];
  for (let decade = Math.floor(Math.log10(low)); 10 ** decade <= high; ++decade)
    for (const step of [1, 2, 5]) {
      const mark = step * 10 ** decade;
      if (mark >= low * 0.999 && mark <= high * 1.001) marks.push(mark);
    }
  return marks;
}

/// What is marked is round: "50 ms", not "50.0 ms".
const round = seconds => time(seconds).replace(/\.0+(?!\d)/, "");

const largest = columns => columns.flat().reduce((a, b) => (b > a ? b : a), 0);

function axis(colours, more) {
  return {
    stroke: colours.faint,
    grid: {stroke: colours.line, width: 1},
    ticks: {stroke: colours.line, width: 1, size: 4},
    font: "12px sans-serif",
    ...more,
  };
}

function countAxis(colours, more) {
  return axis(colours, {
    size: 56,
    values: (u, marks) => marks.map(x => groups(x)),
    incrs: [
      1,
      2,
      5,
      ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap(e => [1, 2, 5].map(x => x * 10 ** e)),
    ],
    ...more,
  });
}

/// A scale of latencies: logarithmic, from what is seen to what is seen.
function logScale(low, high) {
  return {distr: 3, log: 10, range: () => [low, high]};
}

function logAxis(colours, low, high, more) {
  const marks = ladder(low, high);
  // Only as many as there is room for: powers of ten, or every second mark.
  const powers = marks.filter(
    x => Math.abs(Math.log10(x) - Math.round(Math.log10(x))) < 1e-9
  );
  const few = powers.length > 1 ? powers : marks.filter((_, i) => i % 2 === 0);
  const room = u =>
    (more ? u.bbox.width / 55 : u.bbox.height / 20) / devicePixelRatio;
  return axis(colours, {
    size: 64,
    splits: u => (marks.length > room(u) ? few : marks),
    filter: (u, splits) => splits,
    values: (u, splits) => splits.map(round),
    ...more,
  });
}

// -- lines -------------------------------------------------------------------
const DASHES = {solid: [], dashed: [6, 4], dotted: [2, 3]};

/// The style of CSS that looks like these dashes.
const styleOf = dash =>
  !dash?.length ? "solid" : dash[0] > 3 ? "dashed" : "dotted";

function line(colours, [label, , colour, dash, value]) {
  // Of a long run, thick lines would be one stain.
  const width = report.samples.at_s.length > 600 ? 1 : 1.75;
  return {
    label,
    stroke: colours[colour],
    width,
    dash: DASHES[dash],
    value: (u, x) => (x === null || x === undefined ? "–" : value(x)),
    points: {show: false},
  };
}

/// From the start to the end; after dragging, what was chosen.

const fromZero = {range: (u, low, high) => [0, Math.max(1, high ?? 1) * 1.08]};
const linear = {scales: {y: fromZero}, axis: colours => countAxis(colours)};

// -- drawing -----------------------------------------------------------------
function addPlot(where, title, about, data, options) {
  const figure = make(
    "figure",
    {role: "img", "aria-label": `${title}, ${about}`},
    make("figcaption", {}, title, about ? make("span", {}, about) : null)
  );
  where.append(figure);
  plots.push({figure, data, options, drawn: null});
}

function coloursNow() {
  const style = getComputedStyle(document.documentElement);
  const names = [
    "ink",
    "faint",
    "line",
    "shade",
    "blue",
    "orange",
    "red",
    "green",
    "violet",
    "gray",
  ];
  return Object.fromEntries(
    names.map(x => [x, style.getPropertyValue(`--${x}`).trim()])
  );
}

function drawAll(width) {
  const colours = coloursNow();
  for (const plot of plots) {
    plot.drawn?.destroy();
    plot.drawn = new uPlot(
      {
        height: width ? 200 : 250,
        width: width ?? plot.figure.clientWidth - 34,
        legend: {
          markers: {width: 3, dash: (u, i) => styleOf(u.series[i].dash)},
        },
        ...plot.options(colours),
      },
      plot.data,
      plot.figure
    );
  }
}

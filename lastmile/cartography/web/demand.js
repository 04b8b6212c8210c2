// Demand points: single points when there is room for them, else cells that keep every person.

const COVERED_COLOUR = "#1f5f8b";
// Colour and shape of every reason; colours differ in lightness, shapes for colour-blind readers.
const REASON_MARKS = {
  off_network: { colour: "#6b4c9a", shape: "cross" },
  no_candidate_in_reach: { colour: "#d1491b", shape: "triangle" },
  forbidden: { colour: "#7a1f1f", shape: "square" },
  budget: { colour: "#e08a00", shape: "diamond" },
  capacity: { colour: "#b0307a", shape: "plus" },
  share_met: { colour: "#9a8500", shape: "ring" },
  not_open: { colour: "#e08a00", shape: "diamond" },
  "": { colour: "#d1491b", shape: "circle" },
};
const MAX_SINGLE = 20000; // points in view, about, that are still drawn one by one
const CELL_BITS = 3; // cells of 2^3 = 8 pixels

function markOf(reason) {
  return REASON_MARKS[reason] || REASON_MARKS[""];
}

function drawMark(context, shape, x, y, radius) {
  const r = radius;
  context.beginPath();
  if (shape === "triangle") {
    context.moveTo(x, y - r * 1.15);
    context.lineTo(x + r * 1.05, y + r * 0.75);
    context.lineTo(x - r * 1.05, y + r * 0.75);
    context.closePath();
  } else if (shape === "square") context.rect(x - r * 0.85, y - r * 0.85, r * 1.7, r * 1.7);
  else if (shape === "diamond") {
    context.moveTo(x, y - r * 1.2);
    context.lineTo(x + r * 1.2, y);
    context.lineTo(x, y + r * 1.2);
    context.lineTo(x - r * 1.2, y);
    context.closePath();
  } else if (shape === "cross" || shape === "plus") {
    const turn = shape === "cross" ? Math.PI / 4 : 0;
    for (const a of [turn, turn + Math.PI / 2]) {
      context.moveTo(x - Math.cos(a) * r * 1.2, y - Math.sin(a) * r * 1.2);
      context.lineTo(x + Math.cos(a) * r * 1.2, y + Math.sin(a) * r * 1.2);
    }
  } else context.arc(x, y, r, 0, 2 * Math.PI);
  if (shape === "cross" || shape === "plus" || shape === "ring") {
    context.lineWidth = Math.max(1.2, r * 0.5);
    context.strokeStyle = context.fillStyle;
    context.stroke();
  } else context.fill();
}

// Fills dots of one colour in short paths: one path of all of them takes far longer to fill.
function dotRun(context, colour) {
  const CHUNK = 48;
  let n = 0;
  const flush = function () {
    context.fillStyle = colour;
    context.fill();
    context.beginPath();
  };
  context.beginPath();
  return {
    add: function (x, y, radius) {
      if (radius < 2) {
        // A square of the same area: at this size no eye tells, and it fills in a third of the time.
        const side = radius * 1.77;
        context.rect(x - side / 2, y - side / 2, side, side);
      } else {
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      if (++n % CHUNK === 0) flush();
    },
    flush: flush,
  };
}

function demandLayer(data, state) {
  const source = data.demand;
  const places = points(source.xy);
  const people = Float64Array.from(counts(source.people), (v) => v / 10);
  const flags = Uint16Array.from(counts(source.flags));
  const station = Int32Array.from(differences(source.station), (v) => v - 1);
  const distance = Int32Array.from(counts(source.distance));
  const standard = counts(source.standard);
  const remedy = dictionary(source.remedy);
  const name = dictionary(source.name);
  const index = pointIndex(places);
  const densest = densestCount();
  const cellsAt = {};
  let ofStation = null;

  const covered = (k) => (flags[k] & 2) > 0;
  const reason = (k) => source.reasons[flags[k] >> 2];
  const visible = (k) => (covered(k) ? state.covered : state.reasons[reason(k)] !== false);

  // Points on the most crowded screen at zoom 0, to be divided by 4 per zoom.
  function densestCount() {
    const zoom = 14;
    const tally = new Map();
    let most = 0;
    for (let k = 0; k < places.n; k++) {
      const key = Math.floor(places.x[k] * 2 ** zoom) * 2 ** zoom + Math.floor(places.y[k] * 2 ** zoom);
      const count = (tally.get(key) || 0) + 1;
      tally.set(key, count);
      if (count > most) most = count;
    }
    return most * 16; // 16 tiles fill a screen at that zoom
  }

  function isSingle(zoom) {
    return places.n <= 3000 || Math.min(places.n, densest * Math.pow(4, 14 - zoom)) <= MAX_SINGLE;
  }

  function cells(zoom) {
    const bits = Math.round(zoom) + 8 - CELL_BITS;
    if (!cellsAt[bits]) cellsAt[bits] = aggregate(bits);
    return cellsAt[bits];
  }

  // Along the Z-curve every cell is one run of points.
  function aggregate(bits) {
    const side = Math.pow(2, bits);
    const out = { x: [], y: [], covered: [], uncovered: [], reason: [], n: 0, size: [], all: [] };
    let from = 0;
    while (from < places.n) {
      const cx = Math.floor(places.x[from] * side);
      const cy = Math.floor(places.y[from] * side);
      let to = from + 1;
      while (to < places.n && Math.floor(places.x[to] * side) === cx && Math.floor(places.y[to] * side) === cy) to++;
      addCell(out, from, to);
      from = to;
    }
    out.n = out.x.length;
    out.index = pointIndex(out);
    const sorted = Float64Array.from(out.covered, (v, k) => v + out.uncovered[k]).sort();
    out.reference = sorted[Math.floor(sorted.length * 0.97)] || 1;
    return out;
  }

  function addCell(out, from, to) {
    let x = 0, y = 0, weight = 0, inside = 0, outside = 0, all = 0;
    const byReason = {};
    for (let k = from; k < to; k++) {
      const w = people[k] + 1e-6;
      x += places.x[k] * w;
      y += places.y[k] * w;
      weight += w;
      if (!visible(k)) continue;
      if (covered(k)) inside += people[k];
      else {
        outside += people[k];
        byReason[flags[k] >> 2] = (byReason[flags[k] >> 2] || 0) + people[k];
      }
      all++;
    }
    let main = 0;
    for (const code in byReason) if (!byReason[main] || byReason[code] > byReason[main]) main = Number(code);
    out.x.push(x / weight);
    out.y.push(y / weight);
    out.covered.push(inside);
    out.uncovered.push(outside);
    out.reason.push(main);
    out.size.push(to - from);
    out.all.push(all);
  }

  function radiusScale(reference, most) {
    return (count) => Math.max(0.8, Math.min(1.25, Math.sqrt(count / reference)) * most);
  }

  const reference = (function () {
    const sorted = Float64Array.from(people).sort();
    return sorted[Math.floor(sorted.length * 0.97)] || 1;
  })();

  const spacing = usualSpacing(places); // dots may grow to fill two fifths of it

  function paintSingle(context, view) {
    const radius = radiusScale(reference, Math.min(8, Math.max(2.4, 0.4 * spacing * view.scale)));
    const outside = [];
    const dots = dotRun(context, COVERED_COLOUR);
    context.globalAlpha = 0.42;
    index(view, function (k) {
      if (!covered(k)) {
        if (visible(k)) outside.push(k);
        return;
      }
      if (!state.covered) return;
      dots.add(view.px(places.x[k]), view.py(places.y[k]), radius(people[k]));
    });
    dots.flush();
    context.globalAlpha = 0.92;
    for (const k of outside) {
      const mark = markOf(reason(k));
      context.fillStyle = mark.colour;
      drawMark(context, mark.shape, view.px(places.x[k]), view.py(places.y[k]), Math.max(radius(people[k]), 2.2));
    }
  }

  function paintCells(context, view) {
    const grid = cells(view.zoom);
    const radius = radiusScale(grid.reference, 3.6);
    const outside = source.reasons.map(() => []);
    const dots = dotRun(context, COVERED_COLOUR);
    context.globalAlpha = 0.38;
    grid.index(view, function (k) {
      if (grid.uncovered[k] > 0) outside[grid.reason[k]].push(k);
      if (!(grid.covered[k] > 0)) return;
      dots.add(view.px(grid.x[k]), view.py(grid.y[k]), radius(grid.covered[k]));
    });
    dots.flush();
    context.globalAlpha = 0.92;
    outside.forEach(function (members, code) {
      const run = dotRun(context, markOf(source.reasons[code]).colour);
      for (const k of members) run.add(view.px(grid.x[k]), view.py(grid.y[k]), Math.max(radius(grid.uncovered[k]), 1.4));
      run.flush();
    });
  }

  function paint(context, view) {
    if (isSingle(view.zoom)) paintSingle(context, view);
    else paintCells(context, view);
  }

  function pointsOf(stationPosition) {
    if (!ofStation) {
      ofStation = new Map();
      for (let k = 0; k < places.n; k++) {
        if (station[k] < 0 || !covered(k)) continue;
        if (!ofStation.has(station[k])) ofStation.set(station[k], []);
        ofStation.get(station[k]).push(k);
      }
    }
    return ofStation.get(stationPosition) || [];
  }

  function at(x, y, zoom, reach) {
    if (isSingle(zoom)) {
      const k = nearest(places, index, x, y, reach, visible);
      return k < 0 ? null : { point: k };
    }
    const grid = cells(zoom);
    const k = nearest(grid, grid.index, x, y, reach, (c) => grid.all[c] > 0);
    return k < 0 ? null : { cell: k, grid: grid };
  }

  function describe(k) {
    return {
      people: people[k],
      rural: (flags[k] & 1) > 0,
      covered: covered(k),
      reason: reason(k),
      station: station[k],
      distance: distance[k] ? (distance[k] - 1) / 10 : null,
      standard: source.standards[standard[k]],
      remedy: remedy(k),
      name: name(k),
    };
  }

  // Only those that somebody named; cells of a raster have no names.
  function named() {
    const out = [];
    if (source.name.row) for (let k = 0; k < places.n; k++) if (name(k)) out.push([k, name(k)]);
    return out;
  }

  // Reasons that occur, in their order; people as the plan adds them up, not as rounded here.
  const present = source.reasons.map((name, code) => ({ reason: name, people: source.people_by_reason[code], n: 0 }));
  for (let k = 0; k < places.n; k++) if (!covered(k)) present[flags[k] >> 2].n++;

  function forget() {
    for (const bits in cellsAt) delete cellsAt[bits];
  }

  return {
    paint: paint, at: at, describe: describe, pointsOf: pointsOf, places: places, forget: forget,
    station: station, covered: covered, index: index, isSingle: isSingle, n: places.n, named: named,
    present: present.filter((one) => one.n > 0), coveredPeople: source.covered_people,
  };
}

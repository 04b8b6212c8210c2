// Decoding, projection, spatial lookup and small helpers.

const STEPS = 100000; // coordinates are whole 1e-5 degrees

function reader(text) {
  const raw = atob(text);
  let at = 0;
  function count() {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = raw.charCodeAt(at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }
  return {
    count: count,
    signed: function () {
      const folded = count();
      return folded % 2 ? -(folded + 1) / 2 : folded / 2;
    },
    ended: function () {
      return at >= raw.length;
    },
  };
}

function counts(text) {
  const read = reader(text);
  const out = [];
  while (!read.ended()) out.push(read.count());
  return out;
}

function differences(text) {
  const read = reader(text);
  const out = [];
  let value = 0;
  while (!read.ended()) out.push((value += read.signed()));
  return out;
}

// World coordinates: the web map's square, 0 to 1, north up is towards 0.
function worldX(lon) {
  return lon / 360 + 0.5;
}

function worldY(lat) {
  return 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI);
}

function lonLat(x, y) {
  return L.latLng((Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI, (x - 0.5) * 360);
}

// Texts that repeat: what each row says.
function dictionary(coded) {
  const row = coded.row ? counts(coded.row) : null;
  return (k) => (row ? coded.texts[row[k]] : "");
}

// Points as {x, y} in world coordinates.
function points(text) {
  const read = reader(text);
  const xs = [];
  const ys = [];
  let lon = 0;
  let lat = 0;
  while (!read.ended()) {
    lon += read.signed();
    lat += read.signed();
    xs.push(worldX(lon / STEPS));
    ys.push(worldY(lat / STEPS));
  }
  return { x: Float64Array.from(xs), y: Float64Array.from(ys), n: xs.length };
}

// Lines as vertices in one run, where each starts, and the box around each.
function lines(block) {
  const lengths = counts(block.n);
  const vertices = points(block.xy);
  const start = new Int32Array(lengths.length + 1);
  const box = new Float64Array(4 * lengths.length);
  for (let k = 0; k < lengths.length; k++) {
    start[k + 1] = start[k] + lengths[k];
    let west = 2, north = 2, east = -1, south = -1;
    for (let v = start[k]; v < start[k + 1]; v++) {
      west = Math.min(west, vertices.x[v]);
      east = Math.max(east, vertices.x[v]);
      north = Math.min(north, vertices.y[v]);
      south = Math.max(south, vertices.y[v]);
    }
    box.set([west, north, east, south], 4 * k);
  }
  return { x: vertices.x, y: vertices.y, start: start, box: box, n: lengths.length };
}

function boxesMeet(box, k, view) {
  return (
    box[4 * k] <= view.east && box[4 * k + 2] >= view.west &&
    box[4 * k + 1] <= view.south && box[4 * k + 3] >= view.north
  );
}

// Looks points up by place: a grid over their extent, each cell a run of positions.
function pointIndex(places) {
  const SIDE = 128;
  let west = 2, north = 2, east = -1, south = -1;
  for (let k = 0; k < places.n; k++) {
    west = Math.min(west, places.x[k]);
    east = Math.max(east, places.x[k]);
    north = Math.min(north, places.y[k]);
    south = Math.max(south, places.y[k]);
  }
  const width = Math.max(east - west, 1e-12) * 1.0000001;
  const height = Math.max(south - north, 1e-12) * 1.0000001;
  const column = (x) => Math.floor(((x - west) / width) * SIDE);
  const row = (y) => Math.floor(((y - north) / height) * SIDE);
  const first = new Int32Array(SIDE * SIDE + 1);
  const cell = new Int32Array(places.n);
  for (let k = 0; k < places.n; k++) {
    cell[k] = row(places.y[k]) * SIDE + column(places.x[k]);
    first[cell[k] + 1]++;
  }
  for (let c = 0; c < SIDE * SIDE; c++) first[c + 1] += first[c];
  const next = first.slice();
  const members = new Int32Array(places.n);
  for (let k = 0; k < places.n; k++) members[next[cell[k]]++] = k;
  const clamp = (v) => Math.min(Math.max(v, 0), SIDE - 1);
  return function (view, visit) {
    if (!places.n || view.east < west || view.west > east || view.south < north || view.north > south) return;
    for (let r = clamp(row(view.north)); r <= clamp(row(view.south)); r++) {
      const from = first[r * SIDE + clamp(column(view.west))];
      const to = first[r * SIDE + clamp(column(view.east)) + 1];
      for (let m = from; m < to; m++) {
        const k = members[m];
        const inside =
          places.x[k] >= view.west && places.x[k] <= view.east &&
          places.y[k] >= view.north && places.y[k] <= view.south;
        if (inside) visit(k);
      }
    }
  };
}

// Usual distance between neighbours, in world units, where the points are.
function usualSpacing(places) {
  if (!places.n) return 1;
  const SIDE = 16384; // cells of 2.4 km at the equator
  const cells = new Set();
  for (let k = 0; k < places.n; k++) cells.add(Math.floor(places.x[k] * SIDE) * SIDE + Math.floor(places.y[k] * SIDE));
  return Math.sqrt(cells.size / places.n) / SIDE;
}

// The nearest of some points within a radius in world units, or -1.
function nearest(places, index, x, y, radius, accept) {
  let best = -1;
  let bestSquare = radius * radius;
  const view = { west: x - radius, east: x + radius, north: y - radius, south: y + radius };
  index(view, function (k) {
    const square = (places.x[k] - x) ** 2 + (places.y[k] - y) ** 2;
    if (square <= bestSquare && (!accept || accept(k))) {
      best = k;
      bestSquare = square;
    }
  });
  return best;
}

// An element; text only ever enters as text, never as markup.
function element(tag, attributes, children) {
  const node = document.createElement(tag);
  for (const name in attributes || {}) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), attributes[name]);
    else if (attributes[name] !== null && attributes[name] !== undefined) node.setAttribute(name, attributes[name]);
  }
  for (const child of [].concat(children === undefined ? [] : children)) {
    if (child !== null && child !== undefined) {
      node.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
  }
  return node;
}

function shortened(text, most) {
  return text.length > most ? text.slice(0, most - 1) + "…" : text;
}

// Fills in figures, each with the word that agrees with it: "{} [stop|stops]".
function fill(text, ...values) {
  const [head, ...tails] = text.split("{}");
  return head + tails.map(function (tail, k) {
    const value = String(values[k]);
    return value + tail.replace(/\[(\w+)\|(\w+)\]/g, (_, one, many) => (value === "1" ? one : many));
  }).join("");
}

function number(value, decimals) {
  if (value === null || value === undefined) return "–";
  const digits = { minimumFractionDigits: decimals || 0, maximumFractionDigits: decimals || 0 };
  return value.toLocaleString("en-US", digits);
}

// 100 % only when whole, 0 % only when nothing: a share never looks better than it is.
function percent(share) {
  if (share === null || share === undefined) return "–";
  if (share === 0 || share === 1) return number(100 * share) + " %";
  return number(Math.min(Math.max(100 * share, 0.1), 99.9), 1) + " %";
}

// Cut to the minute, as the drivers' sheets do: page and sheet must tell the same time.
function clock(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const minutes = Math.floor(seconds / 60);
  const pad = (v) => String(v).padStart(2, "0");
  return pad(Math.floor(minutes / 60)) + ":" + pad(minutes % 60);
}

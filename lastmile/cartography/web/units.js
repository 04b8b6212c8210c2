// Units shaded by covered share, their boundaries and their names.

// Light to dark in even steps of lightness: legible in grey print and to colour-blind readers.
const SHADES = ["#f6efd6", "#d5e6cf", "#a8d1c9", "#72b0bf", "#4385a8"];

// Strong where units are compared; faint from near, where roads and people must be read.
function shadeOpacity(zoom) {
  return Math.max(0.2, Math.min(0.62, 0.62 - 0.11 * (zoom - 12)));
}

function shadeOf(share, breaks) {
  let shade = 0;
  while (shade < breaks.length && share >= breaks[shade]) shade++;
  return SHADES[shade];
}

function unitLayer(data, state) {
  const levels = data.units.map(function (level) {
    const rings = lines(level.rings);
    return { data: level, rings: rings, unit: differences(level.rings.unit), label: points(level.label) };
  });
  const outline = lines(data.outline);
  const chosen = () => levels.find((level) => level.data.level === state.level);

  function ringsOf(level) {
    if (!level.byUnit) {
      level.byUnit = level.data.code.map(() => []);
      level.unit.forEach((unit, ring) => level.byUnit[unit].push(ring));
    }
    return level.byUnit;
  }

  function fillUnits(context, view) {
    const level = chosen();
    if (!level) return;
    context.globalAlpha = shadeOpacity(view.zoom);
    ringsOf(level).forEach(function (rings, unit) {
      const seen = rings.filter((ring) => boxesMeet(level.rings.box, ring, view));
      if (!seen.length) return;
      const share = level.data.covered_share[unit];
      context.fillStyle = share === null ? "#eceae6" : shadeOf(share, data.breaks);
      context.beginPath();
      for (const ring of rings) trace(context, level.rings, ring, view, true);
      context.fill("evenodd");
    });
  }

  function strokeRings(context, view, shape, width, colour, dash) {
    context.beginPath();
    for (let k = 0; k < shape.n; k++) if (boxesMeet(shape.box, k, view)) trace(context, shape, k, view, true);
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }

  function outlines(context, view) {
    if (!state.boundary) return;
    const level = chosen();
    if (level) {
      strokeRings(context, view, level.rings, 2.6, "rgba(255,255,255,.75)", []);
      strokeRings(context, view, level.rings, 1.3, "#44515e", level.data.level === "community" ? [3, 3] : [7, 3]);
    }
    const coarse = levels[0];
    if (coarse && coarse !== level) strokeRings(context, view, coarse.rings, 1.4, "#44505c", [9, 3, 2, 3]);
    strokeRings(context, view, outline, 4, "rgba(255,255,255,.8)", []);
    strokeRings(context, view, outline, 2, "#2f3a45", []);
  }

  function names(context, view, free) {
    if (!state.names) return;
    const level = chosen();
    const shown = level ? [level] : levels.slice(0, 1);
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const one of shown) {
      const size = one.data.level === "district" ? 16 : one.data.level === "township" ? 13 : 12;
      context.font = "600 " + size + "px " + FONT;
      const order = one.data.name.map((_, k) => k).sort((a, b) => (one.data.people[b] || 0) - (one.data.people[a] || 0) || a - b);
      for (const k of order) nameUnit(context, view, free, one, k, size);
    }
  }

  function nameUnit(context, view, free, level, k, size) {
    const name = shortened(level.data.name[k], 14);
    const x = view.px(level.label.x[k]);
    const y = view.py(level.label.y[k]);
    if (x < 0 || y < 0 || x > view.width || y > view.height) return;
    const half = context.measureText(name).width / 2 + 3;
    const box = ringsOf(level)[k].reduce((w, ring) => Math.max(w, level.rings.box[4 * ring + 2] - level.rings.box[4 * ring]), 0);
    if (box * view.scale < half * 1.3) return;
    if (free(x - half, y - size * 0.7, x + half, y + size * 0.7)) haloText(context, name, x, y, "#27323d");
  }

  function at(x, y) {
    const level = chosen();
    if (!level) return null;
    const view = { west: x, east: x, north: y, south: y };
    const byUnit = ringsOf(level);
    for (let unit = 0; unit < byUnit.length; unit++) {
      let inside = false;
      for (const ring of byUnit[unit]) {
        if (boxesMeet(level.rings.box, ring, view) && crossesOdd(level.rings, ring, x, y)) inside = !inside;
      }
      if (inside) return { level: level.data, unit: unit };
    }
    return null;
  }

  function boundsOf(level, unit) {
    const box = [2, 2, -1, -1];
    for (const ring of ringsOf(level)[unit]) {
      for (const k of [0, 1]) box[k] = Math.min(box[k], level.rings.box[4 * ring + k]);
      for (const k of [2, 3]) box[k] = Math.max(box[k], level.rings.box[4 * ring + k]);
    }
    return L.latLngBounds(lonLat(box[0], box[3]), lonLat(box[2], box[1]));
  }

  return { fill: fillUnits, outlines: outlines, names: names, at: at, levels: levels, boundsOf: boundsOf };
}

function crossesOdd(shape, ring, x, y) {
  let odd = false;
  for (let v = shape.start[ring]; v < shape.start[ring + 1] - 1; v++) {
    const ax = shape.x[v], ay = shape.y[v], bx = shape.x[v + 1], by = shape.y[v + 1];
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) odd = !odd;
  }
  return odd;
}

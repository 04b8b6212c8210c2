// Routes by vehicle: colour and dash, stop numbers, and stops that no route visits.

const ROUTE_COLOURS = ["#0067a8", "#c44601", "#00805c", "#a0417f", "#5b3a9c", "#8a6100", "#2f8fc4", "#4a4a4a"];
const ROUTE_DASHES = [[], [11, 5], [3, 5], [14, 4, 3, 4]];

function routeStyle(k) {
  const n = ROUTE_COLOURS.length;
  return { colour: ROUTE_COLOURS[k % n], dash: ROUTE_DASHES[Math.floor(k / n) % ROUTE_DASHES.length] };
}

function strokeRoute(context, style, width) {
  context.setLineDash([]);
  if (width >= 1.9) {
    context.lineWidth = width + 2.4;
    context.strokeStyle = "rgba(255,255,255,.85)";
    context.stroke();
  }
  context.setLineDash(style.dash);
  context.lineCap = style.dash.length ? "butt" : "round";
  context.lineWidth = width;
  context.strokeStyle = style.colour;
  context.stroke();
  context.setLineDash([]);
}

function routeLayer(data, state, stations) {
  const all = data.routes;
  const shape = lines(all.lines);
  const lineRoute = differences(all.lines.route);
  const linesOf = all.id.map(() => []);
  lineRoute.forEach((route, line) => linesOf[route].push(line));
  const stopPlaces = points(data.stops.xy);
  const stopIndex = pointIndex(stopPlaces);
  const unserved = points(data.unserved.xy);
  const unservedIndex = pointIndex(unserved);
  const stopsOf = all.id.map(() => []);
  data.stops.route.forEach((route, stop) => stopsOf[route] && stopsOf[route].push(stop));
  const stopsOfStation = new Map();
  data.stops.station.forEach(function (station, stop) {
    if (station < 0) return;
    if (!stopsOfStation.has(station)) stopsOfStation.set(station, []);
    stopsOfStation.get(station).push(stop);
  });
  const visible = (route) => state.routes && !state.hiddenRoutes.has(route);

  function routeIn(route, view) {
    return linesOf[route].some((line) => boxesMeet(shape.box, line, view));
  }

  function strokes(context, view) {
    if (!state.routes) return;
    const width = Math.min(5, Math.max(all.id.length > 60 ? 0.9 : 2, 2.2 * Math.pow(1.2, view.zoom - 12)));
    for (let route = 0; route < all.id.length; route++) {
      if (!visible(route) || !routeIn(route, view)) continue;
      context.beginPath();
      for (const line of linesOf[route]) trace(context, shape, line, view, false);
      strokeRoute(context, routeStyle(route), state.onlyRoute === route ? width + 1 : width);
      if (view.zoom >= 12.5 || state.onlyRoute === route) for (const line of linesOf[route]) arrows(context, view, line, routeStyle(route).colour);
    }
  }

  // Small arrowheads every 170 pixels show the way round.
  function arrows(context, view, line, colour) {
    let rest = 85;
    context.fillStyle = colour;
    context.strokeStyle = "#fff";
    for (let v = shape.start[line]; v < shape.start[line + 1] - 1; v++) {
      const ax = view.px(shape.x[v]), ay = view.py(shape.y[v]);
      const bx = view.px(shape.x[v + 1]), by = view.py(shape.y[v + 1]);
      const length = Math.hypot(bx - ax, by - ay);
      for (; rest <= length; rest += 170) arrow(context, ax + ((bx - ax) * rest) / length, ay + ((by - ay) * rest) / length, Math.atan2(by - ay, bx - ax));
      rest -= length;
    }
  }

  function arrow(context, x, y, turn) {
    context.save();
    context.translate(x, y);
    context.rotate(turn);
    context.beginPath();
    context.moveTo(7, 0);
    context.lineTo(-5, -5);
    context.lineTo(-2.5, 0);
    context.lineTo(-5, 5);
    context.closePath();
    context.lineWidth = 2;
    context.stroke();
    context.fill();
    context.restore();
  }

  // Numbers stand up and to the right of the station, so that its sign stays visible.
  function stopNumbers(context, view, free) {
    if (!state.stopOrder || !state.routes) return;
    const few = state.onlyRoute !== null || view.zoom >= 13.5;
    if (!few) return;
    context.font = "700 11px " + FONT;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const offset = stationRadius(view.zoom, stations.spacing) + 5;
    stopIndex(view, function (stop) {
      const route = data.stops.route[stop];
      if (!visible(route)) return;
      const x = view.px(stopPlaces.x[stop]) + offset, y = view.py(stopPlaces.y[stop]) - offset;
      const text = String(data.stops.sequence[stop]);
      const half = Math.max(8, context.measureText(text).width / 2 + 4);
      if (!free(x - half, y - 8, x + half, y + 8)) return;
      pill(context, x, y, half, 8, routeStyle(route).colour, text);
    });
  }

  function pill(context, x, y, halfWidth, halfHeight, colour, text) {
    context.beginPath();
    context.roundRect(x - halfWidth, y - halfHeight, 2 * halfWidth, 2 * halfHeight, halfHeight);
    context.lineWidth = 2;
    context.strokeStyle = "#fff";
    context.stroke();
    context.fillStyle = colour;
    context.fill();
    context.fillStyle = "#fff";
    context.fillText(text, x, y + 0.5);
  }

  function labels(context, view, free) {
    if (!state.routes || (all.id.length > 25 && view.zoom < 13 && state.onlyRoute === null)) return;
    context.font = "600 11px " + FONT;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let route = 0; route < all.id.length; route++) {
      if (!visible(route) || !routeIn(route, view)) continue;
      const half = context.measureText(all.id[route]).width / 2 + 6;
      const at = labelPlace(route, view, half, free);
      if (at) pill(context, at[0], at[1], half, 8.5, routeStyle(route).colour, all.id[route]);
    }
  }

  // The first free place on the way, tried from the middle outwards.
  function labelPlace(route, view, half, free) {
    for (const line of linesOf[route]) {
      const first = shape.start[line], count = shape.start[line + 1] - first;
      for (let tried = 1; tried < 12; tried++) {
        const part = 0.5 + ((tried % 2 ? 1 : -1) * tried) / 24;
        const v = first + Math.floor(count * part);
        const x = view.px(shape.x[v]), y = view.py(shape.y[v]);
        const inside = x > half && y > 10 && x < view.width - half && y < view.height - 10;
        if (inside && free(x - half, y - 10, x + half, y + 10)) return [x, y];
      }
    }
    return null;
  }

  function unservedMarks(context, view) {
    if (!state.unserved) return;
    unservedIndex(view, (k) => drawUnserved(context, view.px(unserved.x[k]), view.py(unserved.y[k]), view.zoom < 13 ? 5 : 7));
  }

  function at(x, y, reach) {
    let best = -1;
    let bestDistance = reach;
    const view = { west: x - reach, east: x + reach, north: y - reach, south: y + reach };
    for (let line = 0; line < shape.n; line++) {
      if (!visible(lineRoute[line]) || !boxesMeet(shape.box, line, view)) continue;
      for (let v = shape.start[line]; v < shape.start[line + 1] - 1; v++) {
        const distance = toSegment(x, y, shape.x[v], shape.y[v], shape.x[v + 1], shape.y[v + 1]);
        if (distance < bestDistance) {
          best = lineRoute[line];
          bestDistance = distance;
        }
      }
    }
    return best;
  }

  function boundsOf(route) {
    const box = [2, 2, -1, -1];
    for (const line of linesOf[route]) {
      for (const k of [0, 1]) box[k] = Math.min(box[k], shape.box[4 * line + k]);
      for (const k of [2, 3]) box[k] = Math.max(box[k], shape.box[4 * line + k]);
    }
    for (const stop of stopsOf[route]) {
      box[0] = Math.min(box[0], stopPlaces.x[stop]);
      box[2] = Math.max(box[2], stopPlaces.x[stop]);
      box[1] = Math.min(box[1], stopPlaces.y[stop]);
      box[3] = Math.max(box[3], stopPlaces.y[stop]);
    }
    return box[2] < 0 ? null : L.latLngBounds(lonLat(box[0], box[3]), lonLat(box[2], box[1]));
  }

  return {
    strokes: strokes, stopNumbers: stopNumbers, labels: labels, unservedMarks: unservedMarks, at: at,
    boundsOf: boundsOf, stopsOfStation: stopsOfStation, visible: visible, places: stopPlaces,
    stopAt: (x, y, reach) => (state.routes ? nearest(stopPlaces, stopIndex, x, y, reach, (s) => visible(data.stops.route[s])) : -1),
    unservedAt: (x, y, reach) => (state.unserved ? nearest(unserved, unservedIndex, x, y, reach) : -1),
    unserved: unserved,
  };
}

function drawUnserved(context, x, y, r) {
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.fillStyle = "#fff";
  context.fill();
  context.lineWidth = r / 3;
  context.strokeStyle = "#b3261e";
  context.stroke();
  context.beginPath();
  context.moveTo(x - 0.7 * r, y + 0.7 * r);
  context.lineTo(x + 0.7 * r, y - 0.7 * r);
  context.stroke();
}

function toSegment(x, y, ax, ay, bx, by) {
  const dx = bx - ax, dy = by - ay;
  const square = dx * dx + dy * dy;
  const part = square ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / square)) : 0;
  return Math.hypot(ax + part * dx - x, ay + part * dy - y);
}

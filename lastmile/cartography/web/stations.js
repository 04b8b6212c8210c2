// Stations by kind (shape) and role (fill), the ground and the people they serve, closed sites and centres.

const INK = "#14213d";
const REQUIRED_RING = "#f0a202";
const AREA = "#7a4fa3";

// The colour of ground that is served, and how strong: faint where all of it is shown.
function paintArea(context) {
  context.fillStyle = context.strokeStyle = AREA;
  context.globalAlpha = 0.22;
  context.fill("evenodd");
  context.globalAlpha = 0.85;
  context.lineWidth = 1.4;
  context.stroke();
  context.globalAlpha = 1;
}

function kindPath(context, kind, x, y, r) {
  context.beginPath();
  if (kind === "服务屋") {
    // A house: the urban kind.
    context.moveTo(x, y - r * 1.25);
    context.lineTo(x + r * 1.15, y - r * 0.2);
    context.lineTo(x + r * 0.85, y - r * 0.2);
    context.lineTo(x + r * 0.85, y + r);
    context.lineTo(x - r * 0.85, y + r);
    context.lineTo(x - r * 0.85, y - r * 0.2);
    context.lineTo(x - r * 1.15, y - r * 0.2);
    context.closePath();
  } else context.arc(x, y, r, 0, 2 * Math.PI);
}

function drawStation(context, kind, role, x, y, r) {
  const existing = role === "existing";
  if (r < 2.6) {
    // Too small for a shape: a dot, hollow where the station exists already.
    context.beginPath();
    context.arc(x, y, r, 0, 2 * Math.PI);
    context.fillStyle = role === "required" ? REQUIRED_RING : existing ? "#fff" : INK;
    context.fill();
    context.lineWidth = 0.8;
    context.strokeStyle = existing || role === "required" ? INK : "rgba(255,255,255,.8)";
    context.stroke();
    return;
  }
  context.lineJoin = "round";
  if (role === "required") {
    kindPath(context, kind, x, y, r + 2.6);
    context.fillStyle = REQUIRED_RING;
    context.fill();
  }
  kindPath(context, kind, x, y, r);
  context.lineWidth = existing ? Math.max(3.4, r * 0.75) : 2.4;
  context.strokeStyle = "#fff";
  context.stroke();
  context.fillStyle = existing ? "#fff" : INK;
  context.fill();
  if (existing) {
    context.lineWidth = Math.max(1.6, r * 0.36);
    context.strokeStyle = INK;
    context.stroke();
  }
}

function drawClosed(context, forbidden, x, y, r) {
  context.beginPath();
  if (forbidden) {
    context.moveTo(x - r, y - r);
    context.lineTo(x + r, y + r);
    context.moveTo(x + r, y - r);
    context.lineTo(x - r, y + r);
    context.lineWidth = 2;
    context.strokeStyle = "#8c1c13";
  } else {
    context.arc(x, y, r * 0.75, 0, 2 * Math.PI);
    context.lineWidth = 1.3;
    context.strokeStyle = "#4b5563";
    context.fillStyle = "rgba(255,255,255,.75)";
    context.fill();
  }
  context.stroke();
}

function drawCentre(context, x, y, r) {
  context.beginPath();
  for (let k = 0; k < 10; k++) {
    const radius = k % 2 ? r * 0.48 : r;
    const turn = (k * Math.PI) / 5 - Math.PI / 2;
    context.lineTo(x + Math.cos(turn) * radius, y + Math.sin(turn) * radius);
  }
  context.closePath();
  context.lineWidth = 3.5;
  context.strokeStyle = "#fff";
  context.stroke();
  context.fillStyle = "#a4133c";
  context.fill();
}

// Signs grow with the zoom, but shrink to dots where they would cover each other.
function stationRadius(zoom, spacing) {
  const wanted = Math.min(9, Math.max(3.2, 2.2 + (zoom - 9.5) * 1.15));
  return Math.min(wanted, Math.max(1.7, 0.2 * spacing * 256 * Math.pow(2, zoom)));
}

function stationLayer(data, state, demand) {
  const all = data.stations;
  const places = points(all.xy);
  const index = pointIndex(places);
  const spacing = usualSpacing(places);
  const areaRings = lines(data.catchments.rings);
  const stationOfArea = differences(data.catchments.station);
  const ringsOfArea = stationOfArea.map(() => []);
  differences(data.catchments.rings.row).forEach((area, ring) => ringsOfArea[area].push(ring));
  const closed = points(data.closed.xy);
  const closedIndex = pointIndex(closed);
  const centres = points(data.centres.xy);
  const centreIndex = pointIndex(centres);
  const key = (k) => all.kind[k] + "/" + all.role[k];
  const visible = (k) => state.stations[key(k)] !== false;
  const closedVisible = (k) => (k < data.closed.n_forbidden ? state.forbidden : state.unused);

  function spider(context, view, stationPosition) {
    const x = view.px(places.x[stationPosition]);
    const y = view.py(places.y[stationPosition]);
    for (const k of demand.pointsOf(stationPosition)) {
      context.moveTo(x, y);
      context.lineTo(view.px(demand.places.x[k]), view.py(demand.places.y[k]));
    }
  }

  function areaPath(context, view, area) {
    context.beginPath();
    for (const ring of ringsOfArea[area]) trace(context, areaRings, ring, view, true);
  }

  const areaSeen = (area, view) => visible(stationOfArea[area]) && ringsOfArea[area].some((ring) => boxesMeet(areaRings.box, ring, view));

  // All ground that is served goes opaque on a sheet of its own, which is then laid on faintly: it
  // is not the darker the more stations reach it.
  function areas(context, view) {
    if (!state.areas) return;
    const seen = ringsOfArea.map((_, area) => area).filter((area) => areaSeen(area, view));
    const sheet = document.createElement("canvas");
    sheet.width = context.canvas.width;
    sheet.height = context.canvas.height;
    const pen = sheet.getContext("2d");
    pen.setTransform(context.getTransform());
    pen.fillStyle = AREA;
    for (const area of seen) {
      areaPath(pen, view, area);
      pen.fill("evenodd");
    }
    context.globalAlpha = 0.18;
    context.drawImage(sheet, 0, 0, view.width, view.height);
    if (view.zoom < 13) return;
    context.strokeStyle = AREA;
    context.globalAlpha = 0.3;
    context.lineWidth = 0.8;
    for (const area of seen) {
      areaPath(context, view, area);
      context.stroke();
    }
  }

  function selectedArea(context, view) {
    stationOfArea.forEach(function (station, area) {
      if (station !== state.selectedStation) return;
      areaPath(context, view, area);
      paintArea(context);
    });
  }

  function catchments(context, view) {
    if (!state.catchments || view.zoom < 11.5) return;
    context.strokeStyle = INK;
    context.globalAlpha = 0.3;
    context.lineWidth = 0.7;
    context.beginPath();
    index(view, function (k) {
      if (visible(k)) spider(context, view, k);
    });
    context.stroke();
  }

  function marks(context, view) {
    const r = stationRadius(view.zoom, spacing);
    closedIndex(view, function (k) {
      if (closedVisible(k)) drawClosed(context, k < data.closed.n_forbidden, view.px(closed.x[k]), view.py(closed.y[k]), Math.max(3, r * 0.7));
    });
    index(view, function (k) {
      if (visible(k)) drawStation(context, all.kind[k], all.role[k], view.px(places.x[k]), view.py(places.y[k]), r);
    });
    if (state.centres) {
      for (let k = 0; k < centres.n; k++) drawCentre(context, view.px(centres.x[k]), view.py(centres.y[k]), Math.max(9, r * 1.5));
    }
  }

  function selected(context, view) {
    const k = state.selectedStation;
    if (k === null) return;
    context.strokeStyle = "#0b5c8a";
    context.lineWidth = 1.4;
    context.globalAlpha = 0.75;
    context.beginPath();
    spider(context, view, k);
    context.stroke();
    context.globalAlpha = 1;
    context.beginPath();
    context.arc(view.px(places.x[k]), view.py(places.y[k]), stationRadius(view.zoom, spacing) + 5, 0, 2 * Math.PI);
    context.lineWidth = 3;
    context.strokeStyle = "#f0a202";
    context.stroke();
  }

  function names(context, view, free) {
    if (!state.names || view.zoom < 13) return;
    context.font = "12px " + FONT;
    context.textAlign = "left";
    context.textBaseline = "middle";
    const r = 1.2 * stationRadius(view.zoom, spacing);
    index(view, function (k) {
      const x = view.px(places.x[k]), y = view.py(places.y[k]);
      if (visible(k)) free.take(x - r, y - r, x + r, y + r);
    });
    if (view.zoom < 15) return;
    index(view, function (k) {
      if (!visible(k)) return;
      const name = shortened(all.name[k], 18);
      const x = view.px(places.x[k]) + 13, y = view.py(places.y[k]);
      if (free(x, y - 8, x + context.measureText(name).width, y + 8)) haloText(context, name, x, y, INK);
    });
  }

  return {
    areas: areas, selectedArea: selectedArea, nAreas: stationOfArea.length,
    catchments: catchments, marks: marks, selected: selected, names: names, places: places, n: places.n, spacing: spacing,
    centres: centres, closed: closed, key: key,
    at: (x, y, reach) => nearest(places, index, x, y, reach, visible),
    closedAt: (x, y, reach) => nearest(closed, closedIndex, x, y, reach, closedVisible),
    centreAt: (x, y, reach) => (state.centres ? nearest(centres, centreIndex, x, y, reach) : -1),
  };
}

// Puts the parts together on a Leaflet map.

const TOUCH_PIXELS = 11;
const MANY_ROUTES = 40; // more would hide the map; they are drawn when asked for

function firstState(data) {
  const levels = data.units.map((unit) => unit.level);
  return {
    level: levels.includes("township") ? "township" : levels[levels.length - 1] || "",
    boundary: true, names: true, roads: true, covered: true, reasons: {}, stations: {},
    areas: false, catchments: false, forbidden: false, unused: false, centres: true,
    routes: data.routes.id.length <= MANY_ROUTES,
    stopOrder: true, unserved: true, hiddenRoutes: new Set(), onlyRoute: null, selectedStation: null,
  };
}

function lastmileMap(map, data) {
  const t = data.texts;
  document.documentElement.lang = data.language === "zh" ? "zh-CN" : "en";
  const state = firstState(data);
  const demand = demandLayer(data, state);
  const stations = stationLayer(data, state, demand);
  const routes = routeLayer(data, state, stations);
  const layers = { units: unitLayer(data, state), roads: roadLayer(data, state), demand: demand, stations: stations, routes: routes };
  const popups = popupContents(data, layers);
  const [west, south, east, north] = data.bounds;
  const whole = L.latLngBounds([south, west], [north, east]);
  const listeners = [];

  function paintLabels(context, view) {
    const free = labelSpace();
    routes.stopNumbers(context, view, free);
    routes.labels(context, view, free);
    layers.units.names(context, view, free);
    stations.names(context, view, free);
    layers.roads.names(context, view, free);
  }

  const basePainters = [layers.units.fill, stations.areas, layers.roads.strokes, stations.catchments, demand.paint, layers.units.outlines];
  const topPainters = [stations.selectedArea, routes.strokes, stations.selected, stations.marks, paintLabels, routes.unservedMarks];
  const base = canvasIn("planBase", 300, basePainters);
  const top = canvasIn("planTop", 450, topPainters);

  function canvasIn(name, level, painters) {
    const pane = map.createPane(name);
    pane.style.zIndex = level;
    pane.style.pointerEvents = "none";
    return new PlanCanvas({ pane: name, painters: painters });
  }

  const act = {
    changed: function () {
      base.redraw();
      top.redraw();
      listeners.forEach((listener) => listener());
    },
    onChange: (listener) => listeners.push(listener),
    showUnit: function (level, k) {
      state.level = level.data.level;
      map.fitBounds(layers.units.boundsOf(level, k), { padding: [40, 40], animate: false });
      const place = lonLat(level.label.x[k], level.label.y[k]);
      open(place, popups.unit({ level: level.data, unit: k }));
      act.changed();
      closePanelOnPhone();
    },
    showStation: function (k) {
      map.setView(lonLat(stations.places.x[k], stations.places.y[k]), Math.max(map.getZoom(), 15), { animate: false });
      selectStation(k);
      closePanelOnPhone();
    },
    showCentre: function (k) {
      const place = lonLat(stations.centres.x[k], stations.centres.y[k]);
      map.setView(place, Math.max(map.getZoom(), 14), { animate: false });
      open(place, popups.centre(k));
      closePanelOnPhone();
    },
    showDemand: function (k) {
      const place = lonLat(demand.places.x[k], demand.places.y[k]);
      map.setView(place, Math.max(map.getZoom(), 15), { animate: false });
      open(place, popups.demand({ point: k }, layers.units.at(demand.places.x[k], demand.places.y[k])));
      closePanelOnPhone();
    },
    showRoute: function (k) {
      state.routes = true;
      state.onlyRoute = k;
      state.hiddenRoutes = new Set(data.routes.id.map((_, other) => other).filter((other) => other !== k));
      const bounds = routes.boundsOf(k);
      if (bounds) map.fitBounds(bounds, { padding: [40, 40], animate: false });
      act.changed();
      closePanelOnPhone();
    },
  };

  const card = L.popup({ maxWidth: 320, className: "plan-popup", autoPanPadding: [30, 60] });

  function open(place, content) {
    card.setLatLng(place).setContent(content).openOn(map);
  }

  function selectStation(k) {
    open(lonLat(stations.places.x[k], stations.places.y[k]), popups.station(k));
    state.selectedStation = k;
    top.redraw();
  }

  // The sign of an unserved stop lies on its station, whose card tells it among the rest; it
  // has a card of its own only where the map has no such station.
  function lostAt(x, y, reach) {
    const lost = routes.unservedAt(x, y, reach);
    const k = stations.at(x, y, reach);
    const away = (places, one) => Math.hypot(places.x[one] - x, places.y[one] - y);
    return lost >= 0 && (k < 0 || away(routes.unserved, lost) <= away(stations.places, k)) ? lost : -1;
  }

  function unservedAt(x, y, reach) {
    const lost = lostAt(x, y, reach);
    return lost >= 0 && data.unserved.station[lost] < 0 ? lost : -1;
  }

  function stationAt(x, y, reach) {
    const lost = lostAt(x, y, reach);
    return lost >= 0 ? data.unserved.station[lost] : stations.at(x, y, reach);
  }

  // What is under a place, the topmost first.
  function hit(latlng) {
    const scale = 256 * Math.pow(2, map.getZoom());
    const x = worldX(latlng.lng), y = worldY(latlng.lat);
    const reach = TOUCH_PIXELS / scale;
    const tests = [
      [stations.centreAt, popups.centre], [unservedAt, popups.unserved], [stationAt, null],
      [routes.stopAt, popups.stop], [stations.closedAt, popups.closedSite],
    ];
    for (const [find, tell] of tests) {
      const k = find(x, y, reach);
      if (k >= 0) return { content: tell && (() => tell(k)), station: tell ? -1 : k, sharp: true };
    }
    const point = demand.at(x, y, map.getZoom(), reach * 0.6);
    const unit = layers.units.at(x, y);
    if (point) return { content: () => popups.demand(point, unit), sharp: true };
    const route = routes.at(x, y, reach * 0.6);
    if (route >= 0) return { content: () => popups.route(route), sharp: true };
    return unit && { content: () => popups.unit(unit), sharp: false };
  }

  map.on("click", function (event) {
    const found = hit(event.latlng);
    if (state.selectedStation !== null && !(found && found.station >= 0)) {
      state.selectedStation = null;
      top.redraw();
    }
    if (!found) return;
    if (found.content) open(event.latlng, found.content());
    else selectStation(found.station);
  });

  let waiting = false;
  map.on("mousemove", function (event) {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(function () {
      waiting = false;
      const found = hit(event.latlng);
      map.getContainer().classList.toggle("plan-pointing", Boolean(found && found.sharp));
    });
  });

  const panel = planPanel(data, state, layers, popups, act);
  const toggle = element("button", { class: "plan-toggle", type: "button", "aria-expanded": "false", onclick: () => togglePanel() }, t.panel);

  function togglePanel() {
    const opened = document.body.classList.toggle("plan-open");
    toggle.setAttribute("aria-expanded", String(opened));
    toggle.textContent = opened ? t.close_panel : t.panel;
  }

  function closePanelOnPhone() {
    if (document.body.classList.contains("plan-open")) togglePanel();
  }

  document.body.append(panel, phoneBar(data), toggle);
  map.getContainer().setAttribute("role", "application");
  map.getContainer().setAttribute("aria-label", t.map_label + ": " + data.facts.title);
  addControls();
  map.invalidateSize({ animate: false });
  map.fitBounds(whole, { padding: [18, 18], animate: false });
  base.addTo(map);
  top.addTo(map);
  fitWhenPrinted();

  function addControls() {
    L.control.zoom({ position: "topright" }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140, position: "bottomleft" }).addTo(map);
    const attribution = L.control.attribution({ prefix: false }).addTo(map);
    const credit = data.facts.labels.join(" · ");
    attribution.addAttribution(element("span", {}, credit).innerHTML);
    const corner = L.control({ position: "topright" });
    corner.onAdd = function () {
      const button = element("button", { type: "button", class: "plan-whole", onclick: () => map.fitBounds(whole, { padding: [18, 18], animate: false }) }, t.whole);
      L.DomEvent.disableClickPropagation(button);
      return button;
    };
    corner.addTo(map);
    const arrow = L.control({ position: "topleft" });
    arrow.onAdd = northArrow;
    arrow.addTo(map);
  }

  function northArrow() {
    const node = element("div", { class: "plan-north", role: "img", "aria-label": t.north });
    const canvas = sign(function (context, x) {
      context.translate(x, 0);
      for (const side of [-1, 1]) {
        context.beginPath();
        context.moveTo(0, 1);
        context.lineTo(side * 7, 17);
        context.lineTo(0, 13);
        context.closePath();
        context.fillStyle = side < 0 ? "#27323d" : "#fff";
        context.fill();
        context.strokeStyle = "#27323d";
        context.lineWidth = 1;
        context.stroke();
      }
    }, 24);
    node.append(element("b", {}, t.north), canvas);
    return node;
  }

  function paintPaper(context, view) {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, view.width, view.height);
  }

  // Paper has another size: draw for it before printing, and for the screen again after.
  function fitWhenPrinted() {
    let seen = null;
    const refit = function (printing) {
      if (printing && !seen) seen = map.getBounds();
      map.invalidateSize({ animate: false, pan: false });
      if (seen) map.fitBounds(seen, { animate: false });
      if (!printing) seen = null;
      // One opaque picture: PDF readers differ over transparent ones laid upon each other.
      base.options.painters = printing ? [paintPaper, ...basePainters, ...topPainters] : basePainters;
      base.options.sharp = printing;
      top.getPane().style.display = printing ? "none" : "";
      base.redraw();
      top.redraw();
      if (printing) base.settle();
    };
    window.matchMedia("print").addEventListener("change", (event) => refit(event.matches));
  }

  return { map: map, state: state, layers: layers, hit: hit, act: act };
}

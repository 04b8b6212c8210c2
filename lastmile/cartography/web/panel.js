// The panel: title, status, key figures, search, layers with their legend, routes.

const MAX_FOUND = 30;

// A sign of the legend, drawn by the very function that draws it on the map.
function sign(draw, width) {
  const canvas = element("canvas", { class: "plan-sign", "aria-hidden": "true" });
  const ratio = 2;
  canvas.width = (width || 24) * ratio;
  canvas.height = 18 * ratio;
  canvas.style.width = (width || 24) + "px";
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.lineCap = "round";
  draw(context, (width || 24) / 2, 9);
  return canvas;
}

function lineSign(colour, width, dash) {
  return sign(function (context) {
    context.beginPath();
    context.moveTo(2, 9);
    context.lineTo(22, 9);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dash || []);
    context.stroke();
  });
}

function warningSign() {
  return element("span", { class: "plan-warning", "aria-hidden": "true" }, "⚠");
}

// What a small screen shows of the panel while it is closed: whose plan, how good, and what to beware.
function phoneBar(data) {
  const f = data.facts;
  const failed = f.status.filter((one) => one.failed);
  const main = f.figures[0];
  return element("section", { class: "plan-bar", "aria-label": f.title }, [
    element("strong", {}, f.title),
    element("p", {}, [
      element("span", {}, main.label + " " + main.value),
      f.short_notice ? element("span", { class: "plan-bar-notice" }, f.short_notice) : null,
      ...failed.map((one) => element("span", { class: "plan-bar-failed" }, [warningSign(), one.topic + (data.language === "zh" ? "：" : ": ") + one.verdict])),
    ]),
  ]);
}

function planPanel(data, state, layers, popups, act) {
  const t = data.texts;

  function switchRow(label, signNode, read, write, note) {
    const box = element("input", { type: "checkbox" });
    box.checked = read();
    box.addEventListener("change", function () {
      write(box.checked);
      act.changed();
    });
    act.onChange(() => (box.checked = read()));
    return element("label", { class: "plan-row" }, [box, signNode, element("span", { class: "plan-text" }, label), note ? element("span", { class: "plan-note" }, note) : null]);
  }

  const flag = (name, label, signNode, note) => switchRow(label, signNode, () => state[name], (on) => (state[name] = on), note);

  function group(title, rows) {
    const shown = rows.filter(Boolean);
    return shown.length ? element("fieldset", {}, [element("legend", {}, title), ...shown]) : null;
  }

  function header() {
    const f = data.facts;
    return element("header", {}, [
      element("h1", {}, f.title),
      element("p", { class: "plan-lines" }, f.lines.map((line) => element("span", {}, line))),
      f.notice ? element("p", { class: "plan-notice", role: "note" }, f.notice) : null,
    ]);
  }

  function statusBlock() {
    return element("section", { class: "plan-status" }, data.facts.status.map((one) =>
      element("p", { class: one.failed ? "plan-failed" : one.proven ? "plan-proven" : "plan-unproven" }, [
        one.failed ? warningSign() : null,
        element("span", { class: "plan-topic" }, one.topic), element("strong", {}, one.verdict),
        one.detail ? element("span", { class: "plan-detail" }, one.detail) : null,
      ])));
  }

  function figures() {
    return element("dl", { class: "plan-figures" }, data.facts.figures.map((one, k) =>
      element("div", { class: k ? "" : "plan-main" }, [element("dt", {}, one.label), element("dd", {}, [element("b", {}, one.value), element("small", {}, one.note)])])));
  }

  function searchBox() {
    const box = element("input", { type: "search", placeholder: t.search, "aria-label": t.search_label, autocomplete: "off", maxlength: "80" });
    const results = element("ul", { class: "plan-found", "aria-live": "polite" });
    const entries = searchEntries();
    box.addEventListener("input", function () {
      const wanted = box.value.trim().toLowerCase();
      results.replaceChildren();
      if (!wanted) return;
      const found = entries.filter((one) => one.key.includes(wanted));
      // Demand points come last: hundreds of them may hold the name of the unit that is looked for.
      const rank = (one) => (one.last ? 2 : 0) + (one.key.startsWith(wanted) ? 0 : 1);
      found.sort((a, b) => rank(a) - rank(b) || a.order - b.order);
      for (const one of found.slice(0, MAX_FOUND)) {
        const button = element("button", { type: "button", onclick: () => one.go() }, [element("span", {}, one.name), element("small", {}, one.topic)]);
        results.append(element("li", {}, button));
      }
      if (!found.length) results.append(element("li", { class: "plan-none" }, t.nothing_found));
      if (found.length > MAX_FOUND) results.append(element("li", { class: "plan-none" }, fill(t.and_more, number(found.length - MAX_FOUND))));
    });
    box.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && results.querySelector("button")) results.querySelector("button").click();
      if (event.key === "Escape") {
        box.value = "";
        results.replaceChildren();
      }
    });
    return element("section", { class: "plan-search", role: "search" }, [box, results]);
  }

  function searchEntries() {
    const out = [];
    const add = (name, id, topic, go, last) => out.push({ name: name || id, key: (name + " " + id).toLowerCase(), topic: topic, go: go, last: last, order: out.length });
    for (const level of layers.units.levels) level.data.name.forEach((name, k) => add(name, level.data.code[k], t["level_" + level.data.level], () => act.showUnit(level, k)));
    data.centres.name.forEach((name, k) => add(name, data.centres.id[k], t.centres, () => act.showCentre(k)));
    data.stations.name.forEach((name, k) => add(name, data.stations.id[k], popups.kindText(data.stations.kind[k]), () => act.showStation(k)));
    data.routes.id.forEach((id, k) => add(id, "", t.routes, () => act.showRoute(k)));
    for (const [k, name] of layers.demand.named()) add(name, "", t.demand_point, () => act.showDemand(k), true);
    return out;
  }

  function coverageGroup() {
    const levels = layers.units.levels;
    if (!levels.length) return null;
    const choices = levels.map((level) => level.data.level).concat([""]);
    const radios = choices.map(function (name) {
      const radio = element("input", { type: "radio", name: "plan-level", value: name });
      radio.checked = state.level === name;
      act.onChange(() => (radio.checked = state.level === name));
      radio.addEventListener("change", function () {
        state.level = name;
        act.changed();
      });
      return element("label", { class: "plan-choice" }, [radio, element("span", {}, t["level_" + (name || "none")])]);
    });
    return group(t.coverage_of, [element("div", { class: "plan-choices" }, radios), shadeLegend(), flag("boundary", t.boundary, lineSign("#2f3a45", 2)), flag("names", t.names, sign((c, x, y) => textSign(c, x, y)))]);
  }

  function textSign(context, x, y) {
    context.font = "600 12px " + FONT;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = "#27323d";
    context.fillText(data.language === "zh" ? "文" : "Aa", x, y);
  }

  function shadeLegend() {
    const ends = [0, ...data.breaks, 1].map((v) => Math.round(100 * v));
    const cells = SHADES.map((shade, k) => element("div", {}, [
      element("i", { style: "background:" + shade }), element("span", {}, ends[k] + "–" + ends[k + 1] + (k === SHADES.length - 1 ? " %" : "")),
    ]));
    const blank = layers.units.levels.some((level) => level.data.covered_share.includes(null));
    if (blank) cells.push(element("div", {}, [element("i", { style: "background:#eceae6" }), element("span", {}, t.no_people)]));
    return element("div", { class: "plan-shades" }, cells);
  }

  function demandGroup() {
    const d = layers.demand;
    const dot = sign(function (context, x, y) {
      context.fillStyle = COVERED_COLOUR;
      context.globalAlpha = 0.7;
      drawMark(context, "circle", x, y, 5);
    });
    const rows = d.present.map(function (one) {
      const mark = markOf(one.reason);
      const shape = sign(function (context, x, y) {
        context.fillStyle = mark.colour;
        drawMark(context, mark.shape, x, y, 5);
      });
      const write = (on) => { state.reasons[one.reason] = on; d.forget(); };
      return switchRow(popups.reasonText(one.reason), shape, () => state.reasons[one.reason] !== false, write, number(one.people));
    });
    const write = (on) => { state.covered = on; d.forget(); };
    const coveredRow = d.n ? switchRow(t.covered, dot, () => state.covered, write, number(d.coveredPeople)) : null;
    return group(t.demand, [coveredRow, ...rows]);
  }

  function stationGroup() {
    const tally = new Map();
    for (let k = 0; k < layers.stations.n; k++) tally.set(layers.stations.key(k), (tally.get(layers.stations.key(k)) || 0) + 1);
    const rows = [...tally.keys()].sort().map(function (key) {
      const [kind, role] = key.split("/");
      const shape = sign((context, x, y) => drawStation(context, kind, role, x, y + 0.5, 5.5));
      const label = popups.kindText(kind) + (data.language === "zh" ? "·" : ", ") + popups.roleText(role);
      return switchRow(label, shape, () => state.stations[key] !== false, (on) => (state.stations[key] = on), number(tally.get(key)));
    });
    const c = data.closed;
    const nUnused = layers.stations.closed.n - c.n_forbidden;
    if (layers.stations.nAreas) rows.push(flag("areas", t.areas, areaSign()));
    if (layers.stations.n) rows.push(flag("catchments", t.catchments, lineSign(INK, 0.8)));
    if (c.n_forbidden) rows.push(flag("forbidden", t.forbidden, sign((g, x, y) => drawClosed(g, true, x, y, 4)), number(c.n_forbidden)));
    if (nUnused) rows.push(flag("unused", t.unused, sign((g, x, y) => drawClosed(g, false, x, y, 5)), number(nUnused)));
    return group(t.stations, rows);
  }

  function areaSign() {
    return sign(function (context) {
      context.beginPath();
      for (const [x, y] of [[3, 10], [8, 3], [15, 6], [21, 4], [20, 13], [12, 15], [7, 14]]) context.lineTo(x, y);
      context.closePath();
      paintArea(context);
    });
  }

  function roadGroup() {
    if (layers.roads.empty) return null;
    const sample = sign(function (context) {
      for (const [y, kind] of [[4, "primary"], [9, "minor"], [14, "foot"]]) {
        context.beginPath();
        context.moveTo(2, y);
        context.lineTo(22, y);
        context.strokeStyle = ROADS[kind].colour;
        context.lineWidth = { primary: 3, minor: 1.6, foot: 1.2 }[kind];
        context.setLineDash(ROADS[kind].dash);
        context.stroke();
      }
    });
    return group(t.roads, [flag("roads", [t.road_major, t.road_minor, t.road_foot].join(" · "), sample)]);
  }

  function routeGroup() {
    const r = data.routes;
    const nUnserved = data.unserved.n_stations;
    const general = [
      data.centres.id.length ? flag("centres", t.centres, sign((c, x, y) => drawCentre(c, x, y, 8)), number(data.centres.id.length)) : null,
      r.id.length ? flag("routes", t.routes, lineSign(ROUTE_COLOURS[0], 3), number(r.id.length)) : null,
      r.id.length ? flag("stopOrder", t.stop_order, sign(numberSign)) : null,
      nUnserved ? flag("unserved", t.unserved, sign((c, x, y) => drawUnserved(c, x, y, 7)), number(nUnserved)) : null,
    ];
    return group(t.routes, [...general, r.id.length ? routeList() : null]);
  }

  function numberSign(context, x, y) {
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.fillStyle = ROUTE_COLOURS[0];
    context.fill();
    context.font = "700 10px " + FONT;
    context.fillStyle = "#fff";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText("3", x, y + 0.5);
  }

  function routeList() {
    const r = data.routes;
    const rows = r.id.map(function (id, k) {
      const style = routeStyle(k);
      const row = switchRow(id, lineSign(style.colour, 3.4, style.dash.map((v) => v * 0.7)), () => !state.hiddenRoutes.has(k), (on) => (on ? state.hiddenRoutes.delete(k) : state.hiddenRoutes.add(k)));
      row.classList.add("plan-route");
      const text = fill(t.route_row, number(r.n_stops[k]), number(r.distance_m[k] / 1000, 1), clock(r.start_s[k]), clock(r.end_s[k]));
      const only = element("button", { type: "button", title: t.only_this, "aria-label": t.only_this + " " + id, onclick: () => act.showRoute(k) }, text);
      return element("li", { "data-route": id }, [row, only]);
    });
    const setAll = (on) => function () {
      state.onlyRoute = null;
      state.routes = true;
      state.hiddenRoutes = new Set(on ? [] : r.id.map((_, k) => k));
      act.changed();
    };
    const buttons = element("p", { class: "plan-buttons" }, [
      element("button", { type: "button", onclick: setAll(true) }, t.show_all), element("button", { type: "button", onclick: setAll(false) }, t.none),
    ]);
    const list = element("ul", { class: "plan-routes" }, rows);
    act.onChange(() => [...list.children].forEach((row, k) => row.classList.toggle("plan-chosen", state.onlyRoute === k)));
    return element("div", {}, [buttons, list]);
  }

  function listing(title, items) {
    return items.length ? element("section", { class: "plan-listing" }, [element("h2", {}, title), element("ul", {}, items.map((item) => element("li", {}, item)))]) : null;
  }

  function footer() {
    const f = data.facts;
    return element("footer", {}, [
      listing(t.notes, f.notes), listing(t.sources, f.sources),
      element("p", { class: "plan-labels" }, f.labels.join(" · ")),
    ]);
  }

  const legend = element("section", { class: "plan-legend" }, [
    element("h2", {}, t.layers), stationGroup(), coverageGroup(), demandGroup(), routeGroup(), roadGroup(),
  ]);
  return element("aside", { class: "plan-panel", "aria-label": t.panel }, [header(), statusBlock(), figures(), searchBox(), legend, footer()]);
}

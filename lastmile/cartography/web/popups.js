// What a click says: the figures of the thing under it.

function popupContents(data, layers) {
  const t = data.texts;

  function card(title, rows, extra, warning) {
    const body = rows.filter((row) => row[1] !== null && row[1] !== "" && row[1] !== "–");
    return element("div", { class: "plan-card" }, [
      element("h3", {}, title),
      warning || null,
      element("table", {}, body.map((row) => element("tr", {}, [element("th", { scope: "row" }, row[0]), element("td", {}, row[1])]))),
      extra || null,
    ]);
  }

  const roleText = (role) => t["role_" + role] || role;
  const kindText = (kind) => t["kind_" + kind] || kind;
  const premisesText = (premises) => t["premises_" + premises] || premises;
  const classText = (name) => t[name] || "";
  const reasonText = (reason) => t["reason_" + reason] || reason;

  function visitText(stop) {
    const s = data.stops;
    return fill(t.visit, data.routes.id[s.route[stop]], number(s.sequence[stop]), clock(s.arrival_s[stop]), clock(s.departure_s[stop]), number(s.load_parcels[stop]));
  }

  function station(k) {
    const s = data.stations;
    const visits = layers.routes.stopsOfStation.get(k) || [];
    const list = visits.length ? element("ul", { class: "plan-visits" }, visits.map((stop) => element("li", {}, visitText(stop)))) : null;
    const lost = lostVisits(k);
    const rows = [
      [t.kind, kindText(s.kind[k])], [t.role, roleText(s.role[k])], [t.id, s.id[k]],
      [t.premises, premisesText(s.premises[k])], [t.opened, s.opened[k] === null ? "" : String(s.opened[k])],
      [t.people_served, number(s.people_served[k])], [t.load, number(s.load[k])],
      [t.utilisation, percentOver(s.utilisation[k])], [t.phase, s.phase[k] === null ? "" : number(s.phase[k])],
    ];
    return card(s.name[k] || s.id[k], rows, list, lost);
  }

  // Visits that no route makes, those of one reason and remedy together; null where all are made.
  function lostVisits(k) {
    const u = data.unserved;
    const tally = new Map();
    u.station.forEach(function (station, visit) {
      if (station !== k) return;
      const told = unservedReason(u.reason[visit]) + (u.remedy[visit] ? "\n" + fill(t.remedy_is, u.remedy[visit]) : "");
      tally.set(told, (tally.get(told) || 0) + 1);
    });
    if (!tally.size) return null;
    return element("ul", { class: "plan-lost" }, [...tally].map(([told, n]) => element("li", {}, "⊘ " + fill(t.visits_unserved, number(n), told))));
  }

  const unservedReason = (reason) => t["reason_unserved_" + reason] || reason;

  function percentOver(value) {
    return value === null ? "" : number(100 * value, 1) + " %";
  }

  function unit(hit) {
    const u = hit.level;
    const k = hit.unit;
    return card(u.name[k] || u.code[k], [
      [t.code, u.code[k]], [t.class, classText(u["class"][k])], [t.people, number(u.people[k])],
      [t.covered, number(u.covered_people[k])], [t.covered_share, percent(u.covered_share[k])],
      [t.outline, u.estimated[k] ? t.outline_estimated : ""],
    ]);
  }

  function stop(k) {
    return card(data.stops.name[k] || data.stops.stop_id[k], [[t.id, data.stops.stop_id[k]]], element("p", {}, visitText(k)));
  }

  function route(k) {
    const r = data.routes;
    const depot = data.centres.id.indexOf(r.depot_id[k]);
    return card(r.id[k], [
      [t.vehicle, r.vehicle_type[k]], [t.depot, depot < 0 ? r.depot_id[k] : data.centres.name[depot] || r.depot_id[k]],
      [t.stops, number(r.n_stops[k])], [t.distance, fill(t.kilometres, number(r.distance_m[k] / 1000, 1))],
      [t.hours, clock(r.start_s[k]) + "–" + clock(r.end_s[k])],
      [t.duration, fill(t.minutes, number(r.duration_s[k] / 60))], [t.load_parcels, number(r.load_parcels[k])],
      [t.cost, number(r.cost_yuan[k])], [t.co2e, number(r.co2e_kg[k], 1)],
    ]);
  }

  function centre(k) {
    const c = data.centres;
    return card(c.name[k] || c.id[k], [[t.kind, t.centres], [t.id, c.id[k]], [t.routes, number(c.n_routes[k])], [t.load_parcels, number(c.load[k])]]);
  }

  function closedSite(k) {
    const c = data.closed;
    const kind = k < c.kind.length ? kindText(c.kind[k]) : "";
    const name = k < c.id.length ? c.name[k] || c.id[k] : t.unused;
    const premises = k < c.kind.length ? premisesText(c.premises[k]) : "";
    return card(name, [[t.kind, kind], [t.premises, premises], [t.role, k < c.n_forbidden ? t.forbidden : t.unused], [t.id, c.id[k] || ""]]);
  }

  function unservedStop(k) {
    const u = data.unserved;
    return card(t.unserved, [[t.id, u.stop_id[k]], [t.reason, unservedReason(u.reason[k])], [t.remedy, u.remedy[k]]]);
  }

  function demandPoint(k) {
    const p = layers.demand.describe(k);
    const name = p.station < 0 ? "" : data.stations.name[p.station] || data.stations.id[p.station];
    return card(p.name || t.demand_point, [
      [t.kind, p.name ? t.demand_point : ""], [t.people, number(p.people, p.people < 100 && p.people % 1 ? 1 : 0)], [t.class, p.rural ? t.rural : t.urban],
      [t.covered, p.covered ? "✓" : "✗"], [t.reason, p.covered ? "" : reasonText(p.reason)],
      [t.station, name], [t.distance_to_station, p.distance === null ? "" : fill(t.metres, number(p.distance, 1))],
      [t.service_distance, fill(t.metres, number(p.standard))], [t.remedy, p.remedy],
    ]);
  }

  function demandCell(hit) {
    const g = hit.grid;
    const k = hit.cell;
    const all = g.covered[k] + g.uncovered[k];
    return card(fill(t.demand_cell, number(g.size[k])), [
      [t.people, number(all)], [t.covered, number(g.covered[k])], [t.uncovered, number(g.uncovered[k])],
      [t.covered_share, all > 0 ? percent(g.covered[k] / all) : ""],
    ]);
  }

  // Demand points lie close: their card also tells the unit, which they would hide from clicks.
  function demand(hit, unitHit) {
    const own = "point" in hit ? demandPoint(hit.point) : demandCell(hit);
    return unitHit ? element("div", {}, [own, element("hr", {}), unit(unitHit)]) : own;
  }

  return {
    station: station, unit: unit, stop: stop, route: route, centre: centre, closedSite: closedSite,
    unserved: unservedStop, demand: demand, kindText: kindText,
    roleText: roleText, reasonText: reasonText,
  };
}

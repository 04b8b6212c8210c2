(function () {
"use strict";

var texts = JSON.parse(document.getElementById("texts").textContent);

function fill(text, values) {
  return values.reduce(function (told, value) { return told.replace("{}", value); }, text);
}

function button(text, act) {
  var made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

/* Every table: a copy, a file, and a filter where it is longer than a glance. */

var fewRows = 8;

function cellTexts(row) {
  return Array.prototype.map.call(row.cells, function (cell) { return cell.innerText.trim(); });
}

function shownRows(table) {
  return Array.prototype.filter.call(table.rows, function (row) { return !row.hidden; }).map(cellTexts);
}

/* A spreadsheet would run a cell that begins like a formula. */
function harmless(text) {
  return /^[=+\-@\t\r＝＋－＠]/.test(text) && isNaN(Number(text.replace(/[,%]/g, ""))) ? "'" + text : text;
}

function asCsv(rows) {
  return "\ufeff" + rows.map(function (row) {
    return row.map(function (text) { return '"' + harmless(text).replace(/"/g, '""') + '"'; }).join(",");
  }).join("\r\n") + "\r\n";
}

function asTabs(rows) {
  return rows.map(function (row) {
    return row.map(function (text) { return harmless(text).replace(/\s+/g, " "); }).join("\t");
  }).join("\n");
}

function save(name, text) {
  var link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
}

function copyOldWay(text) {
  var area = document.createElement("textarea");
  area.value = text;
  document.body.appendChild(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function copy(text, done) {
  if (navigator.clipboard && window.isSecureContext) {
    navigator.clipboard.writeText(text).then(done, function () { copyOldWay(text); done(); });
  } else {
    copyOldWay(text);
    done();
  }
}

function equip(table) {
  var tools = document.createElement("div"), input = document.createElement("input");
  var count = document.createElement("output"), rows = table.tBodies[0].rows;
  tools.className = "tools";
  input.type = "search";
  input.placeholder = input.ariaLabel = texts.filter;
  input.setAttribute("aria-controls", table.id);
  function filter() {
    var words = input.value.toLowerCase().split(/\s+/).filter(Boolean), n = 0;
    Array.prototype.forEach.call(rows, function (row) {
      var text = row.textContent.toLowerCase();
      row.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
      n += row.hidden ? 0 : 1;
    });
    count.textContent = fill(texts.rows_shown, [n, rows.length]);
  }
  input.addEventListener("input", filter);
  var copier = button(texts.copy, function () {
    copy(asTabs(shownRows(table)), function () {
      copier.textContent = texts.copied;
      setTimeout(function () { copier.textContent = texts.copy; }, 1500);
    });
  });
  var saver = button(texts.save_csv, function () { save(table.id + ".csv", asCsv(shownRows(table))); });
  if (rows.length > fewRows) { tools.append(input); }
  tools.append(copier, saver);
  if (rows.length > fewRows) { tools.append(count); }
  table.parentNode.before(tools);
  table.parentNode.tabIndex = 0;
  filter();
  table.showAll = function () { input.value = ""; filter(); };
}

Array.prototype.forEach.call(document.querySelectorAll("table.tool"), equip);

/* The map: buttons, dragging, keys; the wheel goes on scrolling the page, unless with Ctrl. */

var svg = document.getElementById("map-svg");

function startMap() {
  var whole = svg.viewBox.baseVal, full = [whole.x, whole.y, whole.width, whole.height], box = full.slice();
  var held = null, nMarks = svg.querySelectorAll(".mark").length;

  function show() {
    var least = full[2] / 400;
    box[2] = Math.min(full[2], Math.max(least, box[2]));
    box[3] = box[2] * full[3] / full[2];
    box[0] = Math.min(Math.max(box[0], full[0]), full[0] + full[2] - box[2]);
    box[1] = Math.min(Math.max(box[1], full[1]), full[1] + full[3] - box[3]);
    svg.setAttribute("viewBox", box.join(" "));
    /* Pins keep their size on the screen, however the sheet is fitted or zoomed. */
    var pixels = Math.min(svg.clientWidth / box[2], svg.clientHeight / box[3]);
    svg.style.setProperty("--pin", 1 / (pixels || 1));
    /* Hundreds of numbers would hide each other until one looks closely. */
    svg.classList.toggle("crowded", nMarks > 80 && box[2] > full[2] / 3);
    var fixed = svg.querySelector(".furniture");
    fixed.style.display = box[2] < full[2] * 0.999 ? "none" : "";
  }
  function zoom(factor, x, y) {
    var width = Math.min(full[2], box[2] * factor), share = width / box[2];
    box[0] = x - (x - box[0]) * share;
    box[1] = y - (y - box[1]) * share;
    box[2] = width;
    show();
  }
  function zoomMiddle(factor) { zoom(factor, box[0] + box[2] / 2, box[1] + box[3] / 2); }
  function at(event) {
    var point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [point.x, point.y];
  }
  function move(x, y) { box[0] += x; box[1] += y; show(); }
  function all() { box = full.slice(); show(); }

  document.querySelectorAll("[data-zoom]").forEach(function (one) {
    one.addEventListener("click", function () {
      if (one.dataset.zoom === "all") { all(); } else { zoomMiddle(one.dataset.zoom === "in" ? 0.5 : 2); }
    });
  });
  window.addEventListener("resize", show);
  window.addEventListener("beforeprint", all);
  svg.addEventListener("wheel", function (event) {
    if (!event.ctrlKey) { return; }
    event.preventDefault();
    var here = at(event);
    zoom(event.deltaY < 0 ? 0.8 : 1.25, here[0], here[1]);
  }, { passive: false });
  svg.addEventListener("dragstart", function (event) { event.preventDefault(); });
  svg.addEventListener("pointerdown", function (event) { held = at(event); });
  window.addEventListener("pointermove", function (event) {
    if (!held) { return; }
    var here = at(event);
    move(held[0] - here[0], held[1] - here[1]);
  });
  window.addEventListener("pointerup", function () { held = null; });
  window.addEventListener("pointercancel", function () { held = null; });
  svg.addEventListener("keydown", function (event) {
    var step = box[2] / 8;
    var act = {
      "+": function () { zoomMiddle(0.5); }, "=": function () { zoomMiddle(0.5); },
      "-": function () { zoomMiddle(2); }, "0": all,
      ArrowLeft: function () { move(-step, 0); }, ArrowRight: function () { move(step, 0); },
      ArrowUp: function () { move(0, -step); }, ArrowDown: function () { move(0, step); },
    }[event.key];
    if (act && !event.ctrlKey && !event.metaKey) { event.preventDefault(); act(); }
  });
  show();
  return function goTo(mark) {
    var where = mark.querySelector("g").transform.baseVal[0].matrix;
    box[2] = Math.min(box[2], full[2] / 8);
    box[3] = box[2] * full[3] / full[2];
    box[0] = where.e - box[2] / 2;
    box[1] = where.f - box[3] / 2;
    show();
    svg.scrollIntoView({ block: "center" });
    mark.focus({ preventScroll: true });
  };
}

window.lastmileHealth = { harmless: harmless };

var goTo = svg ? startMap() : null;
window.addEventListener("beforeprint", function () {
  document.querySelectorAll("table.tool").forEach(function (table) { table.showAll(); });
});

document.addEventListener("click", function (event) {
  var link = event.target.closest && event.target.closest('a[href^="#m"], a[href^="#s"]');
  var goal = link && document.getElementById(link.getAttribute("href").slice(1));
  if (!goal) { return; }
  if (goal.classList.contains("mark")) {
    event.preventDefault();
    goTo(goal);
  } else if (goal.tagName === "TR") {
    event.preventDefault();
    goal.closest("table").showAll();
    document.querySelectorAll("tr.found").forEach(function (row) { row.classList.remove("found"); });
    goal.classList.add("found");
    goal.scrollIntoView({ block: "center" });
    goal.focus({ preventScroll: true });
  }
});
})();

// A canvas over the map that draws what its painters paint, again after every move.

const PlanCanvas = L.Renderer.extend({
  options: { padding: 0.15, painters: [] },

  _initContainer: function () {
    this._container = L.DomUtil.create("canvas", "plan-canvas");
    this._container.setAttribute("aria-hidden", "true");
  },

  _destroyContainer: function () {
    L.DomUtil.remove(this._container);
    this._container = null;
  },

  _updatePaths: function () {},

  getEvents: function () {
    const events = L.Renderer.prototype.getEvents.call(this);
    events.move = this._redrawWhenDraggedFar;
    return events;
  },

  _redrawWhenDraggedFar: function () {
    if (!this._bounds || this._map._animatingZoom || this._zoom !== this._map.getZoom()) return;
    const seen = this._map.containerPointToLayerPoint([0, 0]);
    const size = this._map.getSize();
    if (!this._bounds.contains(L.bounds(seen, seen.add(size)))) this._update();
  },

  _update: function () {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize();
    const ratio = this.options.sharp ? 2 : Math.min(window.devicePixelRatio || 1, 2);
    const canvas = this._container;
    canvas.width = size.x * ratio;
    canvas.height = size.y * ratio;
    canvas.style.width = size.x + "px";
    canvas.style.height = size.y + "px";
    L.DomUtil.setPosition(canvas, this._bounds.min);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.lineJoin = context.lineCap = "round";
    const view = this._view(size);
    for (const paint of this.options.painters) {
      context.save();
      paint(context, view);
      context.restore();
    }
  },

  _view: function (size) {
    const scale = 256 * Math.pow(2, this._zoom);
    const origin = this._map.getPixelOrigin().add(this._bounds.min);
    const margin = 24 / scale;
    return {
      zoom: this._zoom,
      scale: scale,
      width: size.x,
      height: size.y,
      px: (x) => x * scale - origin.x,
      py: (y) => y * scale - origin.y,
      west: origin.x / scale - margin,
      north: origin.y / scale - margin,
      east: (origin.x + size.x) / scale + margin,
      south: (origin.y + size.y) / scale + margin,
    };
  },

  redraw: function () {
    if (this._map) this._update();
  },

  // Printing plays strokes back one by one and gives up when they are many: leave one picture.
  settle: function () {
    const canvas = this._container;
    const copy = document.createElement("canvas");
    copy.width = canvas.width;
    copy.height = canvas.height;
    const kept = copy.getContext("2d", { willReadFrequently: true });
    kept.drawImage(canvas, 0, 0);
    kept.getImageData(0, 0, 1, 1);
    canvas.width = copy.width; // empties it, and forgets the strokes
    canvas.getContext("2d").drawImage(copy, 0, 0);
  },
});

// Add line k to the path, leaving out vertices nearer than a pixel to the one before.
function trace(context, shape, k, view, closed) {
  const last = shape.start[k + 1] - 1;
  let px = view.px(shape.x[shape.start[k]]);
  let py = view.py(shape.y[shape.start[k]]);
  context.moveTo(px, py);
  for (let v = shape.start[k] + 1; v <= last; v++) {
    const qx = view.px(shape.x[v]);
    const qy = view.py(shape.y[v]);
    if (v < last && Math.abs(qx - px) < 1 && Math.abs(qy - py) < 1) continue;
    context.lineTo(qx, qy);
    px = qx;
    py = qy;
  }
  if (closed) context.closePath();
}

// Remembers where labels stand, so that none covers another.
function labelSpace() {
  const taken = [];
  function free(west, north, east, south) {
    for (const box of taken) {
      if (west < box[2] && east > box[0] && north < box[3] && south > box[1]) return false;
    }
    taken.push([west, north, east, south]);
    return true;
  }
  // For signs, which stand where they stand, whatever else is there.
  free.take = (west, north, east, south) => taken.push([west, north, east, south]);
  return free;
}

const FONT =
  '"Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei","Heiti SC",sans-serif';

function haloText(context, text, x, y, colour, halo) {
  context.lineWidth = 3;
  context.strokeStyle = halo || "rgba(255,255,255,.9)";
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

// The road network as base map: quiet greys, broader classes on top, names along main roads.

const ROADS = {
  //          from zoom, width at zoom 12, growth per zoom, colour
  foot: { zoom: 14.5, width: 0.35, colour: "#b9b4a8", dash: [3, 2.5] },
  minor: { zoom: 13, width: 0.55, colour: "#c3c0ba", dash: [] },
  tertiary: { zoom: 11.75, width: 0.9, colour: "#b3b0ab", dash: [] },
  secondary: { zoom: 10.5, width: 1.3, colour: "#a5a29e", dash: [] },
  primary: { zoom: 9, width: 1.7, colour: "#989591", dash: [] },
  trunk: { zoom: 0, width: 2, colour: "#8b8985", dash: [] },
  motorway: { zoom: 0, width: 2.2, colour: "#7e7c79", dash: [] },
};
const SMALL_NETWORK = 120000; // vertices; below, minor roads are drawn from further out

const CHUNK = 40;

function roadWidth(style, zoom) {
  return Math.max(0.5, style.width * Math.pow(1.42, zoom - 12));
}

function roadLayer(data, state) {
  const blocks = data.roads.blocks.map(function (block) {
    const shape = lines(block);
    return { kind: block.class, style: ROADS[block.class], shape: shape, name: block.name ? counts(block.name) : null };
  });
  const size = blocks.reduce((sum, block) => sum + block.shape.x.length, 0);
  const earlier = size < SMALL_NETWORK ? 1.5 : 0;
  const shown = (block, zoom) => zoom >= block.style.zoom - earlier;

  function strokes(context, view) {
    if (!state.roads) return;
    for (const block of blocks.slice().reverse()) {
      if (!shown(block, view.zoom)) continue;
      context.strokeStyle = block.style.colour;
      context.lineWidth = roadWidth(block.style, view.zoom);
      context.setLineDash(block.style.dash);
      strokeInChunks(context, view, block.shape);
    }
    context.setLineDash([]);
  }

  // One path of all lines is slow to fill in; many short ones look the same.
  function strokeInChunks(context, view, shape) {
    let traced = 0;
    context.beginPath();
    for (let k = 0; k < shape.n; k++) {
      if (!boxesMeet(shape.box, k, view)) continue;
      trace(context, shape, k, view, false);
      if (++traced % CHUNK === 0) {
        context.stroke();
        context.beginPath();
      }
    }
    context.stroke();
  }

  function names(context, view, free) {
    if (!state.roads || !state.names || view.zoom < 12.5) return;
    context.font = "11px " + FONT;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const placed = {};
    for (const block of blocks) {
      if (!block.name || view.zoom < block.style.zoom + 2.25) continue;
      for (let k = 0; k < block.shape.n; k++) {
        const name = data.roads.names[block.name[k]];
        if (name && boxesMeet(block.shape.box, k, view)) nameRoad(context, view, free, block.shape, k, name, placed);
      }
    }
  }

  function nameRoad(context, view, free, shape, k, name, placed) {
    const middle = Math.floor((shape.start[k] + shape.start[k + 1] - 1) / 2);
    const ax = view.px(shape.x[middle]), ay = view.py(shape.y[middle]);
    const bx = view.px(shape.x[middle + 1]), by = view.py(shape.y[middle + 1]);
    const x = (ax + bx) / 2, y = (ay + by) / 2;
    const first = shape.start[k], last = shape.start[k + 1] - 1;
    const span = Math.hypot(view.px(shape.x[last]) - view.px(shape.x[first]), view.py(shape.y[last]) - view.py(shape.y[first]));
    const width = context.measureText(name).width;
    if (span < width * 1.1 || (placed[name] || []).some((at) => Math.hypot(at[0] - x, at[1] - y) < 320)) return;
    let turn = Math.atan2(by - ay, bx - ax);
    if (turn > Math.PI / 2 || turn <= -Math.PI / 2) turn += turn > 0 ? -Math.PI : Math.PI;
    const halfX = (Math.abs(Math.cos(turn)) * width) / 2 + 7;
    const halfY = (Math.abs(Math.sin(turn)) * width) / 2 + 7;
    if (!free(x - halfX, y - halfY, x + halfX, y + halfY)) return;
    (placed[name] = placed[name] || []).push([x, y]);
    context.save();
    context.translate(x, y);
    context.rotate(turn);
    haloText(context, name, 0, 0, "#5f5b55");
    context.restore();
  }

  return { strokes: strokes, names: names, empty: !blocks.length };
}

// The loss, epoch by epoch, as a curve that grows.

const FRAME = { left: 70, right: 625, top: 15, bottom: 170 };
const MOST_POINTS = 500;

function showCurve(svg) {
  return ({ losses }) => {
    const seen = losses.map((loss, epoch) => [epoch, loss]).filter(([, loss]) => Number.isFinite(loss));
    const every = Math.ceil(seen.length / MOST_POINTS);
    const points = seen.filter((_, k) => k % every === 0 || k === seen.length - 1);
    const highest = Math.max(...points.map(([, loss]) => loss));
    const lowest = Math.min(0, ...points.map(([, loss]) => loss));
    const last = Math.max(10, losses.length - 1);
    const x = epoch => FRAME.left + ((FRAME.right - FRAME.left) * epoch) / last;
    const y = loss => FRAME.bottom - ((FRAME.bottom - FRAME.top) * (loss - lowest)) / (highest - lowest || 1);
    const at = ([epoch, loss]) => `${x(epoch).toFixed(1)},${y(loss).toFixed(1)}`;
    const parts = [
      drawn("line", { x1: FRAME.left, x2: FRAME.right, y1: FRAME.bottom, y2: FRAME.bottom }),
      drawn("line", { x1: FRAME.left, x2: FRAME.left, y1: FRAME.top, y2: FRAME.bottom }),
      drawn("text", { x: FRAME.left - 6, y: FRAME.top + 4, "text-anchor": "end" }, shown(highest, 4)),
      drawn("text", { x: FRAME.left - 6, y: FRAME.bottom + 4, "text-anchor": "end" }, shown(lowest, 4)),
      drawn("text", { x: FRAME.right, y: FRAME.bottom + 20, "text-anchor": "end" }, `epoch ${last}`),
      drawn("polyline", { points: points.map(at).join(" ") }),
    ];
    if (points.length) {
      const [cx, cy] = at(points[points.length - 1]).split(",");
      parts.push(drawn("circle", { cx, cy, r: 4 }));
    }
    svg.replaceChildren(...parts);
  };
}

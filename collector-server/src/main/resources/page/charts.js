// Measures over time: one chart for each unit, the alert marked, all with the same pointer and the
// same chosen span. Arrow keys move the pointer of a chart that has the focus.

import { Component, createRef, uPlot } from './lib.js';
import { html } from './html.js';
import { colour } from './theme.js';
import { instant, utc } from './time.js';
import { measured } from './words.js';

const HEIGHT = 150;
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3]];
const STEP = 10;
const FEW = 40;

/** Steps of an axis of bytes, so that it has 64 MiB and not 61. */
const POWERS = Array.from({ length: 50 }, (_, i) => 2 ** i);

/** The times of an answer of the API, in milliseconds. */
export const timesOf = ({ from, bucketMillis, buckets }) => {
  const start = Date.parse(from);
  return {
    start,
    end: start + buckets * bucketMillis,
    middles: Array.from({ length: buckets }, (_, i) => start + (i + 0.5) * bucketMillis),
  };
};

/**
 * `lines` are `{label, unit, values, whole}`, `whole` a text about all values together; `span` is
 * `[from, to]` in milliseconds, `alert` a time or null, `at` the bucket under the pointer or null.
 * `onPoint(bucket)` and `onZoom(from, to)` say what the reader does; `onZoom()` asks for all.
 */
export class Chart extends Component {
  box = createRef();

  componentDidMount() {
    this.draw();
    this.watch = new ResizeObserver(() => this.plot && this.plot.setSize(this.size()));
    this.watch.observe(this.box.current);
    addEventListener('whorl-theme', this.draw);
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.dark.addEventListener('change', this.draw);
  }

  componentDidUpdate(before) {
    const { lines, span, at } = this.props;
    if (before.lines !== lines || String(before.span) !== String(span)) this.draw();
    else if (before.at !== at) this.point(at);
  }

  componentWillUnmount() {
    this.watch.disconnect();
    removeEventListener('whorl-theme', this.draw);
    this.dark.removeEventListener('change', this.draw);
    this.plot?.destroy();
  }

  size() {
    return { width: Math.max(220, this.box.current.clientWidth), height: HEIGHT };
  }

  draw = () => {
    this.plot?.destroy();
    const { times, lines } = this.props;
    this.plot = new uPlot(
      this.options(),
      [times.middles, ...lines.map(({ values }) => values)],
      this.box.current,
    );
  };

  options() {
    const { lines, span } = this.props;
    const text = colour('--muted');
    const grid = { stroke: colour('--line'), width: 1 };
    const axis = { stroke: text, font: '11px system-ui', ticks: { show: false } };
    return {
      ...this.size(),
      ms: 1,
      legend: { show: false },
      padding: [8, 28, 0, 0],
      scales: {
        x: { time: true, range: span },
        y: { range: (_, least, most) => [0, most > 0 ? most * 1.05 : 1] },
      },
      cursor: { y: false, drag: { x: true, y: false, setScale: false } },
      series: [
        {},
        ...lines.map(({ values }, line) => ({
          stroke: colour(`--series-${line + 1}`),
          dash: DASHES[line],
          width: 1.5,
          spanGaps: true,
          points: { show: values.filter((value) => value !== null).length <= FEW, size: 5 },
        })),
      ],
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 24,
          space: 80,
          values: (_, shown) => shown.map((time) => utc(instant(time), false, 0)),
        },
        {
          ...axis,
          grid,
          size: 62,
          ...(lines[0].unit.startsWith('bytes') ? { incrs: POWERS } : {}),
          values: (_, shown) => shown.map((value) => measured(value, lines[0].unit)),
        },
      ],
      hooks: {
        draw: [this.mark],
        setSelect: [this.selected],
        setCursor: [this.hovered],
        ready: [(plot) => plot.over.addEventListener('dblclick', () => this.props.onZoom())],
      },
    };
  }

  /** The moment of the alert, as a line. */
  mark = (plot) => {
    const { alert, span } = this.props;
    if (alert === null || alert < span[0] || alert > span[1]) return;
    const left = Math.round(plot.valToPos(alert, 'x', true));
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = colour('--bad');
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  };

  selected = (plot) => {
    const { left, width } = plot.select;
    if (width < 4) return;
    const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.props.onZoom(instant(Math.floor(from)), instant(Math.ceil(to)));
  };

  hovered = (plot) => {
    if (this.pointing) return;
    const { idx } = plot.cursor;
    if ((idx ?? null) !== this.props.at) this.props.onPoint(idx ?? null);
  };

  /** Moves the pointer of this chart to a bucket that another chart or a key has chosen. */
  point(at) {
    if (!this.plot || this.plot.cursor.idx === at) return;
    this.pointing = true;
    this.plot.setCursor(
      at === null
        ? { left: -10, top: -10 }
        : { left: this.plot.valToPos(this.props.times.middles[at], 'x'), top: 10 },
    );
    this.pointing = false;
  }

  pressed = (event) => {
    const { times, span, at, onPoint, onZoom } = this.props;
    const shown = times.middles.flatMap((time, i) => (time >= span[0] && time <= span[1] ? i : []));
    const [first, last] = [shown[0] ?? 0, shown[shown.length - 1] ?? 0];
    const moves = {
      ArrowLeft: (at ?? last + 1) - 1,
      ArrowRight: (at ?? first - 1) + 1,
      PageDown: (at ?? last) - STEP,
      PageUp: (at ?? first) + STEP,
      Home: first,
      End: last,
    };
    if (event.key in moves) onPoint(Math.max(first, Math.min(last, moves[event.key])));
    else if (event.key === 'Enter' && at !== null) this.hold(at);
    else if (event.key === 'Backspace') onZoom();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** Enter begins a span at the pointer, and ends it there the next time. */
  hold(at) {
    const { times, onZoom } = this.props;
    const held = this.state.held ?? null;
    this.setState({ held: held === null ? at : null });
    if (held === null || held === at) return;
    const half = (times.middles[1] - times.middles[0]) / 2;
    onZoom(
      instant(Math.floor(times.middles[Math.min(held, at)] - half)),
      instant(Math.ceil(times.middles[Math.max(held, at)] + half)),
    );
  }

  render({ title, lines, times, at }, { held = null }) {
    const values = lines.map(
      ({ label, unit, values: all, whole }) =>
        `${label} ${at === null ? whole : valueAt(all, at, unit)}`,
    );
    const moment = at === null ? 'Whole recording' : clock(times, at);
    return html`<figure class="chart">
      <h3>${title}</h3>
      <div
        ref=${this.box}
        class="chart-box"
        tabIndex="0"
        role="slider"
        aria-label=${title}
        aria-valuemin="0"
        aria-valuemax=${Math.max(0, times.middles.length - 1)}
        aria-valuenow=${at ?? 0}
        aria-valuetext=${`${moment}: ${values.join(', ')}`}
        onKeyDown=${this.pressed}
      ></div>
      <figcaption class="small">
        <ul class="legend">
          ${lines.map(
            ({ label, unit, values: all, whole }, line) => html`<li key=${label}>
              <span class=${`swatch swatch-${line + 1}`} aria-hidden="true"></span>${' '}
              ${label}${' '}
              <b>${at === null ? whole : valueAt(all, at, unit)}</b>
            </li>`,
          )}
        </ul>
        ${held !== null && html`<p class="muted">Enter again ends the span.</p>`}
      </figcaption>
    </figure>`;
  }
}

const day = (millis) => instant(millis).slice(0, 10);

/** The time of a bucket, for people; with its date if the recording has more than one day. */
export const clock = (times, at) =>
  utc(instant(times.middles[at]), day(times.start) !== day(times.end), 1);

/** The value of a bucket, or the last one before it. */
function valueAt(values, at, unit) {
  for (let i = at; i >= 0; i--) {
    if (values[i] !== null && values[i] !== undefined) return measured(values[i], unit);
  }
  return '–';
}

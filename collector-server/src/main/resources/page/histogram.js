// How much happened when, a lane for each category. The lanes are logarithmic each for itself, so
// that one process start stands out beside ten thousand loaded classes.

import { Component, createRef, uPlot } from './lib.js';
import { html } from './html.js';
import { colour } from './theme.js';
import { instant, utc } from './time.js';
import { count, spoken } from './words.js';

const ORDER = [
  'intrusion_detection',
  'web',
  'process',
  'file',
  'network',
  'library',
  'configuration',
  'authentication',
  'host',
];
const LANE = 24;
const AXIS = 26;
const FULL = 0.82;

const place = (category) => (ORDER.indexOf(category) + ORDER.length + 1) % (ORDER.length + 1);

/**
 * `of` is the API's histogram. `onZoom(from, to)` gets the times of what was dragged over;
 * a double click calls `onZoom()`.
 */
export class Histogram extends Component {
  box = createRef();

  componentDidMount() {
    this.draw();
    this.watch = new ResizeObserver(
      () => this.plot && this.box.current && this.plot.setSize(this.size()),
    );
    this.watch.observe(this.box.current);
    addEventListener('whorl-theme', this.draw);
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.dark.addEventListener('change', this.draw);
  }

  componentDidUpdate(before) {
    if (before.of !== this.props.of) this.draw();
  }

  componentWillUnmount() {
    this.watch.disconnect();
    removeEventListener('whorl-theme', this.draw);
    this.dark.removeEventListener('change', this.draw);
    this.plot?.destroy();
  }

  size() {
    return {
      width: Math.max(240, this.box.current.clientWidth),
      height: this.lanes.length * LANE + AXIS,
    };
  }

  draw = () => {
    this.plot?.destroy();
    this.plot = null;
    const { from, to, series = [] } = this.props.of;
    this.lanes = [...series]
      .filter(({ counts }) => counts.some(Boolean))
      .sort((a, b) => place(b.category) - place(a.category));
    if (!from || !this.lanes.length) return;
    const [start, end] = [Date.parse(from), Date.parse(to)];
    const buckets = this.lanes[0].counts.length;
    const width = Math.max(end - start, 1) / buckets;
    const middles = Array.from({ length: buckets }, (_, i) => start + (i + 0.5) * width);
    this.plot = new uPlot(
      this.options(start, end),
      [middles, ...this.lanes.map(laneHeights)],
      this.box.current,
    );
  };

  options(start, end) {
    const text = colour('--muted');
    const lanes = this.lanes;
    return {
      ...this.size(),
      ms: 1,
      legend: { show: false },
      padding: [0, 8, 0, 0],
      scales: {
        x: { time: true, range: [start, Math.max(end, start + 1)] },
        y: { range: [0, lanes.length] },
      },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
      },
      series: [
        {},
        ...lanes.map(({ category }, lane) => bar(lane, colour(categoryColour(category)))),
      ],
      axes: [
        {
          stroke: text,
          grid: { show: false },
          ticks: { stroke: colour('--line') },
          size: AXIS,
          font: '11px system-ui',
          space: 90,
          values: (_, times, __, ___, step) => times.map((time) => tick(time, step)),
        },
        {
          stroke: text,
          size: matchMedia('(max-width: 640px)').matches ? 64 : 92,
          font: '11px system-ui',
          grid: { stroke: colour('--line'), width: 1 },
          ticks: { show: false },
          splits: () => lanes.map((_, lane) => lane + 0.5),
          filter: (_, splits) => splits,
          values: (_, splits) => splits.map((at) => name(lanes[at - 0.5]?.category)),
        },
      ],
      hooks: {
        setSelect: [this.selected],
        setCursor: [this.hovered],
        ready: [(plot) => plot.over.addEventListener('dblclick', () => this.props.onZoom())],
      },
    };
  }

  selected = (plot) => {
    const { left, width } = plot.select;
    if (width < 4) return;
    const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.props.onZoom(instant(Math.floor(from)), instant(Math.ceil(to)));
  };

  hovered = (plot) => {
    const { idx } = plot.cursor;
    if (idx !== this.state.at) this.setState({ at: idx ?? null });
  };

  render({ of, label = 'Events over time by category' }, { at }) {
    const total = (of.series ?? [])
      .map(
        ({ category, counts }) => `${spoken(category)} ${count(counts.reduce((a, b) => a + b, 0))}`,
      )
      .join(', ');
    return html`<figure class="histogram">
      <div ref=${this.box} role="img" aria-label=${`${label}: ${total || 'nothing'}`}></div>
      <figcaption class="small muted">${this.under(of, at)}</figcaption>
    </figure>`;
  }

  under({ from, to, bucketNanos, series = [], outside, whole }, at) {
    if (!from) return 'No row matches.';
    if (at === null || at === undefined)
      return html`
        ${utc(from)} to ${utc(to)} UTC. Drag to zoom in, double click for all.
        ${
          outside > 0 &&
          html`
            ${' '}
            ${count(outside)} ${outside === 1 ? 'row is' : 'rows are'} outside, from${' '}
            ${utc(whole.from)} to ${utc(whole.to)}:${' '}
            <button
              type="button"
              class="small"
              onClick=${() => this.props.onZoom(whole.from, instant(Date.parse(whole.to) + 1))}
            >
              show all in the chart
            </button>
          `
        }
      `;
    const start = instant(Date.parse(from) + (at * bucketNanos) / 1e6);
    const counted = series
      .filter(({ counts }) => counts[at])
      .map(({ category, counts }) => `${spoken(category)} ${count(counts[at])}`);
    return html`
      <b>${utc(start)}</b> ${counted.join(' · ') || 'nothing'}
    `;
  }
}

/** The style sheet's colour of a category; see colours.css. */
export const categoryColour = (category) =>
  ORDER.includes(category) ? `--category-${category}` : '--category-host';

const NAMES = {
  intrusion_detection: 'alert',
  configuration: 'config',
  authentication: 'login',
};

/** A category, shortly. */
export const name = (category) => NAMES[category] ?? String(category ?? '').replace('_', ' ');

/** Each count as a height within its own lane, nothing where there is none. */
function laneHeights({ counts }, lane) {
  const most = Math.log1p(Math.max(...counts));
  return counts.map((number) =>
    number ? lane + Math.max(0.15, (FULL * Math.log1p(number)) / most) : null,
  );
}

const bar = (lane, fill) => ({
  stroke: fill,
  fill,
  width: 0,
  points: { show: false },
  fillTo: () => lane,
  paths: uPlot.paths.bars({ size: [1, Infinity, 2], gap: 0 }),
});

const tick = (time, step) =>
  utc(instant(time), step >= 86400000, step < 1000 ? 3 : 0).slice(
    0,
    step >= 86400000 ? 10 : undefined,
  );

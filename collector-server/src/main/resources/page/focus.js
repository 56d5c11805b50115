// Which part of a timeline its chart shows first: from the first event to the last. Times of files
// and the like may lie years before, and would squeeze all that happened into one column.

const STATES = 'event.kind:ne:state';
const WORTHWHILE = 4;

const total = ({ series = [] }) =>
  series.reduce((all, { counts }) => counts.reduce((a, b) => a + b, all), 0);
const span = ({ from, to }) => Date.parse(to) - Date.parse(from);

/**
 * `load(filter)` gives the API's histogram. If the chart shows a part, the answer has `whole`, the
 * times of all rows, and `outside`, how many rows the chart does not show. A part that the reader
 * chose stays as it is.
 */
export async function focused(filter, buckets, load) {
  const all = await load({ ...filter, buckets });
  if (filter.from || filter.to || filter.around || !all.from) return all;
  const events = await load({
    ...filter,
    where: [filter.where, STATES].filter(Boolean).join(';'),
    buckets: 1,
  });
  if (!events.from || span(all) <= WORTHWHILE * Math.max(span(events), 1000)) return all;
  const to = new Date(Date.parse(events.to) + 1).toISOString();
  const part = await load({ ...filter, from: events.from, to, buckets });
  return {
    ...part,
    outside: total(all) - total(part),
    whole: { from: all.from, to: all.to },
  };
}

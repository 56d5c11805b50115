package whorl.collector.export;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;

/** Any number of rows, made one at a time. */
class EndlessTimeline implements Timeline {
  private final long rows;

  EndlessTimeline(long rows) {
    this.rows = rows;
  }

  @Override
  public void each(TimelineQuery query, Set<Column> columns, RowConsumer consumer)
      throws IOException {
    for (long i = 0; i < rows; i++) {
      consumer.accept(
          HostileRows.row(
              i,
              HostileRows.TIME.plusNanos(i),
              "whorl.FileOpen",
              Map.of(
                  Column.CATEGORY, "file",
                  Column.MESSAGE, "opened file " + i,
                  Column.FILE_PATH, "/srv/" + i % 1000,
                  Column.FIELDS, "{\"path\":\"/srv/x\",\"access\":\"read\"}",
                  Column.STACK_TRACE, "a.A.m" + i % 50_000 + "(A.java:1)\nb.B.n(B.java:2)")));
    }
  }

  @Override
  public Page page(TimelineQuery query) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void parquet(TimelineQuery query, OutputStream out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Histogram histogram(TimelineQuery query, int buckets) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<TypeCount> types(TimelineQuery query) {
    return List.of(); // no row says what another says
  }
}

package whorl.collector.export;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.export.formats.RowFormat;
import whorl.collector.export.formats.TimelineFormat;
import whorl.collector.http.request.Response;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.evidence.Text;

/**
 * Writes rows while they are read, with one row in memory at a time. It stops if the client
 * disconnects, because writing then fails.
 */
final class TimelineDownload {
  /** The header with the number of rows that an export leaves out, because others say the same. */
  static final String LEFT_OUT = "Whorl-Left-Out";

  private static final int BUFFER_BYTES = 16 << 10;

  private final Timeline timeline;
  private final MarkedRows marks;

  TimelineDownload(Timeline timeline, MarkedRows marks) {
    this.timeline = timeline;
    this.marks = marks;
  }

  /** The rows that match and are not written, because other rows say the same. */
  long leftOut(TimelineQuery query) throws IOException {
    return query.once() && query.only() == null
        ? Math.max(0, rows(query.once(false)) - rows(query))
        : 0;
  }

  private long rows(TimelineQuery query) throws IOException {
    return timeline.types(query).stream().mapToLong(Timeline.TypeCount::count).sum();
  }

  /** What is exported, for custody. */
  static String words(TimelineFormat format, long leftOut) {
    return leftOut == 0
        ? kind(format, leftOut)
        : "timeline as "
            + format.word()
            + ", without "
            + Text.counted(leftOut, "row")
            + (leftOut == 1 ? " that says" : " that say")
            + " the same as others";
  }

  /** The same without the number of rows, which depends on the filters that a person chooses. */
  static String kind(TimelineFormat format, long leftOut) {
    return "timeline as " + format.word() + (leftOut == 0 ? "" : ", without some rows");
  }

  /**
   * @param limit the maximum number of rows; null for all
   * @param name of the file, without its extension
   */
  Response of(TimelineQuery query, TimelineFormat format, @Nullable Integer limit, String name) {
    RowFormat rows = format.rows();
    return new Response(
        200,
        Map.of(
            "Content-Type",
            format.mediaType(),
            "Content-Disposition",
            FileNames.attachment(name + "-timeline." + format.ending())),
        new Response.Body.Streamed(
            out -> {
              try {
                if (rows == null) {
                  timeline.parquet(query, out);
                } else {
                  write(query, rows, limit, out);
                }
              } catch (NotIndexedException e) {
                throw TimelineReadiness.notReady(e.evidence(), e.status());
              }
            }));
  }

  private void write(
      TimelineQuery query, RowFormat format, @Nullable Integer limit, OutputStream out)
      throws IOException {
    OutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
    RowFormat.Sink sink = format.begin(buffered, query.withStacks());
    RowMarking marking = new RowMarking(marks);
    RowFormat.Sink marked = row -> sink.row(marking.of(row));
    try {
      timeline.each(query, limit == null ? marked::row : new Limited(marked, limit));
    } catch (LimitReachedException limitReached) {
      // the limit is reached
    }
    buffered.flush();
  }

  private static final class Limited implements Timeline.RowConsumer {
    private final RowFormat.Sink sink;
    private int remaining;

    Limited(RowFormat.Sink sink, int limit) {
      this.sink = sink;
      this.remaining = limit;
    }

    @Override
    public void accept(Row row) throws IOException {
      if (remaining == 0) {
        throw new LimitReachedException();
      }
      remaining--;
      sink.row(row);
    }
  }

  private static final class LimitReachedException extends IOException {
    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}

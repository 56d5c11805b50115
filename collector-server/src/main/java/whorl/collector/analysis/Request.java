package whorl.collector.analysis;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;

/**
 * An HTTP request, as far as its rows tell of it.
 *
 * @param row the row of its answer; where it was not answered, the first of its rows
 * @param began when it began; where it was not answered, when its first row was
 * @param query as it was sent
 * @param source who held the connection
 * @param forwardedFor whom that said it spoke for, which anybody can write
 * @param answered whether its answer is in the evidence
 */
record Request(
    String id,
    RowView row,
    Instant began,
    String method,
    String path,
    String query,
    @Nullable String source,
    @Nullable String forwardedFor,
    @Nullable String userAgent,
    @Nullable Long status,
    boolean answered) {

  /** Of a {@code whorl.HttpRequest}, which comes when the answer is complete. */
  static Request answered(String id, RowView row) {
    return new Request(
        id,
        row,
        row.time().minus(Duration.ofNanos(row.nanos("elapsed"))),
        row.textOr(Column.REQUEST_METHOD, "method"),
        row.textOr(Column.URL_PATH, "path"),
        row.textOr(Column.URL_QUERY, "query"),
        blank(row.textOr(Column.SOURCE_IP, "remoteAddress")),
        blank(row.field("forwardedFor")),
        blank(row.textOr(Column.USER_AGENT, "userAgent")),
        row.number(Column.RESPONSE_STATUS),
        true);
  }

  /** Of anything that happened for it. */
  static Request unanswered(String id, RowView row) {
    // the path of these is that of what was registered, not the request's
    boolean ofOther = row.is("whorl.Registration") || row.is("alert.raised");
    return new Request(
        id,
        row,
        row.time(),
        row.textOr(Column.REQUEST_METHOD, "request.method"),
        ofOther ? alerted(row) : row.textOr(Column.URL_PATH, "request.path"),
        "",
        blank(row.textOr(Column.SOURCE_IP, "request.remoteAddress")),
        null,
        null,
        null,
        false);
  }

  private static String alerted(RowView row) {
    String own = row.field("request.path");
    if (own != null) {
      return own;
    }
    for (Map<?, ?> fields : row.fieldObjects("fields")) {
      Object path = fields.get("request.path");
      return path == null ? "" : Phrases.cut(path.toString(), 4_096);
    }
    return "";
  }

  /** {@code GET /path}. */
  String line() {
    String line = (Phrases.cut(method, 20) + " " + Phrases.cut(path)).strip();
    return line.isEmpty() ? "request " + Phrases.cut(id, 40) : line;
  }

  /** {@code GET /path from 10.0.0.1 (curl/8, answered 200)}. */
  String described() {
    StringBuilder text = new StringBuilder(line());
    if (source != null) {
      text.append(" from ").append(Phrases.cut(source, 60));
    }
    if (forwardedFor != null) {
      text.append(", which says it speaks for ").append(Phrases.cut(forwardedFor, 80)).append(',');
    }
    text.append(" (");
    if (userAgent != null) {
      text.append(Phrases.cut(userAgent, 80)).append(", ");
    }
    text.append(
        !answered
            ? "no answer in this evidence"
            : status == null ? "answered" : "answered " + status);
    return text.append(')').toString();
  }

  private static @Nullable String blank(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }
}

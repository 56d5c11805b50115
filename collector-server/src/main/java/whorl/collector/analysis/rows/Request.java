package whorl.collector.analysis.rows;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;

/**
 * An HTTP request, reconstructed from its rows.
 *
 * @param row the row of its response; without a response, the first of its rows
 * @param began when it began; without a response, the time of its first row
 * @param query the query as it was sent
 * @param source the address of the connection's peer
 * @param forwardedFor the client that the peer claims to forward for; anyone can forge it
 * @param answered true if its response is in the evidence
 */
public record Request(
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

  /**
   * Creates a request from {@code whorl.HttpRequest}, which is emitted when the response is
   * complete.
   */
  public static Request answered(String id, RowView row) {
    return new Request(
        id,
        row,
        row.time().minus(Duration.ofNanos(row.nanos("elapsed"))),
        row.textOr(Column.REQUEST_METHOD, "method"),
        row.textOr(Column.URL_PATH, "path"),
        row.textOr(Column.URL_QUERY, "query"),
        nullIfBlank(row.textOr(Column.SOURCE_IP, "remoteAddress")),
        nullIfBlank(row.field("forwardedFor")),
        nullIfBlank(row.textOr(Column.USER_AGENT, "userAgent")),
        row.number(Column.RESPONSE_STATUS),
        true);
  }

  /** Creates a request from any other event of it. */
  public static Request unanswered(String id, RowView row) {
    // their path is that of the registered handler, not of the request
    boolean hasOtherPath = row.is("whorl.Registration") || row.is("alert.raised");
    return new Request(
        id,
        row,
        row.time(),
        row.textOr(Column.REQUEST_METHOD, "request.method"),
        hasOtherPath ? alertPath(row) : row.textOr(Column.URL_PATH, "request.path"),
        "",
        nullIfBlank(row.textOr(Column.SOURCE_IP, "request.remoteAddress")),
        null,
        null,
        null,
        false);
  }

  /**
   * The same request, begun before this act of it. Its end is recorded a little after its duration
   * was measured, on a busy machine by more than it took to act.
   */
  public Request begunBefore(@Nullable Instant act) {
    if (!answered || act == null || began.isBefore(act)) {
      return this;
    }
    return new Request(
        id,
        row,
        act.minusNanos(1),
        method,
        path,
        query,
        source,
        forwardedFor,
        userAgent,
        status,
        answered);
  }

  private static String alertPath(RowView row) {
    String direct = row.field("request.path");
    if (direct != null) {
      return direct;
    }
    for (Map<?, ?> fields : row.fieldObjects("fields")) {
      Object path = fields.get("request.path");
      return path == null ? "" : Phrases.cut(path.toString(), 4_096);
    }
    return "";
  }

  /** {@code GET /path}. */
  public String line() {
    String line = (Phrases.cut(method, 20) + " " + Phrases.cut(path)).strip();
    return line.isEmpty() ? "request " + Phrases.cut(id, 40) : line;
  }

  /** {@code GET /path from 10.0.0.1 (curl/8, answered 200)}. */
  public String described() {
    StringBuilder text = new StringBuilder(line());
    if (source != null) {
      text.append(" from ").append(Phrases.cut(source, 60));
    }
    if (forwardedFor != null) {
      text.append(", which says that it forwards for ")
          .append(Phrases.cut(forwardedFor, 80))
          .append(',');
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

  private static @Nullable String nullIfBlank(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }
}

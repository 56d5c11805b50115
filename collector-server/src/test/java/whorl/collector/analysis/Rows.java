package whorl.collector.analysis;

import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;
import whorl.collector.testkit.FakeTimeline;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Builds rows with the columns that an index of real evidence fills. */
final class Rows {
  static final Id EVIDENCE = new Id("01a2120f-7776-70c2-b5df-689026863e1a");
  static final Instant START = Instant.parse("2026-11-25T09:35:30Z");

  final FakeTimeline timeline = new FakeTimeline();
  private final Id evidence;
  private Instant now = START;
  private String stack = "";
  private String thread = "";

  Rows() {
    this(EVIDENCE);
  }

  Rows(Id evidence) {
    this.evidence = evidence;
  }

  /** Delays the next row. */
  Rows later(long millis) {
    now = now.plusMillis(millis);
    return this;
  }

  /** Sets the stack of the next row, the innermost frame first. */
  Rows on(String... frames) {
    stack = String.join("\n", frames);
    return this;
  }

  /** Sets the thread of the next row. */
  Rows thread(String name) {
    thread = name;
    return this;
  }

  Instant now() {
    return now;
  }

  /** Adds an event outside requests, one millisecond after the previous row. */
  Row event(String action, Object... fields) {
    return row(action, null, fields);
  }

  /** Adds an event of a request. */
  Row of(String request, String action, Object... fields) {
    return row(action, request, fields);
  }

  /** Adds an answered request. */
  Row request(String id, String method, String path, String query, String source, int status) {
    return row(
        "whorl.HttpRequest",
        id,
        "method",
        method,
        "path",
        path,
        "query",
        query,
        "remoteAddress",
        source,
        "status",
        status,
        "userAgent",
        "curl/8.5",
        "elapsed",
        20_000_000L);
  }

  /** Adds an answered request with a body of this many bytes. */
  Row requestWithBody(String id, String method, String path, String source, long bytes) {
    return row(
        "whorl.HttpRequest",
        id,
        "method",
        method,
        "path",
        path,
        "remoteAddress",
        source,
        "status",
        200,
        "requestBytes",
        bytes,
        "elapsed",
        1_000_000L);
  }

  Row alert(String request, String title, String level) {
    return row("whorl.Alert", request, "title", title, "level", level, "rule", title, "id", "x");
  }

  private Row row(
      String action, @org.jspecify.annotations.Nullable String request, Object... pairs) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      fields.put((String) pairs[i], pairs[i + 1]);
    }
    Map<Column, Object> values = columns(action, fields);
    if (request != null) {
      values.put(Column.REQUEST_ID, request);
    }
    String defaultThread = request == null ? "main" : "http-nio-8080-exec-1";
    values.put(Column.THREAD_NAME, thread.isEmpty() ? defaultThread : thread);
    if (!stack.isEmpty()) {
      values.put(Column.STACK_TRACE, stack);
    }
    stack = "";
    thread = "";
    now = now.plusMillis(1);
    return timeline.add(evidence, now, action, values);
  }

  /** Returns the columns that an index fills from an event's fields. */
  static Map<Column, Object> columns(String action, Map<String, Object> fields) {
    Map<Column, Object> values = new EnumMap<>(Column.class);
    values.put(Column.FIELDS, Json.text(fields));
    fields.forEach(
        (name, value) -> {
          Column column = column(action, name);
          if (column == null || value == null) {
            return;
          }
          if (column.kind() == Column.Kind.NUMBER) {
            if (value instanceof Number number) {
              values.put(column, number.longValue());
            }
          } else {
            values.put(
                column,
                value instanceof Collection<?> many
                    ? String.join(", ", many.stream().map(String::valueOf).toList())
                    : value.toString());
          }
        });
    return values;
  }

  private static @org.jspecify.annotations.Nullable Column column(String action, String name) {
    boolean http = action.equals("whorl.HttpRequest");
    return switch (name) {
      case "path" -> http ? Column.URL_PATH : Column.FILE_PATH;
      case "query" -> Column.URL_QUERY;
      case "method" -> Column.REQUEST_METHOD;
      case "remoteAddress" -> Column.SOURCE_IP;
      case "status" -> Column.RESPONSE_STATUS;
      case "userAgent" -> Column.USER_AGENT;
      case "mode" -> Column.FILE_MODE;
      case "target" ->
          action.startsWith("whorl.File")
              ? Column.FILE_TARGET
              : action.equals("whorl.Registration") ? Column.URL_PATH : null;
      case "host" -> action.equals("whorl.DnsLookup") ? Column.DNS_NAME : Column.DESTINATION_DOMAIN;
      case "address" -> Column.DESTINATION_IP;
      case "addresses" -> Column.DNS_ADDRESSES;
      case "port" -> Column.DESTINATION_PORT;
      case "command" -> Column.COMMAND_LINE;
      case "pid" -> Column.PROCESS_PID;
      case "exitCode" -> Column.EXIT_CODE;
      case "className" -> Column.CLASS_NAME;
      case "loader" -> Column.CLASS_LOADER;
      case "origin" -> Column.CLASS_ORIGIN;
      case "sha256" -> Column.FILE_SHA256;
      case "rule" -> Column.RULE_ID;
      case "request.id" -> Column.REQUEST_ID;
      case "request.method" -> Column.REQUEST_METHOD;
      case "request.path" -> action.equals("whorl.Registration") ? null : Column.URL_PATH;
      case "request.remoteAddress" -> Column.SOURCE_IP;
      default -> null;
    };
  }

  /** Returns the findings of this analysis. */
  static List<Finding> of(Report report, String analysis) {
    return report.findings().stream().filter(each -> each.analysis().equals(analysis)).toList();
  }
}

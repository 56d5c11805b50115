package whorl.collector.timeline;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a timeline. Names are those of the Elastic Common Schema, or {@code jvm.*} if it
 * has none. A row has values for few of them.
 */
public enum Column {
  /** By the collector's clock. */
  TIME("@timestamp", Kind.TIME),
  /** By the clock of the JVM that reported the event. */
  AGENT_TIME("jvm.time", Kind.TIME),
  /** From 0, ordered by time; together with the evidence id it identifies the row. */
  ROW("jvm.row", Kind.NUMBER),
  KIND("event.kind", Kind.TEXT),
  CATEGORY("event.category", Kind.TEXT),
  TYPE("event.type", Kind.TEXT),
  /** The JFR event type, or another name for what happened. */
  ACTION("event.action", Kind.TEXT),
  /** The artifact's name. */
  DATASET("event.dataset", Kind.TEXT),
  /** Nanoseconds. */
  DURATION("event.duration", Kind.NUMBER),
  SEQUENCE("event.sequence", Kind.NUMBER),
  /** 0 to 100. */
  SEVERITY("event.severity", Kind.NUMBER),
  MESSAGE("message", Kind.TEXT),
  THREAD_NAME("process.thread.name", Kind.TEXT),
  THREAD_ID("process.thread.id", Kind.NUMBER),
  REQUEST_ID("http.request.id", Kind.TEXT),
  REQUEST_METHOD("http.request.method", Kind.TEXT),
  URL_PATH("url.path", Kind.TEXT),
  URL_QUERY("url.query", Kind.TEXT),
  RESPONSE_STATUS("http.response.status_code", Kind.NUMBER),
  SOURCE_IP("source.ip", Kind.TEXT),
  SOURCE_PORT("source.port", Kind.NUMBER),
  USER_AGENT("user_agent.original", Kind.TEXT),
  FILE_PATH("file.path", Kind.TEXT),
  FILE_TARGET("file.target_path", Kind.TEXT),
  FILE_MODE("file.mode", Kind.TEXT),
  FILE_SIZE("file.size", Kind.NUMBER),
  FILE_SHA256("file.hash.sha256", Kind.TEXT),
  DESTINATION_DOMAIN("destination.domain", Kind.TEXT),
  DESTINATION_IP("destination.ip", Kind.TEXT),
  DESTINATION_PORT("destination.port", Kind.NUMBER),
  TRANSPORT("network.transport", Kind.TEXT),
  DNS_NAME("dns.question.name", Kind.TEXT),
  /** Joined with {@code ", "}. */
  DNS_ADDRESSES("dns.resolved_ip", Kind.TEXT),
  COMMAND_LINE("process.command_line", Kind.TEXT),
  WORKING_DIRECTORY("process.working_directory", Kind.TEXT),
  PROCESS_PID("process.pid", Kind.NUMBER),
  EXIT_CODE("process.exit_code", Kind.NUMBER),
  CLASS_NAME("jvm.class.name", Kind.TEXT),
  CLASS_LOADER("jvm.class.loader", Kind.TEXT),
  CLASS_ORIGIN("jvm.class.origin", Kind.TEXT),
  RULE_ID("rule.id", Kind.TEXT),
  RULE_NAME("rule.name", Kind.TEXT),
  ERROR("error.message", Kind.TEXT),
  /** A JSON object with all fields of the source, unchanged. */
  FIELDS("jvm.fields", Kind.TEXT),
  /** Frames, innermost first, one per line. */
  STACK_TRACE("jvm.stack_trace", Kind.TEXT),
  EVIDENCE("jvm.evidence", Kind.TEXT),
  SERVICE("service.name", Kind.TEXT),
  AGENT("agent.id", Kind.TEXT),
  HOST("host.name", Kind.TEXT),
  CONTAINER("container.id", Kind.TEXT),
  POD("orchestrator.resource.name", Kind.TEXT);

  private static final Map<String, Column> BY_NAME = new HashMap<>();

  static {
    for (Column column : values()) {
      BY_NAME.put(column.columnName, column);
    }
  }

  private final String columnName;
  private final Kind kind;

  Column(String columnName, Kind kind) {
    this.columnName = columnName;
    this.kind = kind;
  }

  /** The type of a column's values. */
  public enum Kind {
    /** Nanoseconds since 1970, UTC. */
    TIME,
    NUMBER,
    TEXT
  }

  /** Such as {@code file.path}. */
  public String columnName() {
    return columnName;
  }

  public Kind kind() {
    return kind;
  }

  /** The column of this name, or null. */
  public static @Nullable Column of(String columnName) {
    return BY_NAME.get(columnName);
  }
}

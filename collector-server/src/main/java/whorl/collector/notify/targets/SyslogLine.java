package whorl.collector.notify.targets;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.message.Kind;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Notice;

/**
 * A message in the form of RFC 5424:
 *
 * <pre>
 * &lt;PRI&gt;1 TIMESTAMP HOSTNAME whorl - KIND [whorl@32473 id="…" rule="…"] BOM text
 * </pre>
 *
 * 32473 is the enterprise number of examples (RFC 5612): Whorl has none of its own.
 */
final class SyslogLine {
  private static final int MAX_BYTES = 8 << 10;
  private static final int HOST_MAX_CHARS = 255;
  private static final int NAME_MAX_CHARS = 32;
  private static final int SEVERITIES = 8;

  private SyslogLine() {}

  /**
   * @param host of the collector
   */
  static byte[] of(Message message, int facility, String host) {
    byte[] line = text(message, facility, host, true).getBytes(StandardCharsets.UTF_8);
    return line.length <= MAX_BYTES
        ? line
        : text(message, facility, host, false).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Message message, int facility, String host, boolean fields) {
    Notice notice = message.notice();
    Instant time = notice.time().truncatedTo(ChronoUnit.MICROS);
    StringBuilder line = new StringBuilder();
    line.append('<').append(facility * SEVERITIES + severity(notice)).append(">1 ");
    line.append(time).append(' ').append(header(host, HOST_MAX_CHARS)).append(" whorl - ");
    line.append(notice.kind().word()).append(" [whorl@32473");
    add(line, "id", message.id().value());
    add(line, "notification", message.notification());
    add(line, "group", notice.group());
    add(line, "count", Long.toString(message.count()));
    add(line, "level", notice.level().word());
    add(line, "over", notice.over() ? "true" : null);
    add(line, "rule", notice.rule());
    add(line, "source", notice.source());
    add(line, "service", notice.service());
    add(line, "namespace", notice.namespace());
    add(line, "pod", notice.pod());
    add(line, "agent", notice.agent());
    add(line, "alert", notice.alert());
    add(line, "capture", notice.capture());
    add(line, "evidence", notice.evidence());
    add(line, "state", notice.state());
    add(line, "reason", notice.reason());
    add(line, "link", message.link());
    line.append(']');
    if (fields && !notice.fields().isEmpty()) {
      line.append("[fields@32473");
      new TreeMap<>(notice.fields()).forEach((name, value) -> add(line, name, value));
      line.append(']');
    }
    return line.append(" \uFEFF").append(message.line()).toString();
  }

  private static int severity(Notice notice) {
    if (notice.kind() == Kind.TEST || notice.over()) {
      return 5;
    }
    return switch (notice.level()) {
      case CRITICAL -> 2;
      case HIGH -> 3;
      case MEDIUM -> 4;
      case LOW -> 5;
      case INFORMATIONAL -> 6;
    };
  }

  private static void add(StringBuilder line, String name, @Nullable String value) {
    if (value == null) {
      return;
    }
    line.append(' ').append(header(name, NAME_MAX_CHARS)).append("=\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\' || c == ']') {
        line.append('\\');
      }
      // receivers of lines, and files of lines, end one at a break
      line.append(Character.isISOControl(c) ? ' ' : c);
    }
    line.append('"');
  }

  /** Printable US-ASCII without what ends a name (RFC 5424, 6). */
  private static String header(String text, int maxChars) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < text.length() && name.length() < maxChars; i++) {
      char c = text.charAt(i);
      name.append(c > 0x20 && c < 0x7f && c != '=' && c != ']' && c != '"' ? c : '_');
    }
    return name.isEmpty() ? "-" : name.toString();
  }
}

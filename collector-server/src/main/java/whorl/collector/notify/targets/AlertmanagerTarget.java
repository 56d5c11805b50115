package whorl.collector.notify.targets;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.notify.message.Kind;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Notice;
import whorl.collector.notify.message.Target;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.Text;

/**
 * Sends alerts to Prometheus Alertmanager, API version 2: one alert for each group. The labels of
 * an alert are its identity there, so that a group that became graver is another alert; those of
 * lesser levels end with the same request. A lesser event later ends no graver alert.
 *
 * @see <a href="https://github.com/prometheus/alertmanager/blob/v0.28.1/api/v2/openapi.yaml">POST
 *     /alerts</a>
 */
final class AlertmanagerTarget implements Target {
  /** An alert that nobody ends is over then; without a time, it would be after five minutes. */
  static final Duration LASTS = Duration.ofHours(24);

  private static final Duration TEST_LASTS = Duration.ofMinutes(5);
  private static final int DESCRIPTION_MAX_CHARS = 8_192;

  private final HttpSender sender;

  AlertmanagerTarget(HttpSender sender) {
    this.sender = sender;
  }

  @Override
  public String deliver(List<Message> messages) throws IOException {
    return sender.post(
        Map.of("Content-Type", "application/json"), Json.bytes(alerts(messages.get(0))));
  }

  static List<Map<String, Object>> alerts(Message message) {
    Notice notice = message.notice();
    if (notice.kind() == Kind.TEST) {
      return List.of(alert(message, notice.level(), message.added().plus(TEST_LASTS)));
    }
    List<Map<String, Object>> alerts = new ArrayList<>();
    for (Level level : Level.values()) {
      boolean firing = !notice.over() && level == notice.level();
      if (notice.over() || level.compareTo(notice.level()) <= 0) {
        alerts.add(alert(message, level, firing ? message.added().plus(LASTS) : message.added()));
      }
    }
    return alerts;
  }

  private static Map<String, Object> alert(Message message, Level level, Instant ends) {
    Notice notice = message.notice();
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("alertname", name(notice.kind()));
    labels.put("source", "whorl");
    labels.put("level", level.word());
    labels.put("severity", notice.kind() == Kind.TEST ? "info" : severity(level));
    labels.put("group", notice.group());
    if (notice.service() != null) {
      labels.put("service", notice.service());
    }
    if (notice.namespace() != null) {
      labels.put("namespace", notice.namespace());
    }
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put("summary", message.line());
    annotations.put("description", Text.beginning(message.text(), DESCRIPTION_MAX_CHARS));
    annotations.put("message", message.id().value());
    Map<String, Object> alert = new LinkedHashMap<>();
    alert.put("labels", labels);
    alert.put("annotations", annotations);
    Instant starts = notice.time().isAfter(message.added()) ? message.added() : notice.time();
    alert.put("startsAt", starts);
    alert.put("endsAt", ends);
    String link = message.link();
    if (link != null) {
      alert.put("generatorURL", link);
    }
    return alert;
  }

  /** Such as WhorlAgentLost. */
  private static String name(Kind kind) {
    StringBuilder name = new StringBuilder("Whorl");
    for (String part : kind.word().split("-")) {
      name.append(Character.toUpperCase(part.charAt(0))).append(part, 1, part.length());
    }
    return name.toString();
  }

  private static String severity(Level level) {
    return switch (level) {
      case CRITICAL -> "critical";
      case HIGH, MEDIUM -> "warning";
      case LOW, INFORMATIONAL -> "info";
    };
  }
}

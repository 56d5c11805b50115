package whorl.collector.notify.targets;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.notify.message.Kind;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Notice;
import whorl.collector.notify.message.SecretFile;
import whorl.collector.notify.message.Target;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * Sends events to PagerDuty, version 2: one incident for each group, which is resolved when
 * somebody says that it is over.
 *
 * @see <a href="https://developer.pagerduty.com/docs/send-alert-event">Events API v2</a>
 */
final class PagerDutyTarget implements Target {
  private static final int SUMMARY_MAX_CHARS = 1_024;

  private final HttpSender sender;
  private final SecretFile routingKey;

  PagerDutyTarget(HttpSender sender, SecretFile routingKey) {
    this.sender = sender;
    this.routingKey = routingKey;
  }

  @Override
  public String deliver(List<Message> messages) throws IOException {
    String key = routingKey.read();
    return sender.post(
        Map.of("Content-Type", "application/json"), Json.bytes(body(messages.get(0), key)), key);
  }

  static Map<String, Object> body(Message message, String key) {
    Notice notice = message.notice();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("routing_key", key);
    body.put("event_action", notice.over() ? "resolve" : "trigger");
    body.put("dedup_key", "whorl-" + notice.group());
    if (notice.over()) {
      return body;
    }
    Map<String, Object> details = new LinkedHashMap<>();
    message.facts().forEach(fact -> details.put(fact.getKey(), fact.getValue()));
    details.put("Count", message.count());
    details.put("Message", message.id().value());
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("summary", Text.beginning(message.line(), SUMMARY_MAX_CHARS));
    payload.put("source", source(notice));
    payload.put("severity", severity(notice));
    payload.put("timestamp", notice.time());
    if (notice.service() != null) {
      payload.put("component", notice.service());
    }
    if (notice.namespace() != null) {
      payload.put("group", notice.namespace());
    }
    payload.put("class", notice.rule() == null ? notice.kind().word() : notice.rule());
    payload.put("custom_details", details);
    body.put("payload", payload);
    body.put("client", "Whorl");
    String link = message.link();
    if (link != null) {
      body.put("client_url", link);
      body.put("links", List.of(Map.of("href", link, "text", "Open in Whorl")));
    }
    return body;
  }

  private static String source(Notice notice) {
    if (notice.pod() != null) {
      return notice.pod();
    }
    return notice.service() == null ? "whorl" : notice.service();
  }

  private static String severity(Notice notice) {
    if (notice.kind() == Kind.TEST) {
      return "info";
    }
    return switch (notice.level()) {
      case CRITICAL -> "critical";
      case HIGH -> "error";
      case MEDIUM -> "warning";
      case LOW, INFORMATIONAL -> "info";
    };
  }
}

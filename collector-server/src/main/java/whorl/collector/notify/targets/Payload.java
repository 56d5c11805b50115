package whorl.collector.notify.targets;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Notice;

/** The JSON of a message, for webhooks and CloudEvents; docs/notifications.md describes it. */
final class Payload {
  private Payload() {}

  static Map<String, Object> of(Message message) {
    Notice notice = message.notice();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", message.id().value());
    json.put("kind", notice.kind().word());
    json.put("notification", message.notification());
    json.put("time", notice.time());
    json.put("title", notice.title());
    json.put("text", message.line());
    json.put("level", notice.level().word());
    json.put("over", notice.over());
    json.put("count", message.count());
    json.put("group", notice.group());
    put(json, "rule", notice.rule());
    put(json, "source", notice.source());
    put(json, "service", notice.service());
    put(json, "namespace", notice.namespace());
    put(json, "pod", notice.pod());
    put(json, "agent", notice.agent());
    put(json, "alert", notice.alert());
    put(json, "capture", notice.capture());
    put(json, "evidence", notice.evidence());
    put(json, "state", notice.state());
    put(json, "reason", notice.reason());
    put(json, "link", message.link());
    if (!notice.tags().isEmpty()) {
      json.put("tags", notice.tags());
    }
    if (!notice.findings().isEmpty()) {
      json.put("findings", notice.findings());
    }
    if (!notice.fields().isEmpty()) {
      json.put("fields", notice.fields());
    }
    if (!notice.also().isEmpty()) {
      json.put("also", notice.also());
    }
    return json;
  }

  private static void put(Map<String, Object> json, String name, @Nullable String value) {
    if (value != null) {
      json.put(name, value);
    }
  }
}

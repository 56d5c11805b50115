package whorl.collector.notify.targets;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Notice;
import whorl.collector.notify.message.Target;
import whorl.evidence.Json;

/**
 * Posts CloudEvents 1.0, structured or binary.
 *
 * @see <a
 *     href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md">HTTP
 *     binding</a>
 */
final class CloudEventsTarget implements Target {
  private final HttpSender sender;
  private final boolean structured;

  CloudEventsTarget(HttpSender sender, boolean structured) {
    this.sender = sender;
    this.structured = structured;
  }

  @Override
  public String deliver(List<Message> messages) throws IOException {
    Message message = messages.get(0);
    Map<String, Object> event = attributes(message);
    if (structured) {
      event.put("data", Payload.of(message));
      return sender.post(
          Map.of("Content-Type", "application/cloudevents+json; charset=utf-8"), Json.bytes(event));
    }
    Map<String, String> headers = new LinkedHashMap<>();
    event.forEach(
        (name, value) -> {
          if (name.equals("datacontenttype")) {
            headers.put("Content-Type", value.toString());
          } else {
            headers.put("ce-" + name, encoded(value.toString()));
          }
        });
    return sender.post(headers, Json.bytes(Payload.of(message)));
  }

  static Map<String, Object> attributes(Message message) {
    Notice notice = message.notice();
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("specversion", "1.0");
    event.put("id", message.id().value());
    event.put("source", message.page() == null ? "urn:whorl" : message.page().toString());
    event.put("type", "io.whorl." + notice.kind().word());
    event.put("time", notice.time().toString());
    event.put("datacontenttype", "application/json");
    if (notice.service() != null) {
      event.put("subject", notice.service());
    }
    return event;
  }

  /** Percent-encodes what a header cannot have (HTTP binding, 3.1.3.2). */
  private static String encoded(String value) {
    StringBuilder encoded = new StringBuilder(value.length());
    value
        .codePoints()
        .forEach(
            point -> {
              boolean plain = point > 0x20 && point < 0x7f && point != '%' && point != '"';
              if (plain) {
                encoded.appendCodePoint(point);
              } else {
                String hex = URLEncoder.encode(Character.toString(point), StandardCharsets.UTF_8);
                encoded.append(hex.equals("+") ? "%20" : hex);
              }
            });
    return encoded.toString();
  }
}

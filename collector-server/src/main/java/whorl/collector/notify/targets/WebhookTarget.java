package whorl.collector.notify.targets;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.SecretFile;
import whorl.collector.notify.message.Target;
import whorl.evidence.Json;

/** Posts JSON, signed as Standard Webhooks are. */
final class WebhookTarget implements Target {
  private final HttpSender sender;
  private final @Nullable SecretFile secret;

  WebhookTarget(HttpSender sender, @Nullable SecretFile secret) {
    this.sender = sender;
    this.secret = secret;
  }

  @Override
  public String deliver(List<Message> messages) throws IOException {
    Message message = messages.get(0);
    byte[] body = Json.bytes(Payload.of(message));
    long seconds = Instant.now().getEpochSecond();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("webhook-id", message.id().value());
    headers.put("webhook-timestamp", Long.toString(seconds));
    if (secret != null) {
      headers.put(
          "webhook-signature",
          Signature.of(Signature.key(secret), message.id().value(), seconds, body));
    }
    return sender.post(headers, body);
  }
}

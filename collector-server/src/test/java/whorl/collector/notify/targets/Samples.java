package whorl.collector.notify.targets;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import whorl.collector.notify.message.Kind;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Notice;
import whorl.collector.notify.message.SecretFile;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** Messages and settings for tests of targets. */
final class Samples {
  static final Id ID = new Id("0193a1b2-0000-7000-8000-000000000001");

  private Samples() {}

  static Message message() {
    return message(false);
  }

  static Message message(boolean over) {
    return message(over, List.of("Another rule"));
  }

  static Message message(boolean over, List<String> also) {
    return new Message(
        ID,
        "on-call",
        new Notice(
            Kind.ALERT,
            "alert-0001",
            Instant.parse("2026-11-30T06:00:00.123456789Z"),
            Level.HIGH,
            over,
            "A shell was started <by> \"Bob\" ] *now* \\",
            "rule-1",
            "whorl",
            "shop",
            "production",
            "shop-7d9f",
            "agent-0001",
            "alert-0001",
            "capture-01",
            null,
            null,
            null,
            List.of("attack.t1059"),
            Map.of(),
            Map.of("request.path", "/x?\"]\\"),
            also),
        16,
        Instant.parse("2026-11-30T06:00:10Z"),
        URI.create("https://whorl.example.org/"));
  }

  static Endpoint endpoint(String url) {
    return endpoint(url, Map.of());
  }

  static Endpoint endpoint(String url, Map<String, SecretFile> secretHeaders) {
    return new Endpoint(URI.create(url), null, Map.of(), secretHeaders, null, true, true);
  }

  static HttpSettings http(HttpSettings.Dialect dialect, String url, Path secret) {
    return new HttpSettings(
        dialect, endpoint(url), secret == null ? null : new SecretFile(secret), true);
  }
}

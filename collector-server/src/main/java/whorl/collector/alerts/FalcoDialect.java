package whorl.collector.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Request;
import whorl.evidence.Alert;
import whorl.evidence.Id;

/**
 * Falco's {@code http_output} and Falcosidekick's webhook: one object with {@code rule}, {@code
 * priority}, {@code output}, {@code time}, {@code tags}, {@code hostname} and {@code
 * output_fields}.
 *
 * @see <a href="https://falco.org/docs/concepts/outputs/">Falco outputs</a>
 */
final class FalcoDialect implements Dialect {
  private final InstantSource clock;

  FalcoDialect(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "falco";
  }

  @Override
  public List<IncomingAlert> read(Request request, byte[] body) {
    JsonNode payload = JsonBody.tree(body);
    if (!isFalco(payload)) {
      throw JsonBody.malformed(
          "not a Falco alert: an object with a rule and output_fields is needed;"
              + " set json_output: true in falco.yaml");
    }
    return List.of(read(payload, name()));
  }

  /** True if this looks like a Falco alert; CloudEvents may carry one too. */
  static boolean isFalco(JsonNode payload) {
    return payload.isObject()
        && !Fields.text(payload, "rule", "").isEmpty()
        && payload.path("output_fields").isObject();
  }

  /**
   * @param source the dialect that carried the payload
   */
  IncomingAlert read(JsonNode payload, String source) {
    Instant now = clock.instant();
    JsonNode fields = payload.path("output_fields");
    String rule = Fields.text(payload, "rule", "");
    Map<String, Object> merged = new LinkedHashMap<>(Fields.allFields(fields));
    putIfPresent(merged, "falco.uuid", Fields.text(payload, "uuid"));
    putIfPresent(merged, "falco.source", Fields.text(payload, "source"));
    putIfPresent(merged, "hostname", Fields.text(payload, "hostname"));
    Alert alert =
        new Alert(
            Id.next(clock),
            source,
            Fields.time(Fields.text(payload, "time"), now),
            rule,
            ForeignSeverity.level(Fields.text(payload, "priority")),
            rule,
            Fields.text(payload, "output"),
            Fields.texts(payload.get("tags")),
            AlertLimits.fields(merged),
            null,
            List.of());
    TargetResolver place =
        TargetResolver.of(
            name ->
                name.equals("hostname") ? Fields.text(payload, name) : Fields.text(fields, name),
            List.of("k8s.pod.uid", "k8smeta.pod.uid"),
            List.of("container.full_id", "container.id"),
            List.of("k8s.ns.name", "k8smeta.ns.name"),
            List.of("k8s.pod.name", "k8smeta.pod.name"),
            List.of(),
            List.of("hostname"));
    return new IncomingAlert(
        AlertLimits.bounded(alert, source), place, rule, true, Fields.text(payload, "output"));
  }

  private static void putIfPresent(
      Map<String, Object> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, value);
    }
  }
}

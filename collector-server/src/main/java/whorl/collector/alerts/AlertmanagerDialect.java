package whorl.collector.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.Request;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * Prometheus Alertmanager's webhook, version 4: a group of alerts, each firing or resolved.
 * Resolved alerts are stored and start no capture. What notifications sent to Alertmanager, and
 * comes back, is left out: it would be sent there again as another alert, without end.
 *
 * @see <a
 *     href="https://prometheus.io/docs/alerting/latest/configuration/#webhook_config">webhook</a>
 */
final class AlertmanagerDialect implements Dialect {
  private static final int MAX_ALERTS = 256;

  private final InstantSource clock;

  AlertmanagerDialect(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "alertmanager";
  }

  @Override
  public List<IncomingAlert> read(Request request, byte[] body) {
    JsonNode payload = JsonBody.tree(body);
    if (!payload.path("alerts").isArray()) {
      throw JsonBody.malformed("not an Alertmanager webhook: a list of alerts is needed");
    }
    String version = Fields.text(payload, "version");
    if (!"4".equals(version)) {
      throw JsonBody.malformed(
          "Alertmanager webhook version "
              + (version == null ? "is missing" : Text.shortened(version))
              + "; only 4 is supported");
    }
    JsonNode alerts = payload.get("alerts");
    if (alerts.size() > MAX_ALERTS) {
      throw JsonBody.malformed(
          alerts.size()
              + " alerts in one body; at most "
              + MAX_ALERTS
              + " are allowed; set max_alerts");
    }
    List<IncomingAlert> read = new ArrayList<>();
    for (JsonNode alert : alerts) {
      IncomingAlert incoming = read(alert, payload);
      if (!isOwn(incoming.alert())) {
        read.add(incoming);
      }
    }
    return read;
  }

  /** True for an alert with the labels that notifications give theirs. */
  private static boolean isOwn(Alert alert) {
    return alert.rule().startsWith("Whorl")
        && "whorl".equals(alert.fields().get("source"))
        && alert.fields().containsKey("group");
  }

  private IncomingAlert read(JsonNode alert, JsonNode group) {
    JsonNode labels = alert.path("labels");
    if (!labels.isObject()) {
      throw JsonBody.malformed("an alert without labels");
    }
    Map<String, Object> fields = new LinkedHashMap<>(Fields.allFields(group.get("commonLabels")));
    fields.putAll(Fields.allFields(labels));
    String rule = value(fields, "alertname");
    if (rule == null || rule.isBlank()) {
      throw JsonBody.malformed("an alert without the label alertname");
    }
    boolean firing = !"resolved".equals(Fields.text(alert, "status"));
    JsonNode annotations = alert.path("annotations");
    JsonNode common = group.path("commonAnnotations");
    String fingerprint = Fields.text(alert, "fingerprint", rule);
    TargetResolver place =
        TargetResolver.of(
            name -> value(fields, name),
            List.of("pod_uid", "uid"),
            List.of("container_id", "container"),
            // when both labels are present, the plain one names the exporter that was scraped
            List.of("exported_namespace", "namespace"),
            List.of("exported_pod", "pod", "pod_name"),
            List.of("service", "service_name", "app", "job"),
            List.of("node", "host", "instance"));
    String severity = value(fields, "severity");
    fields.put("status", firing ? "firing" : "resolved");
    Instant startsAt = Fields.time(Fields.text(alert, "startsAt"), clock.instant());
    Alert read =
        new Alert(
            Id.next(clock),
            name(),
            firing ? startsAt : Fields.time(Fields.text(alert, "endsAt"), startsAt),
            rule,
            ForeignSeverity.level(severity),
            Fields.text(annotations, "summary", Fields.text(common, "summary", rule)),
            Fields.text(annotations, "description", Fields.text(common, "description", "")),
            List.of(),
            AlertLimits.fields(fields),
            null,
            List.of());
    return new IncomingAlert(AlertLimits.bounded(read, name()), place, fingerprint, firing, null);
  }

  private static @Nullable String value(Map<String, Object> fields, String name) {
    Object value = fields.get(name);
    return value == null ? null : value.toString();
  }
}

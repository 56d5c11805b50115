package whorl.collector.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.JsonBody;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * CloudEvents 1.0 over HTTP, in structured, batched and binary mode. The place is read from
 * extension attributes ({@code poduid}, {@code containerid}, {@code namespace}, {@code pod}, {@code
 * service}, {@code host}), from fields of the data with the same names, or else from a subject such
 * as {@code namespaces/shop/pods/shop-7d9f}. Falco's alerts inside events are read by the Falco
 * dialect.
 *
 * @see <a href="https://github.com/cloudevents/spec">CloudEvents</a>
 */
final class CloudEventsDialect implements Dialect {
  private static final int MAX_EVENTS = 256;
  private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");

  // headers of a request cannot be listed, so binary mode reads only these
  private static final List<String> KNOWN =
      List.of(
          "specversion",
          "id",
          "source",
          "type",
          "time",
          "subject",
          "rule",
          "title",
          "level",
          "severity",
          "priority",
          "poduid",
          "containerid",
          "container",
          "namespace",
          "pod",
          "service",
          "host",
          "hostname");

  private final InstantSource clock;
  private final FalcoDialect falco;

  CloudEventsDialect(InstantSource clock) {
    this.clock = clock;
    this.falco = new FalcoDialect(clock);
  }

  @Override
  public String name() {
    return "cloudevents";
  }

  @Override
  public List<IncomingAlert> read(Request request, byte[] body) {
    String type = mediaType(request);
    if (type.startsWith("application/cloudevents-batch")) {
      return batch(JsonBody.tree(body));
    }
    if (type.startsWith("application/cloudevents")) {
      return List.of(event(JsonBody.tree(body)));
    }
    return List.of(event(binary(request, body)));
  }

  private List<IncomingAlert> batch(JsonNode events) {
    if (!events.isArray()) {
      throw JsonBody.malformed("a batch of CloudEvents is a list");
    }
    if (events.size() > MAX_EVENTS) {
      throw JsonBody.malformed(
          events.size()
              + " events in one batch; at most "
              + MAX_EVENTS
              + " are allowed; send smaller batches");
    }
    List<IncomingAlert> read = new ArrayList<>();
    for (JsonNode event : events) {
      read.add(event(event));
    }
    return read;
  }

  private IncomingAlert event(JsonNode event) {
    for (String attribute : REQUIRED) {
      if (Fields.text(event, attribute, "").isEmpty()) {
        throw JsonBody.malformed("not a CloudEvent: the attribute " + attribute + " is missing");
      }
    }
    String version = Fields.text(event, "specversion", "");
    if (!version.startsWith("1.")) {
      throw JsonBody.malformed(
          "CloudEvents " + Text.shortened(version) + " is not supported; use 1.0");
    }
    JsonNode payload = payload(event);
    if (FalcoDialect.isFalco(payload)) {
      return falco.read(payload, name());
    }
    String rule = attribute(event, payload, List.of("rule"));
    if (rule == null) {
      rule = Fields.text(event, "type", "");
    }
    String title = attribute(event, payload, List.of("title", "summary"));
    Map<String, Object> fields = new LinkedHashMap<>(Fields.allFields(payload));
    for (Map.Entry<String, Object> attribute : Fields.allFields(event).entrySet()) {
      if (!attribute.getKey().startsWith("data")) {
        fields.put("ce." + attribute.getKey(), attribute.getValue());
      }
    }
    Alert alert =
        new Alert(
            Id.next(clock),
            name(),
            Fields.time(Fields.text(event, "time"), clock.instant()),
            rule,
            ForeignSeverity.level(
                attribute(event, payload, List.of("level", "severity", "priority"))),
            title == null ? rule : title,
            attribute(event, payload, List.of("description", "message")),
            List.of(),
            AlertLimits.fields(fields),
            null,
            List.of());
    // events of the same source and rule count as repetitions
    String fingerprint = Fields.text(event, "source", "") + " " + rule;
    return new IncomingAlert(
        AlertLimits.bounded(alert, name()), place(event, payload), fingerprint, true, null);
  }

  private static TargetResolver place(JsonNode event, JsonNode payload) {
    TargetResolver named =
        TargetResolver.of(
            name -> attribute(event, payload, List.of(name)),
            List.of("poduid"),
            List.of("containerid", "container"),
            List.of("namespace"),
            List.of("pod"),
            List.of("service"),
            List.of("host", "hostname"));
    String[] parts = subject(Fields.text(event, "subject", ""));
    return named.isNowhere() && parts.length == 2
        ? new TargetResolver(null, null, parts[0], parts[1], null, null)
        : named;
  }

  /**
   * Returns namespace and pod of {@code namespaces/N/pods/P} or {@code N/P}; empty for anything
   * else.
   */
  private static String[] subject(String subject) {
    String[] parts = (subject.startsWith("/") ? subject.substring(1) : subject).split("/", -1);
    if (parts.length == 4 && parts[0].equals("namespaces") && parts[2].equals("pods")) {
      return new String[] {parts[1], parts[3]};
    }
    return parts.length == 2 ? parts : new String[0];
  }

  private static @Nullable String attribute(JsonNode event, JsonNode payload, List<String> names) {
    for (JsonNode object : List.of(event, payload)) {
      for (String name : names) {
        String value = Fields.text(object, name, "");
        if (!value.isEmpty()) {
          return value;
        }
      }
    }
    return null;
  }

  private static JsonNode payload(JsonNode event) {
    String base64 = Fields.text(event, "data_base64");
    if (base64 == null) {
      return event.path("data");
    }
    try {
      return JsonBody.tree(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException | ProblemException notJson) {
      // binary data is allowed but unreadable; the attributes are still used
      return MissingNode.getInstance();
    }
  }

  private static JsonNode binary(Request request, byte[] body) {
    if (request.header("ce-specversion") == null) {
      throw JsonBody.malformed(
          "not a CloudEvent: give Content-Type application/cloudevents+json, or ce- headers");
    }
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    for (String attribute : KNOWN) {
      String value = request.header("ce-" + attribute);
      if (value != null) {
        event.put(attribute, decode(attribute, value));
      }
    }
    if (body.length > 0 && mediaType(request).contains("json")) {
      event.set("data", JsonBody.tree(body));
    }
    return event;
  }

  /**
   * Decodes a header as in the HTTP binding, 3.1.3.2: percent-encoded UTF-8, optionally in double
   * quotes.
   */
  private static String decode(String attribute, String value) {
    String unquoted = value;
    if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
      unquoted = value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1");
    }
    try {
      return URLDecoder.decode(unquoted.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw JsonBody.malformed(
          "header ce-" + attribute + " is not percent-encoded: " + Text.shortened(value));
    }
  }

  private static String mediaType(Request request) {
    String type = request.header("Content-Type");
    return type == null ? "" : type.toLowerCase(Locale.ROOT);
  }
}

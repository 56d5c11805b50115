package whorl.collector.inject;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A pod as it is sent to the API server: what it asks for by labels and annotations. */
record Pod(JsonNode json) {
  static final String INJECT = "whorl.io/inject";
  static final String CONTAINER = "whorl.io/container";
  static final String ENV_FROM = "whorl.io/env-from";

  /** Set on a pod with the agent: the names of its containers that have it. */
  static final String INJECTED = "whorl.io/injected";

  /** Set on a pod that asked for the agent and did not get it everywhere: why. */
  static final String NOT_INJECTED = "whorl.io/not-injected";

  /** The limit of Kubernetes for names and values together (its TotalAnnotationSizeLimitB). */
  private static final long ANNOTATIONS_MAX_BYTES = 256 << 10;

  /** So many names of containers are read; the rest counts as one, of no container. */
  private static final int MAX_CHOSEN = 500;

  private static final String MIRROR = "kubernetes.io/config.mirror";
  private static final String PREFIX = "whorl.io/";
  private static final List<String> OS_LABELS =
      List.of("kubernetes.io/os", "beta.kubernetes.io/os");

  JsonNode annotations() {
    return json.path("metadata").path("annotations");
  }

  /** True if Kubernetes takes these annotations, beside or in place of those that the pod has. */
  boolean hasRoomFor(JsonNode more) {
    long bytes = 0;
    for (Map.Entry<String, JsonNode> each : annotations().properties()) {
      bytes += more.has(each.getKey()) ? 0 : bytes(each);
    }
    for (Map.Entry<String, JsonNode> each : more.properties()) {
      bytes += bytes(each);
    }
    return bytes <= ANNOTATIONS_MAX_BYTES;
  }

  private static long bytes(Map.Entry<String, JsonNode> annotation) {
    return (annotation.getKey() + annotation.getValue().asText())
        .getBytes(StandardCharsets.UTF_8)
        .length;
  }

  JsonNode labels() {
    return json.path("metadata").path("labels");
  }

  JsonNode spec() {
    return json.path("spec");
  }

  /** The value of the annotation of this key, else of the label; empty if there is neither. */
  String given(String key) {
    String annotation = annotations().path(key).asText("");
    return annotation.isEmpty() ? labels().path(key).asText("") : annotation;
  }

  /** True if the label or the annotation says {@code false}: that wins over the namespace. */
  boolean optsOut() {
    return "false".equals(labels().path(INJECT).asText())
        || "false".equals(annotations().path(INJECT).asText());
  }

  /** True for the copy of a pod that a kubelet runs by itself, which nobody may change. */
  boolean isMirror() {
    return annotations().has(MIRROR);
  }

  boolean isWindows() {
    if ("windows".equals(spec().path("os").path("name").asText())) {
      return true;
    }
    for (String label : OS_LABELS) {
      if ("windows".equals(spec().path("nodeSelector").path(label).asText())) {
        return true;
      }
    }
    return false;
  }

  /** The containers that get the agent, by {@code whorl.io/container}; empty for the usual ones. */
  Set<String> chosen() {
    Set<String> names = new LinkedHashSet<>();
    for (String name : given(CONTAINER).split(",", MAX_CHOSEN)) {
      if (!name.isBlank()) {
        names.add(name.strip());
      }
    }
    return names;
  }

  /** True if all ConfigMaps and Secrets of envFrom are known to hold no JAVA_TOOL_OPTIONS. */
  boolean ignoresEnvFrom() {
    return "ignore".equals(given(ENV_FROM));
  }

  /** Keys of ours that no setting has, such as misspelled ones. */
  List<String> unknownKeys(Description description) {
    List<String> known = new ArrayList<>();
    known.addAll(List.of(INJECT, CONTAINER, ENV_FROM, INJECTED, NOT_INJECTED));
    description.settings().forEach(setting -> known.addAll(setting.keys()));
    if (description.caAnnotation() != null) {
      known.add(description.caAnnotation());
    }
    List<String> unknown = new ArrayList<>();
    for (JsonNode map : List.of(annotations(), labels())) {
      for (Iterator<String> keys = map.fieldNames(); keys.hasNext(); ) {
        String key = keys.next();
        if (key.startsWith(PREFIX) && !known.contains(key)) {
          unknown.add(key);
        }
      }
    }
    return unknown;
  }
}

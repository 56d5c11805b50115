package whorl.collector.inject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.inject.Injection.Outcome;

/**
 * Computes what is injected into a pod. It adds to what the pod has and changes nothing else,
 * except that the options follow those that JAVA_TOOL_OPTIONS has already. Called again for its own
 * result, it changes nothing: the API server may call twice.
 */
final class Injector {
  private static final String ANNOTATIONS = "/metadata/annotations";

  /** Kubernetes would refuse the pod. */
  private static final String NO_ROOM = "its annotations have no room for those of the agent";

  private final Description description;
  private final @Nullable String authority;

  /**
   * @param authority the PEM certificates for the annotation of the description; null without
   */
  Injector(Description description, @Nullable String authority) {
    this.description = description;
    this.authority = authority;
  }

  /**
   * @param namespace the pod's
   */
  Injection inject(JsonNode json, String namespace) {
    Pod pod = new Pod(json);
    if (pod.optsOut()
        || pod.isMirror()
        || pod.isWindows()
        || description.namespaces().contains(namespace)) {
      return new Injection(Outcome.LEFT_ALONE, JsonNodeFactory.instance.arrayNode(), List.of());
    }
    Containers regular = Containers.regular(pod, description);
    Containers init = Containers.init(pod, description);
    boolean wanted = !regular.targets().isEmpty() || !init.targets().isEmpty();
    boolean clash = wanted && namesClash(pod);
    List<String> problems = problems(pod, regular, init, clash);
    boolean injects = wanted && !clash;
    ObjectNode annotations = annotations(injects, regular, init, problems);
    if (injects && !pod.hasRoomFor(annotations)) {
      injects = false;
      problems.add(NO_ROOM);
      annotations = annotations(false, regular, init, problems);
    }
    JsonPatch patch = new JsonPatch();
    if (pod.hasRoomFor(annotations)) { // else the warnings alone say why
      annotate(pod, annotations, patch);
    }
    if (injects) {
      addVolumes(pod, patch);
      addTo(regular, pod, patch);
      addTo(init, pod, patch);
      addInitContainer(pod, patch);
    }
    return new Injection(outcome(injects, problems), patch.operations(), warnings(pod, problems));
  }

  private static Outcome outcome(boolean injects, List<String> problems) {
    if (injects) {
      return problems.isEmpty() ? Outcome.INJECTED : Outcome.PARTLY;
    }
    return problems.isEmpty() ? Outcome.NOTHING_TO_DO : Outcome.NOT_POSSIBLE;
  }

  /** True if the pod has our names without an injection: such a volume may contain anything. */
  private boolean namesClash(Pod pod) {
    if (pod.annotations().has(Pod.INJECTED)) {
      return false;
    }
    for (String field : List.of("volumes", "containers", "initContainers")) {
      for (JsonNode each : pod.spec().path(field)) {
        if (description.names().contains(Containers.name(each))) {
          return true;
        }
      }
    }
    return false;
  }

  private List<String> problems(Pod pod, Containers regular, Containers init, boolean clash) {
    List<String> problems = new ArrayList<>(regular.problems());
    problems.addAll(init.problems());
    Set<String> present = new HashSet<>();
    regular.list().forEach(container -> present.add(Containers.name(container)));
    init.list().forEach(container -> present.add(Containers.name(container)));
    for (String name : pod.chosen()) {
      if (!present.contains(name)) {
        problems.add(Pod.CONTAINER + " names " + name + ", which is no container");
      }
    }
    if (clash) {
      problems.add(
          "a volume or container has one of the names " + String.join(", ", description.names()));
    }
    return problems;
  }

  private List<String> warnings(Pod pod, List<String> problems) {
    List<String> warnings = new ArrayList<>();
    problems.forEach(problem -> warnings.add("whorl: not injected: " + problem));
    for (String key : pod.unknownKeys(description)) {
      warnings.add("whorl: unknown and ignored: " + key);
    }
    return warnings;
  }

  private ObjectNode annotations(
      boolean injects, Containers regular, Containers init, List<String> problems) {
    ObjectNode wanted = JsonNodeFactory.instance.objectNode();
    if (injects) {
      if (description.caAnnotation() != null && authority != null) {
        wanted.put(description.caAnnotation(), authority);
      }
      List<String> names = new ArrayList<>(regular.injected(description.agentVolume()));
      names.addAll(init.injected(description.agentVolume()));
      wanted.put(Pod.INJECTED, String.join(",", names));
    }
    if (!problems.isEmpty()) {
      wanted.put(Pod.NOT_INJECTED, String.join("; ", problems));
    }
    return wanted;
  }

  private static void annotate(Pod pod, ObjectNode wanted, JsonPatch patch) {
    if (!wanted.isEmpty() && !pod.annotations().isObject()) {
      patch.add(ANNOTATIONS, JsonNodeFactory.instance.objectNode());
    }
    for (Map.Entry<String, JsonNode> each : wanted.properties()) {
      if (!each.getValue().equals(pod.annotations().path(each.getKey()))) {
        patch.add(ANNOTATIONS + "/" + JsonPatch.segment(each.getKey()), each.getValue());
      }
    }
  }

  private void addVolumes(Pod pod, JsonPatch patch) {
    JsonNode present = pod.spec().path("volumes");
    patch.ensureArray(pod.spec(), "volumes", "/spec/volumes");
    for (JsonNode volume : description.volumes()) {
      if (!Containers.hasNamed(present, Containers.name(volume))) {
        patch.add("/spec/volumes/-", volume);
      }
    }
  }

  private void addTo(Containers containers, Pod pod, JsonPatch patch) {
    for (int index : containers.targets()) {
      JsonNode container = containers.list().path(index);
      String path = "/spec/" + containers.field() + "/" + index;
      patch.ensureArray(container, "env", path + "/env");
      addOptions(container, path, patch);
      for (JsonNode variable : description.environment()) {
        addVariable(container, path, Containers.name(variable), variable, patch);
      }
      for (Description.PodSetting setting : description.settings()) {
        addSetting(container, path, pod, setting, patch);
      }
      patch.ensureArray(container, "volumeMounts", path + "/volumeMounts");
      for (JsonNode mount : description.mounts()) {
        patch.add(path + "/volumeMounts/-", mount);
      }
    }
  }

  private void addOptions(JsonNode container, String path, JsonPatch patch) {
    int index = Containers.optionIndex(container);
    if (index < 0) {
      patch.add(path + "/env/-", variable(Containers.OPTIONS, description.options()));
      return;
    }
    String present = container.path("env").path(index).path("value").asText("");
    patch.add(
        path + "/env/" + index + "/value",
        present.isEmpty() ? description.options() : present + " " + description.options());
  }

  private void addSetting(
      JsonNode container, String path, Pod pod, Description.PodSetting setting, JsonPatch patch) {
    String unless = setting.unless();
    if (unless != null && Containers.hasNamed(container.path("env"), unless)) {
      return;
    }
    for (String key : setting.keys()) {
      String value = pod.given(key);
      if (!value.isEmpty()) {
        addVariable(
            container, path, setting.variable(), variable(setting.variable(), value), patch);
        return;
      }
    }
  }

  /** A variable that the container has already stays. */
  private static void addVariable(
      JsonNode container, String path, String name, JsonNode variable, JsonPatch patch) {
    if (!Containers.hasNamed(container.path("env"), name)) {
      patch.add(path + "/env/-", variable);
    }
  }

  private static JsonNode variable(String name, String value) {
    return JsonNodeFactory.instance.objectNode().put("name", name).put("value", value);
  }

  /** It comes first, so that sidecars find the agent too. */
  private void addInitContainer(Pod pod, JsonPatch patch) {
    JsonNode ours = description.initContainer();
    JsonNode present = pod.spec().path("initContainers");
    if (ours == null || Containers.hasNamed(present, description.initContainerName())) {
      return;
    }
    patch.ensureArray(pod.spec(), "initContainers", "/spec/initContainers");
    ObjectNode container = ours.deepCopy();
    JsonNode user = pod.spec().path("securityContext").path("runAsUser");
    if (description.userInsteadOfRoot() != null && user.isNumber() && user.longValue() == 0) {
      container.withObject("/securityContext").put("runAsUser", description.userInsteadOfRoot());
    }
    patch.add("/spec/initContainers/0", container);
  }
}

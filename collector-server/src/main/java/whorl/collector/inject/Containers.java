package whorl.collector.inject;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One list of containers of a pod, and what is done with each.
 *
 * @param field {@code containers} or {@code initContainers}
 * @param states one for each container
 */
record Containers(String field, JsonNode list, List<ContainerState> states) {
  static final String OPTIONS = "JAVA_TOOL_OPTIONS";

  static Containers regular(Pod pod, Description description) {
    JsonNode list = pod.spec().path("containers");
    Set<String> chosen = pod.chosen();
    List<ContainerState> states = new ArrayList<>();
    for (JsonNode container : list) {
      boolean wanted = chosen.isEmpty() || chosen.contains(name(container));
      states.add(state(container, wanted, false, pod, description));
    }
    return new Containers("containers", list, List.copyOf(states));
  }

  /**
   * Init containers. Without {@code whorl.io/container}, only sidecars get the agent; and never one
   * that starts before the container that copies it.
   */
  static Containers init(Pod pod, Description description) {
    JsonNode list = pod.spec().path("initContainers");
    Set<String> chosen = pod.chosen();
    String copies = description.initContainerName();
    boolean early = false;
    for (JsonNode container : list) {
      early |= !copies.isEmpty() && name(container).equals(copies);
    }
    List<ContainerState> states = new ArrayList<>();
    for (JsonNode container : list) {
      String name = name(container);
      boolean copier = !copies.isEmpty() && name.equals(copies);
      early &= !copier;
      boolean sidecar = "Always".equals(container.path("restartPolicy").asText());
      boolean wanted = !copier && (chosen.isEmpty() ? sidecar : chosen.contains(name));
      states.add(state(container, wanted, early, pod, description));
    }
    return new Containers("initContainers", list, List.copyOf(states));
  }

  private static ContainerState state(
      JsonNode container, boolean wanted, boolean early, Pod pod, Description description) {
    if (!wanted) {
      return ContainerState.NOT_CHOSEN;
    }
    if (hasAgent(container, description.agentFile())) {
      return ContainerState.HAS_AGENT;
    }
    int option = optionIndex(container);
    if (option >= 0 && container.path("env").path(option).has("valueFrom")) {
      return ContainerState.VALUE_FROM;
    }
    if (option < 0 && !pod.ignoresEnvFrom() && envFromMayHold(container)) {
      return ContainerState.ENV_FROM;
    }
    if (isMounted(container, description)) {
      return ContainerState.MOUNTED;
    }
    return early ? ContainerState.TOO_EARLY : ContainerState.TARGET;
  }

  private static boolean hasAgent(JsonNode container, String agentFile) {
    for (JsonNode variable : container.path("env")) {
      if (variable.path("value").asText("").contains(agentFile)) {
        return true;
      }
    }
    for (String field : List.of("command", "args")) {
      for (JsonNode word : container.path(field)) {
        if (word.asText("").contains(agentFile)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The index of the variable that counts: the last of its name; -1 if there is none. */
  static int optionIndex(JsonNode container) {
    int found = -1;
    int index = 0;
    for (JsonNode variable : container.path("env")) {
      if (OPTIONS.equals(name(variable))) {
        found = index;
      }
      index++;
    }
    return found;
  }

  /** With another prefix, no key of a ConfigMap or Secret can become this variable. */
  private static boolean envFromMayHold(JsonNode container) {
    for (JsonNode source : container.path("envFrom")) {
      if (OPTIONS.startsWith(source.path("prefix").asText(""))) {
        return true;
      }
    }
    return false;
  }

  /** A second mount at a path is refused, and one below a read-only one cannot be made. */
  private static boolean isMounted(JsonNode container, Description description) {
    for (JsonNode mount : container.path("volumeMounts")) {
      String path = mount.path("mountPath").asText("");
      for (String ours : description.mountPaths()) {
        if (path.equals(ours) || path.startsWith(ours + "/")) {
          return true;
        }
      }
    }
    return false;
  }

  static String name(JsonNode named) {
    return named.path("name").asText("");
  }

  static boolean hasNamed(JsonNode list, String name) {
    for (JsonNode each : list) {
      if (name(each).equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** Indexes of the containers that get the agent. */
  List<Integer> targets() {
    List<Integer> targets = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      if (states.get(i) == ContainerState.TARGET) {
        targets.add(i);
      }
    }
    return targets;
  }

  /** Names of the containers that have the agent afterwards, by our hand. */
  List<String> injected(String agentVolume) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      JsonNode container = list.path(i);
      boolean ours = hasNamed(container.path("volumeMounts"), agentVolume);
      if (states.get(i) == ContainerState.TARGET
          || (states.get(i) == ContainerState.HAS_AGENT && ours)) {
        names.add(name(container));
      }
    }
    return names;
  }

  /** A text for each container that should get the agent and does not. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      String reason = states.get(i).reason();
      if (reason != null) {
        problems.add(name(list.path(i)) + ": " + reason);
      }
    }
    return problems;
  }
}

package whorl.collector.inject;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;

/**
 * What is injected, as the chart renders it from {@code files/injection.yaml}. The chart makes the
 * expressions of its MutatingAdmissionPolicy from the same file, so both ways give the same pod.
 *
 * @param options appended to JAVA_TOOL_OPTIONS
 * @param agentFile a container whose environment, command or arguments name this file has the agent
 *     already
 * @param namespaces whose pods are left alone
 * @param environment variables of each container, as a pod has them
 * @param settings further variables, from annotations and labels of the pod
 * @param volumes of the pod; the first holds the agent
 * @param mounts of each container
 * @param initContainer copies the agent; null if a volume has it already
 * @param userInsteadOfRoot the user id of that container if the pod's is root's
 * @param caAnnotation the annotation that carries the authority's certificates into the pod; null
 *     if they come another way
 */
record Description(
    String options,
    String agentFile,
    List<String> namespaces,
    List<JsonNode> environment,
    List<PodSetting> settings,
    List<JsonNode> volumes,
    List<JsonNode> mounts,
    @Nullable JsonNode initContainer,
    @Nullable Integer userInsteadOfRoot,
    @Nullable String caAnnotation) {

  /**
   * A variable whose value the pod itself gives.
   *
   * @param keys of annotations or labels; the first that the pod has counts
   * @param unless a variable of the container that takes its place; null for none
   */
  record PodSetting(String variable, List<String> keys, @Nullable String unless) {
    PodSetting {
      if (variable == null || keys == null || keys.isEmpty()) {
        throw new IllegalArgumentException("a setting needs variable and keys");
      }
    }
  }

  Description {
    if (options == null || options.isBlank() || agentFile == null || agentFile.isBlank()) {
      throw new IllegalArgumentException("options and agentFile are needed");
    }
    namespaces = namespaces == null ? List.of() : List.copyOf(namespaces);
    environment = named("environment", environment);
    settings = settings == null ? List.of() : List.copyOf(settings);
    volumes = named("volumes", volumes);
    mounts = named("mounts", mounts);
    if (volumes.isEmpty() || mounts.isEmpty()) {
      throw new IllegalArgumentException("volumes and mounts are needed");
    }
    for (JsonNode mount : mounts) {
      if (!mount.path("mountPath").asText().startsWith("/")) {
        throw new IllegalArgumentException("a mount needs a mountPath that begins with /");
      }
    }
    if (initContainer != null && initContainer.isNull()) {
      initContainer = null;
    }
  }

  private static List<JsonNode> named(String what, @Nullable List<JsonNode> nodes) {
    List<JsonNode> all = nodes == null ? List.of() : List.copyOf(nodes);
    for (JsonNode each : all) {
      if (!each.path("name").isTextual()) {
        throw new IllegalArgumentException("each of " + what + " needs a name");
      }
    }
    return all;
  }

  /**
   * Reads the JSON form.
   *
   * @throws IOException that says what is wrong in it
   */
  static Description parse(byte[] json) throws IOException {
    Description read = Json.MAPPER.readValue(json, Description.class);
    if (read == null) {
      throw new IOException("the description is null");
    }
    return read;
  }

  /** The volume that holds the agent. */
  String agentVolume() {
    return volumes.get(0).path("name").asText();
  }

  /** The name of the init container; empty without one. */
  String initContainerName() {
    return initContainer == null ? "" : initContainer.path("name").asText();
  }

  List<String> mountPaths() {
    List<String> paths = new ArrayList<>();
    mounts.forEach(mount -> paths.add(mount.path("mountPath").asText()));
    return paths;
  }

  /** Names that the pod must not have otherwise. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    volumes.forEach(volume -> names.add(volume.path("name").asText()));
    if (initContainer != null) {
      names.add(initContainerName());
    }
    return names;
  }
}

package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The restricted Pod Security Standard, and what we ask beyond it. */
final class Restricted {
  private Restricted() {}

  static void check(Map<String, Object> pod) {
    assertThat(pod).doesNotContainKeys("hostNetwork", "hostPID", "hostIPC");
    Map<String, Object> security = Manifests.map(Manifests.at(pod, "securityContext"));
    assertThat(security).containsEntry("runAsNonRoot", true).containsEntry("runAsUser", 65532);
    assertThat(Manifests.at(security, "seccompProfile", "type")).isEqualTo("RuntimeDefault");
    for (Map<String, Object> volume : Manifests.maps(pod.getOrDefault("volumes", List.of()))) {
      assertThat(volume.keySet())
          .as("kinds of volumes that the standard permits")
          .isSubsetOf(
              "name", "configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret");
    }
    List<Map<String, Object>> containers =
        new ArrayList<>(Manifests.maps(Manifests.at(pod, "containers")));
    containers.addAll(Manifests.maps(pod.getOrDefault("initContainers", List.of())));
    for (Map<String, Object> container : containers) {
      Map<String, Object> own = Manifests.map(Manifests.at(container, "securityContext"));
      assertThat(own)
          .containsEntry("allowPrivilegeEscalation", false)
          .containsEntry("readOnlyRootFilesystem", true)
          .doesNotContainKey("privileged");
      assertThat(Manifests.at(own, "capabilities")).isEqualTo(Map.of("drop", List.of("ALL")));
      assertThat(Manifests.at(container, "resources", "limits", "memory")).isNotNull();
    }
  }

  /** The standard alone, for pods of others: nothing that it refuses. */
  static void checkStandard(Map<String, Object> pod) {
    for (Map<String, Object> volume : Manifests.maps(pod.getOrDefault("volumes", List.of()))) {
      assertThat(volume.keySet()).isSubsetOf("name", "emptyDir", "image", "projected");
    }
    Map<String, Object> security = Manifests.map(Manifests.at(pod, "securityContext"));
    assertThat(security).containsEntry("runAsNonRoot", true);
    List<Map<String, Object>> containers =
        new ArrayList<>(Manifests.maps(Manifests.at(pod, "containers")));
    containers.addAll(Manifests.maps(pod.getOrDefault("initContainers", List.of())));
    for (Map<String, Object> container : containers) {
      Map<String, Object> own = Manifests.map(Manifests.at(container, "securityContext"));
      assertThat(own)
          .containsEntry("allowPrivilegeEscalation", false)
          .doesNotContainKey("privileged");
      assertThat(own.getOrDefault("runAsNonRoot", true)).isEqualTo(true);
      assertThat(own.getOrDefault("runAsUser", 1)).isNotEqualTo(0);
      assertThat(Manifests.at(own, "capabilities")).isEqualTo(Map.of("drop", List.of("ALL")));
    }
  }
}

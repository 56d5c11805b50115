package whorl.agent.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerTracesTest {
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final String OTHER = "fedcba9876543210".repeat(4);
  private static final String POD = "6fa85f64-5717-4562-b3fc-2c963f66afa6";

  @ParameterizedTest
  @CsvSource({
    "/docker/@, docker, ",
    "/system.slice/docker-@.scope, docker, ",
    "/kubepods/besteffort/pod#/@, , #",
    "/kubepods.slice/kubepods-pod_.slice/cri-containerd-@.scope, containerd, #",
    "/kubepods.slice/kubepods-pod_.slice:cri-containerd:@, containerd, #",
    "/kubepods.slice/kubepods-pod_.slice/crio-@.scope, cri-o, #",
    "/machine.slice/libpod-@.scope/container, podman, ",
    "/machine.slice/libpod_pod_%/libpod-@, podman, ",
    "/, , ",
  })
  void find_controlGroup_yieldsContainerAndPod(String path, String runtime, String podUid) {
    String real =
        path.replace("@", ID)
            .replace("%", OTHER)
            .replace("#", POD)
            .replace("_.slice", POD.replace('-', '_') + ".slice");
    ContainerTraces.Found found = ContainerTraces.find(List.of(real), List.of());

    assertThat(found.id()).isEqualTo(path.contains("@") ? ID : null);
    assertThat(found.runtime()).isEqualTo(runtime);
    assertThat(found.podUid()).isEqualTo(podUid == null ? null : POD);
  }

  @Test
  void find_dockerMounts_yieldTheContainer() {
    ContainerTraces.Found found =
        found("/etc/hostname", "/var/lib/docker/containers/" + ID + "/hostname");

    assertThat(found.id()).isEqualTo(ID);
    assertThat(found.runtime()).isEqualTo("docker");
  }

  @Test
  void find_podmanPod_usesOwnAndNotSharedMounts() {
    String storage = "/containers/storage/overlay-containers/";
    ContainerTraces.Found found =
        found(
            "/dev/shm", "/var/lib" + storage + OTHER + "/userdata/shm",
            "/etc/hosts", "/run" + storage + OTHER + "/userdata/hosts",
            "/run/.containerenv", "/run" + storage + ID + "/userdata/.containerenv");

    assertThat(found.id()).isEqualTo(ID);
    assertThat(found.runtime()).isEqualTo("podman");
  }

  @Test
  void find_containerd_hasSandboxAndPodButNoOwnId() {
    ContainerTraces.Found found =
        found(
            "/etc/hosts", "/var/lib/kubelet/pods/" + POD + "/etc-hosts",
            "/etc/hostname",
                "/run/containerd/io.containerd.grpc.v1.cri/sandboxes/" + OTHER + "/hostname");

    assertThat(found.id()).isNull();
    assertThat(found.sandbox()).isEqualTo(OTHER);
    assertThat(found.podUid()).isEqualTo(POD);
    assertThat(found.runtime()).isEqualTo("containerd");
  }

  private static ContainerTraces.Found found(String... pointsAndRoots) {
    ContainerTraces.Mounted[] mounts = new ContainerTraces.Mounted[pointsAndRoots.length / 2];
    Arrays.setAll(
        mounts, i -> new ContainerTraces.Mounted(pointsAndRoots[2 * i + 1], pointsAndRoots[2 * i]));
    return ContainerTraces.find(List.of("/"), Arrays.asList(mounts));
  }
}

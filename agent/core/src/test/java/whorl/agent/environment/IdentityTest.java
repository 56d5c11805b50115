package whorl.agent.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.ConfigLoader;
import whorl.evidence.AgentIdentity;

class IdentityTest {
  private static final String ID = "0123456789abcdef".repeat(4);

  private final Map<String, String> properties =
      new HashMap<>(Map.of("java.vm.name", "VM", "java.vm.version", "21", "java.version", "21"));
  private final Map<String, String> variables = new HashMap<>();
  @TempDir Path root;

  @Test
  void of_settings_takePrecedence() {
    variables.put("OTEL_SERVICE_NAME", "otel");

    assertThat(
            identity("service.name=mine,service.namespace=space,service.labels=team=a").service())
        .isEqualTo("mine");
    assertThat(identity("service.namespace=space").namespace()).isEqualTo("space");
    assertThat(identity("service.labels=team=a").labels()).containsEntry("team", "a");
    assertThat(identity(null).service()).isEqualTo("otel");
  }

  @Test
  void of_noSettings_usesMainClassOrJar() {
    properties.put("sun.java.command", "com.example.Shop --port 1");
    assertThat(identity(null).service()).isEqualTo("Shop");

    properties.put("sun.java.command", "/app/shop.jar serve");
    assertThat(identity(null).service()).isEqualTo("shop");

    properties.remove("sun.java.command");
    assertThat(identity(null).service()).isEqualTo("unknown");
  }

  @Test
  void of_kubernetes_usesDownwardApiOrHostname() {
    variables.put("HOSTNAME", "shop-7d9-abcde");
    assertThat(identity(null).pod()).isNull();

    variables.put("KUBERNETES_SERVICE_HOST", "10.0.0.1");
    assertThat(identity(null).pod()).isEqualTo("shop-7d9-abcde");

    variables.put("POD_NAME", "shop-0");
    variables.put("POD_NAMESPACE", "prod");
    variables.put("POD_UID", "11111111-2222-3333-4444-555555555555");
    AgentIdentity identity = identity(null);
    assertThat(identity.pod()).isEqualTo("shop-0");
    assertThat(identity.namespace()).isEqualTo("prod");
    assertThat(identity.podUid()).isEqualTo("11111111-2222-3333-4444-555555555555");
  }

  @Test
  void of_cgroupV1Path_yieldsContainerAndPod() throws IOException {
    file(
        "proc/self/cgroup",
        "3:memory:/kubepods.slice/kubepods-burstable.slice/"
            + "kubepods-burstable-pod1111aaaa_2222_3333_4444_555566667777.slice/cri-containerd-"
            + ID
            + ".scope\n");

    AgentIdentity identity = identity(null);

    assertThat(identity.container()).isEqualTo(ID);
    assertThat(identity.podUid()).isEqualTo("1111aaaa-2222-3333-4444-555566667777");
  }

  @Test
  void of_cgroupNamespace_findsTheContainerInTheMounts() throws IOException {
    file("proc/self/cgroup", "0::/\n");
    file(
        "proc/self/mountinfo",
        "812 788 254:1 /var/lib/docker/overlay2/"
            + "f".repeat(64)
            + "/diff / rw - ext4 x rw\n"
            + "827 788 254:1 /var/lib/docker/containers/"
            + ID
            + "/hostname /etc/hostname rw,relatime - ext4 /dev/vda1 rw\n");

    assertThat(identity(null).container()).isEqualTo(ID);
  }

  private AgentIdentity identity(String arguments) {
    AgentConfig config = ConfigLoader.load(arguments, name -> null, name -> null);
    return Identity.of(
        config, properties::get, variables::get, root, InstantSource.system(), "0.1.0");
  }

  private void file(String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}

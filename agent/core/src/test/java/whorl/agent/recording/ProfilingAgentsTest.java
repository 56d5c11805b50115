package whorl.agent.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfilingAgentsTest {
  @TempDir private Path folder;

  @Test
  void among_datadog_isKnownByItsManifest() throws IOException {
    String other = jar("other.jar", "com.example.Agent");
    String datadog = jar("dd-java-agent.jar", "datadog.trace.bootstrap.AgentBootstrap");

    assertThat(ProfilingAgents.among(List.of(other))).isFalse();
    assertThat(ProfilingAgents.among(List.of(other, datadog))).isTrue();
  }

  @Test
  void among_whatIsNoJar_isNone() throws IOException {
    Path text = Files.writeString(folder.resolve("text.jar"), "Premain-Class: datadog.X");
    String missing = folder.resolve("missing.jar").toString();

    assertThat(ProfilingAgents.among(List.of(text.toString(), missing, "\0", folder.toString())))
        .isFalse();
    assertThat(ProfilingAgents.among(List.of(jar("library.jar", null)))).isFalse();
  }

  private String jar(String name, @Nullable String premainClass) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    if (premainClass != null) {
      manifest.getMainAttributes().putValue("Premain-Class", premainClass);
    }
    Path jar = folder.resolve(name);
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return jar.toString();
  }
}

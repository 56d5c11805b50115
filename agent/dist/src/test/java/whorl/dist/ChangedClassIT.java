package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Another agent changes classes of a server that are loaded: each is found by its difference from
 * its own jar, with the bytes that were handed in; and what was only looked at is not.
 */
class ChangedClassIT {
  private static final AppProgram PROGRAM =
      new AppProgram("ChangedApp", List.of("tomcat10"), List.of());
  private static final String CORE = "org.apache.catalina.core.";

  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.installed().stream().filter(jdk -> jdk.feature() != 21);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void classesChangedByAnAgent_areFound_withTheirBytes(Jdk jdk) throws Exception {
    InjectedApp app = InjectedApp.run(folder, jdk, PROGRAM, true, agent());

    JsonNode chain = app.finding("changed-class", CORE + "ApplicationFilterChain").orElseThrow();
    assertThat(app.kept(chain)).isEqualTo(app.brought("Chain"));
    assertThat(chain.path("origin").asText()).isEqualTo("agent");
    JsonNode valve = app.finding("changed-class", CORE + "StandardWrapperValve").orElseThrow();
    assertThat(app.kept(valve)).isEqualTo(app.brought("Valve"));
    assertThat(valve.at("/findings/0/severity").asText()).isEqualTo("critical");
    JsonNode host = app.finding("changed-class", CORE + "StandardHostValve").orElseThrow();
    assertThat(app.kept(host)).as("its transformer is gone").isEqualTo(app.brought("Host"));
    assertThat(host.at("/findings/0/reason").asText()).contains("invoke(");
    assertThat(app.findings()).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void classesLookedAtByAnAgent_areNoFinding(Jdk jdk) throws Exception {
    InjectedApp app = InjectedApp.run(folder, jdk, PROGRAM, false, agent());

    assertThat(app.findings()).isEmpty();
  }

  /** The options that load the program as an agent beside ours. */
  private String agent() throws IOException {
    Path jar = folder.resolve("other-agent.jar");
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Premain-Class", "ChangedApp");
    attributes.putValue("Can-Retransform-Classes", "true");
    attributes.putValue("Can-Redefine-Classes", "true");
    try (OutputStream out = Files.newOutputStream(jar)) {
      new JarOutputStream(out, manifest).close();
    }
    return "-javaagent:" + jar;
  }
}

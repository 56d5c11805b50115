package whorl.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Envelope;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.Missing;
import whorl.evidence.Statement;
import whorl.evidence.VerifyingKey;

/**
 * One capture of everything, in a separate JVM that opens the same packages as the agent: see
 * {@link FullCapture}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FullCaptureTest {
  @TempDir static Path folder;

  private Path evidence;
  private Manifest manifest;

  @BeforeAll
  void capture() throws Exception {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED",
                "--add-opens=java.management/sun.management=ALL-UNNAMED",
                "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
                "-Xlog:class+load:file=" + folder.resolve("loaded"),
                "-Dsome.password=hunter2hunter2",
                "-cp",
                System.getProperty("java.class.path"),
                FullCapture.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    try (Stream<Path> files = Files.list(folder)) {
      evidence = files.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    manifest = Json.MAPPER.readValue(file(ArtifactName.MANIFEST), Manifest.class);
  }

  @Test
  void manifest_listsEveryFileWithItsDigest() throws IOException {
    Map<String, String> listed = new TreeMap<>();
    for (Artifact artifact : manifest.artifacts()) {
      listed.put(artifact.name().value(), artifact.sha256().hex());
      assertThat(file(artifact.name())).hasSize(artifact.size());
    }
    Map<String, String> there = new TreeMap<>();
    try (Stream<Path> files = Files.walk(evidence).filter(Files::isRegularFile)) {
      for (Path file : files.toList()) {
        there.put(evidence.relativize(file).toString(), Digest.of(Files.readAllBytes(file)).hex());
      }
    }
    there.remove(ArtifactName.MANIFEST.value());
    there.remove(ArtifactName.ENVELOPE.value());

    assertThat(listed).isEqualTo(there);
    assertThat(listed.keySet())
        .contains(
            "recording.jfr",
            "events.ndjson",
            "threads.txt",
            "threads.json",
            "classes.ndjson",
            "process.json",
            "network.ndjson",
            "fds.ndjson",
            "maps.txt",
            "console.log",
            "histogram.txt",
            "acquisition.log");
  }

  @Test
  void manifest_listsWhatIsMissing() {
    assertThat(manifest.missing()).extracting(Missing::artifact).containsExactly("files");
  }

  @Test
  void envelope_signsTheStatementOfTheManifest() throws IOException {
    Envelope envelope = Json.MAPPER.readValue(file(ArtifactName.ENVELOPE), Envelope.class);
    byte[] manifestJson = Files.readAllBytes(file(ArtifactName.MANIFEST).toPath());

    assertThat(VerifyingKey.of(manifest.key()).verifies(envelope)).isTrue();
    assertThat(Json.MAPPER.readValue(envelope.payloadBytes(), Statement.class))
        .isEqualTo(Statement.of(manifest, Digest.of(manifestJson)));
  }

  @Test
  void openPackages_provideHistogramFlagsAndLoaderNames() throws IOException {
    assertThat(file("histogram.txt")).content().contains("java.lang.String ");
    assertThat(Json.MAPPER.readTree(file("process.json")).get("flags").asText())
        .contains("MaxHeapSize");
    assertThat(Files.readString(file("classes.ndjson").toPath())).contains("\"loader\":\"app:jdk.");
  }

  @Test
  void openPackages_provideVirtualThreadsFromJava21On() throws IOException {
    List<String> virtual =
        Json.MAPPER.readTree(file("threads.json")).get("threads").findValuesAsText("virtual");

    assertThat(virtual.stream().filter("true"::equals).count())
        .isEqualTo(Runtime.version().feature() >= 21 ? 7 : 0);
  }

  @Test
  void secrets_areNotInTheEvidence() throws IOException {
    try (Stream<Path> files = Files.walk(evidence).filter(Files::isRegularFile)) {
      for (Path file : files.toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain("hunter2hunter2");
      }
    }
  }

  @Test
  void noMBeanServerAndNoLogging_wereInitialised() throws IOException {
    String loaded = Files.readString(evidence.resolveSibling("loaded"));

    assertThat(loaded).contains("whorl.agent.capture.coordinate.CaptureSealer");
    assertThat(loaded.lines())
        .noneMatch(line -> line.contains("JmxMBeanServer") || line.contains("util.logging.Log"));
  }

  private File file(ArtifactName name) {
    return file(name.value());
  }

  private File file(String name) {
    return evidence.resolve(name).toFile();
  }
}

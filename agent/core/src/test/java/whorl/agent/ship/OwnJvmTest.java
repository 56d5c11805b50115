package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.agent.ship.spool.Draft;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.SpoolOwner;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/** Tests that need a JVM of their own. */
@Timeout(120)
final class OwnJvmTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  /** This Java, and 17 and 25 if they are installed. */
  static List<Path> javas() throws IOException {
    Map<Path, Path> javas = new TreeMap<>();
    Path own = Path.of(System.getProperty("java.home"), "bin", "java");
    javas.put(own.toRealPath(), own);
    Path installed = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(installed)) {
      try (Stream<Path> homes = Files.list(installed)) {
        for (Path home : homes.filter(h -> h.toString().matches(".*[-.](17|25).*")).toList()) {
          Path java = home.resolve("bin/java");
          if (Files.isExecutable(java)) {
            javas.putIfAbsent(java.toRealPath(), java);
          }
        }
      }
    }
    return List.copyOf(javas.values());
  }

  @ParameterizedTest
  @MethodSource("javas")
  void ship_overTls_printsNothingSetsNothingAndLeavesLoggingAndJmxAlone(Path java)
      throws Exception {
    TestKeys keys = TestKeys.make(folder, "server", "dns:localhost");
    Path loaded = folder.resolve("classes.log");
    Id evidence = leaveBehind(2 * MIB);
    try (FakeCollector collector =
        FakeCollector.start(
            "",
            SslContextBuilder.forServer(keys.cert().toFile(), keys.key().toFile())
                .sslProvider(SslProvider.JDK)
                .build())) {
      // The application's settings for its own Netty and SLF4J must not affect the agent.
      List<String> options =
          List.of(
              "-Dslf4j.provider=ch.qos.logback.classic.spi.LogbackServiceProvider",
              "-Dio.netty.leakDetection.level=paranoid",
              "-Dio.netty.noUnsafe=false",
              "-Xlog:class+load,class+init:file=" + loaded);
      run(
          ShipOnce.command(
              java,
              options,
              collector.url().toString(),
              folder.resolve("spool").toString(),
              keys.cert().toString(),
              keys.cert().toString(),
              keys.key().toString()));

      assertThat(collector.disk.sealed).contains(evidence.value());
    }
    String classes = Files.readString(loaded);
    assertThat(classes).contains("io.netty.channel.nio.NioIoHandler");
    // Both can be set up only once in a JVM, and that is up to the application.
    assertThat(classes.contains("Initializing 'java/util/logging/"))
        .as("logging is set up")
        .isFalse();
    assertThat(classes.contains("com.sun.jmx.mbeanserver."))
        .as("an MBean server is made")
        .isFalse();
  }

  @Test
  void ship_threeHundredMebibytes_needLittleHeap() throws Exception {
    Id evidence = leaveBehind(300 * MIB);
    try (FakeCollector collector = FakeCollector.start()) {
      run(
          ShipOnce.command(
              Path.of(System.getProperty("java.home"), "bin", "java"),
              List.of("-Xmx24m", "-XX:MaxDirectMemorySize=8m"),
              collector.url().toString(),
              folder.resolve("spool").toString()));

      assertThat(collector.disk.sealed).contains(evidence.value());
      assertThat(collector.disk.upload(evidence, "recording.jfr").offset).isEqualTo(300L * MIB);
    }
  }

  @Tag("long")
  @Test
  void upload_threeHundredMebibytesOfUnknownLength_needLittleMemory() throws Exception {
    Id evidence = Samples.id();
    try (FakeCollector collector = FakeCollector.start()) {
      run(
          ShipOnce.command(
              DirectOnce.class,
              Path.of(System.getProperty("java.home"), "bin", "java"),
              List.of("-Xmx12m", "-XX:MaxDirectMemorySize=4m", "-XX:+UseSerialGC"),
              collector.url().toString(),
              evidence.value(),
              "300"));

      assertThat(collector.disk.upload(evidence, "heap.hprof.gz").length).isEqualTo(300L * MIB);
    }
  }

  private Id leaveBehind(int bytes) throws IOException {
    Id evidence = Samples.id();
    byte[] piece = Samples.bytes(1, MIB);
    try (Spool spool =
        Spool.inFolder(
            folder.resolve("spool"),
            new SpoolOwner(Samples.AGENT, "shop", false),
            1L << 30,
            () -> Long.MAX_VALUE)) {
      Draft draft = spool.begin(evidence, Samples.id());
      try (OutputStream out = draft.create(ArtifactName.RECORDING, "application/x-jfr")) {
        for (int i = 0; i < bytes / MIB; i++) {
          out.write(piece);
        }
      }
      Samples.seal(draft);
    }
    return evidence;
  }

  private void run(List<String> command) throws Exception {
    Path output = folder.resolve("output");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().remove("JDK_JAVA_OPTIONS");
    Process process = builder.redirectOutput(output.toFile()).start();
    boolean ended = process.waitFor(100, TimeUnit.SECONDS);
    process.destroyForcibly();

    assertThat(ended).as("ended in time").isTrue();
    assertThat(Files.readString(output)).as("what it printed").isEmpty();
    assertThat(process.exitValue()).as("status, see ShipOnce and DirectOnce").isZero();
  }
}

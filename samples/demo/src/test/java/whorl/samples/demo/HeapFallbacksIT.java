package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where there can be no stream: the next best, and the reason in log and manifest. */
final class HeapFallbacksIT {
  private static final int LIVE_MEBIBYTES = 60;
  private static final List<String> FLAGS = List.of("-Xmx160m", "-XX:+UseSerialGC");
  private static final Duration LIMIT = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long SLOW_BYTES_PER_SECOND = 200 << 10;

  @TempDir Path folder;

  static IntStream versions17And25() {
    return World.nextOf(HeapFallbacksIT.class, 17, 25);
  }

  static IntStream versions21And25() {
    return World.nextOf(HeapFallbacksIT.class, 21, 25);
  }

  @ParameterizedTest
  @MethodSource("versions21And25")
  void noTmp_inAContainerThatCanWriteNothing_bringsTheHistogramAndTheReason(int version) {
    World.engineOrSkip();
    try (World world = new World(folder);
        HeapProcess app =
            HeapProcess.container(
                world,
                version,
                512,
                Shop.STRICTEST,
                LIVE_MEBIBYTES,
                FLAGS,
                flag(world, "/whorl/whorl-agent.jar"))) {
      assertHistogram(
          world,
          app,
          "not streamed: no attach socket /tmp/.java_pid1;.* writable /tmp; not over a file: no"
              + " folder has room for a file of \\d+ MiB: none is writable;.*");
    }
  }

  @ParameterizedTest
  @MethodSource("versions17And25")
  void disableAttachMechanism_whereADiskHasRoom_bringsTheHeapOverAFile(int version) {
    Path javaHome = World.javaOrSkip(version);
    try (World world = new World(folder);
        HeapProcess app =
            HeapProcess.jvm(
                world,
                javaHome,
                LIVE_MEBIBYTES,
                List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:+DisableAttachMechanism"),
                flag(world, world.jars.agent().toString()))) {
      assertOverAFile(world, app, "no attach socket .*-XX:\\+DisableAttachMechanism.*");
    }
  }

  @ParameterizedTest
  @MethodSource("versions21And25")
  void littleMemoryLeft_inAContainer_bringsTheHistogramAndBothFigures(int version) {
    World.engineOrSkip();
    try (World world = new World(folder);
        HeapProcess app =
            HeapProcess.container(
                world,
                version,
                300,
                HeapProcess.ONE_MEBIBYTE,
                144,
                List.of("-Xmx190m", "-XX:+UseSerialGC"),
                flag(world, "/whorl/whorl-agent.jar"))) {
      assertHistogram(
          world,
          app,
          "not streamed: the container has \\d+ MiB of memory left, the reader needs \\d+; raise"
              + " the memory limit; not over a file: no folder has room.*");
    }
  }

  @ParameterizedTest
  @MethodSource("versions17And25")
  void missingJava_deletedWhileTheAppRuns_bringsTheHeapOverAFile(int version) throws IOException {
    Path javaHome = copied(World.javaOrSkip(version));
    try (World world = new World(folder);
        HeapProcess app =
            HeapProcess.jvm(
                world,
                javaHome,
                LIVE_MEBIBYTES,
                FLAGS,
                flag(world, world.jars.agent().toString()))) {
      Files.delete(javaHome.resolve("bin/java"));

      assertOverAFile(world, app, "there is no .*/bin/java to read the dump with");
    } finally {
      // It is full of links that lead elsewhere.
      Child.run("rm", PATIENCE, new ProcessBuilder("rm", "-rf", javaHome.toString()));
    }
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("versions17And25")
  void slowNetwork_isRefusedWithBothFiguresAndWithForceGivenUpAtTheLimit(int version) {
    Path javaHome = World.javaOrSkip(version);
    try (World world = new World(folder);
        Proxy proxy = new Proxy(world.collector().port());
        HeapProcess app =
            HeapProcess.jvm(
                world,
                javaHome,
                LIVE_MEBIBYTES,
                FLAGS,
                flag(
                    world,
                    world.jars.agent().toString(),
                    "WHORL_COLLECTOR_URL",
                    proxy.url().toString(),
                    "WHORL_HEAP_CONTENT",
                    "full",
                    "WHORL_HEAP_PAUSE_LIMIT",
                    LIMIT.toSeconds() + "s"));
        Pinger pinger = new Pinger(app.port())) {
      JsonNode refused = slowly(world, proxy, app, false);
      assertLogged(
          new Snapshots(world).log(refused),
          "not streamed: the application would stand still for about \\d+ ms, more than the 3000"
              + " ms left of heap.pause-limit: .* at 0\\.\\d MiB/s; .*force.*");
      assertThat(refused.path("heap").path("path").asText()).isEqualTo("file");

      pinger.begin();
      JsonNode forced = slowly(world, proxy, app, true);
      assertLogged(
          new Snapshots(world).log(forced),
          "not streamed: the application had stood still for 3000 ms, which is"
              + " heap.pause-limit.*");
      assertThat(Snapshots.reason(forced)).contains("more than the 0 ms left");
      assertThat(Snapshots.has(forced, "histogram.txt")).isTrue();
      assertThat(pinger.longest()).isBetween(LIMIT, LIMIT.plusSeconds(2));
      assertThat(pinger.failures()).isZero();
      assertThat(app.alive()).isTrue();
    }
  }

  /** A capture over a slow network that becomes fast once the stream has been given up. */
  private static JsonNode slowly(World world, Proxy proxy, HeapProcess app, boolean force) {
    world.awaitAgent();
    Snapshots snapshots = new Snapshots(world);
    app.collectGarbage();
    proxy.throttle(SLOW_BYTES_PER_SECOND);
    String capture = snapshots.ask(force);
    Waiting.until("reader", PATIENCE, () -> app.reader().isPresent() ? true : null);
    Waiting.until("end of the reader", PATIENCE, () -> app.reader().isEmpty() ? true : null);
    proxy.throttle(Long.MAX_VALUE);
    return snapshots.sealed(capture);
  }

  private static Map<String, String> flag(World world, String agentJar, String... settings) {
    Map<String, String> variables = Snapshots.flag(world, agentJar, settings);
    variables.put("WHORL_CAPTURE_AFTER", "100ms");
    return variables;
  }

  private static void assertHistogram(World world, HeapProcess app, String reason) {
    world.awaitAgent();
    Snapshots snapshots = new Snapshots(world);
    JsonNode evidence = snapshots.take();
    System.out.println(Snapshots.reason(evidence));
    assertThat(Snapshots.reason(evidence)).matches(reason);
    assertLogged(snapshots.log(evidence), "not streamed: .*");
    assertThat(Snapshots.has(evidence, Snapshots.ARTIFACT)).isFalse();
    assertThat(snapshots.download(evidence, "histogram.txt"))
        .content()
        .contains("com.example.heap.HeapApp$Order");
    world.assertVerified(evidence);
    assertThat(app.alive()).isTrue();
  }

  private static void assertOverAFile(World world, HeapProcess app, String reason) {
    world.awaitAgent();
    Snapshots snapshots = new Snapshots(world);
    app.collectGarbage();
    JsonNode evidence = snapshots.take();
    System.out.println(snapshots.log(evidence));
    assertLogged(snapshots.log(evidence), "not streamed: " + reason);
    assertThat(evidence.path("heap").path("path").asText()).isEqualTo("file");
    Path dump = snapshots.download(evidence, Snapshots.ARTIFACT);
    HeapProof.assertPopulation(Instances.byShark(Instances.unzipped(dump)));
    assertThat(new SecretSearch(HeapProof.secretsAndLiteral()).inGzip(dump)).isEmpty();
    assertNothingLeft();
    world.assertVerified(evidence);
    assertThat(app.alive()).isTrue();
  }

  private static void assertLogged(List<String> log, String line) {
    assertThat(log).anyMatch(one -> one.matches("\\S+ heap: " + line));
  }

  /** No dump of ours lies where the application keeps temporary files. */
  private static void assertNothingLeft() {
    assertThat(Path.of(System.getProperty("java.io.tmpdir")))
        .isDirectoryNotContaining("glob:**/.whorl-heap-*.hprof*");
  }

  /** The same Java somewhere else, with hard links where that can be. */
  private Path copied(Path javaHome) throws IOException {
    Path copy = folder.resolve("java");
    for (String how : List.of("-al", "-a")) {
      Child copying =
          Child.run(
              "cp",
              PATIENCE,
              new ProcessBuilder("cp", how, javaHome.toRealPath().toString(), copy.toString()));
      if (copying.awaitEnd(PATIENCE) == 0) {
        return copy;
      }
    }
    throw new IOException(javaHome + " cannot be copied");
  }
}

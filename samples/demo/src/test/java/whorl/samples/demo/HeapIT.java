package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A heap out of a JVM that has nowhere to write it. */
final class HeapIT {
  private static final int LIVE_MEBIBYTES = 300;
  private static final int CONTAINER_MEBIBYTES = 512;
  private static final int LIVE_IN_CONTAINER_MEBIBYTES = 280;
  private static final long WRITTEN_MAX_BYTES = 64 << 10;
  private static final int ATTEMPTS = 4;

  // Room for what the agent allocates meanwhile: no garbage shall be collected between two dumps.
  private static final List<String> PLAIN = List.of("-Xmx600m", "-Xmn250m", "-XX:+UseSerialGC");
  private static final List<String> IN_CONTAINER =
      List.of("-Xmx350m", "-Xmn60m", "-XX:+UseSerialGC");

  @TempDir Path folder;

  /** Three dumps of one heap, the middle one by the agent. */
  private record Dumps(JsonNode evidence, Instances before, Instances after) {}

  static IntStream javas() {
    return World.nextOf(HeapIT.class, 17, 25, 21);
  }

  static IntStream versions21And25() {
    return World.nextOf(HeapIT.class, 21, 25);
  }

  @ParameterizedTest
  @MethodSource("javas")
  void redactedHeap_ofAPlainJvm_hasTheSameInstancesAndNoSecret(int version) {
    Path javaHome = World.javaOrSkip(version);
    try (World world = new World(folder);
        HeapProcess app = plainJvm(world, javaHome)) {
      Snapshots snapshots = new Snapshots(world);
      Dumps dumps = dumps(app, folder, folder, snapshots::take);

      report("plain JVM " + version, app, dumps.evidence(), snapshots);
      snapshots.assertStreamed(dumps.evidence(), "redacted");
      Path dump = snapshots.download(dumps.evidence(), Snapshots.ARTIFACT);
      assertThat(new SecretSearch(HeapProof.secretsAndLiteral()).inGzip(dump)).isEmpty();
      Path unzipped = Instances.unzipped(dump);
      HeapProof.assertSameInstances(Instances.byShark(unzipped), dumps.before(), dumps.after());
      HeapProof.assertPopulation(Instances.byNetBeans(unzipped));
      assertThat(app.alive()).isTrue();
    }
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("javas")
  void fullHeap_ofAPlainJvm_hasTheSameInstancesAndAllSecrets(int version) {
    Path javaHome = World.javaOrSkip(version);
    try (World world = new World(folder);
        HeapProcess app = plainJvm(world, javaHome, "WHORL_HEAP_CONTENT", "full")) {
      Snapshots snapshots = new Snapshots(world);
      Dumps dumps = dumps(app, folder, folder, snapshots::take);

      report("plain JVM " + version, app, dumps.evidence(), snapshots);
      snapshots.assertStreamed(dumps.evidence(), "full");
      Path dump = snapshots.download(dumps.evidence(), Snapshots.ARTIFACT);
      assertThat(new SecretSearch(HeapProof.secretsAndLiteral()).inGzip(dump))
          .isEqualTo(new HashSet<>(HeapProof.secretsAndLiteral()));
      HeapProof.assertSameInstances(
          Instances.byShark(Instances.unzipped(dump)), dumps.before(), dumps.after());
    }
  }

  /** 512 MiB of memory, a heap of 300 in use, and one mebibyte that can be written to. */
  @ParameterizedTest
  @MethodSource("versions21And25")
  void heap_ofAContainerWithOneMebibyteToWriteTo_arrivesAndNoFileIsWritten(int version)
      throws IOException {
    World.engineOrSkip();
    assumeRoot();
    // Closed to the application but for the plain dumps, which are made before and after.
    Path plain = Files.createDirectory(folder.resolve("plain"));
    close(plain);
    List<String> options = new ArrayList<>(HeapProcess.ONE_MEBIBYTE);
    options.add("--volume=" + plain + ":/plain");
    try (World world = new World(folder);
        HeapProcess app =
            HeapProcess.container(
                world,
                version,
                CONTAINER_MEBIBYTES,
                options,
                LIVE_IN_CONTAINER_MEBIBYTES,
                IN_CONTAINER,
                Snapshots.flag(world, "/whorl/whorl-agent.jar"))) {
      world.awaitAgent();
      Snapshots snapshots = new Snapshots(world);
      open(plain);
      Dumps dumps =
          dumps(app, plain, Path.of("/plain"), () -> watched(version, plain, app, snapshots));

      snapshots.assertStreamed(dumps.evidence(), "redacted");
      Path dump = snapshots.download(dumps.evidence(), Snapshots.ARTIFACT);
      assertThat(new SecretSearch(HeapProof.secretsAndLiteral()).inGzip(dump)).isEmpty();
      HeapProof.assertSameInstances(
          Instances.byShark(Instances.unzipped(dump)), dumps.before(), dumps.after());
      assertThat(app.alive()).isTrue();
    }
  }

  private static JsonNode watched(int version, Path plain, HeapProcess app, Snapshots snapshots) {
    close(plain);
    try (WriteWatch watch = new WriteWatch(app.pid())) {
      JsonNode evidence = snapshots.take();
      report("container with Java " + version, app, evidence, snapshots);
      System.out.println(watch.report());
      assertThat(watch.mounts()).contains("/tmp");
      assertThat(watch.greatest().values()).allMatch(bytes -> bytes <= WRITTEN_MAX_BYTES);
      return evidence;
    } finally {
      open(plain);
    }
  }

  private static HeapProcess plainJvm(World world, Path javaHome, String... settings) {
    HeapProcess app =
        HeapProcess.jvm(
            world,
            javaHome,
            LIVE_MEBIBYTES,
            PLAIN,
            Snapshots.flag(world, world.jars.agent().toString(), settings));
    try {
      world.awaitAgent();
      return app;
    } catch (RuntimeException e) {
      app.close();
      throw e;
    }
  }

  /**
   * The snapshot between two dumps by HotSpot alone, with no garbage collected in between.
   *
   * @param here the folder for the dumps as this process sees it
   * @param there the same as the application does
   */
  private static Dumps dumps(HeapProcess app, Path here, Path there, Supplier<JsonNode> snapshot) {
    for (int i = 0; i < ATTEMPTS; i++) {
      app.collectGarbage();
      long collections = app.collections();
      Instances before = plain(app, here, there.resolve("before.hprof"));
      JsonNode evidence = snapshot.get();
      Instances after = plain(app, here, there.resolve("after.hprof"));
      if (app.collections() == collections) {
        return new Dumps(evidence, before, after);
      }
      System.out.println("garbage was collected between the dumps; once more");
    }
    throw new AssertionError("garbage is collected too often");
  }

  /** Counted, and deleted. */
  private static Instances plain(HeapProcess app, Path here, Path there) {
    app.plainDump(there);
    Path file = here.resolve(there.getFileName().toString());
    try {
      return Instances.byShark(file);
    } finally {
      assertThat(file.toFile().delete()).isTrue();
    }
  }

  private static void report(String what, HeapProcess app, JsonNode evidence, Snapshots snapshots) {
    System.out.println(
        what
            + ": "
            + evidence.path("heap")
            + "; by the application's own clock it stood still for "
            + app.longestStandstillMillis()
            + " ms at most; "
            + snapshots.log(evidence));
  }

  private static void assumeRoot() {
    boolean root = "root".equals(System.getProperty("user.name"));
    if (!root) {
      System.out.println("SKIPPED: a container can be watched from outside by root alone");
    }
    assumeTrue(root, "not root");
  }

  private static void open(Path folder) {
    permit(folder, "rwxrwxrwx");
  }

  private static void close(Path folder) {
    permit(folder, "rwx------");
  }

  private static void permit(Path folder, String permissions) {
    try {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be opened and closed", e);
    }
  }
}

package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A heap out of a JVM that has nowhere to write it. */
final class HeapIT {
  private static final int LIVE_MEBIBYTES = 300;
  private static final int CONTAINER_MEBIBYTES = 512;
  private static final long WRITTEN_MAX_BYTES = 64 << 10;
  private static final List<String> FLAGS = List.of("-Xmx330m", "-XX:+UseSerialGC");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {17, 21, 25})
  void redactedHeap_ofAPlainJvm_hasTheSameInstancesAndNoSecret(int version) {
    Path javaHome = World.javaOrSkip(version);
    try (World world = new World(folder);
        HeapProcess app =
            HeapProcess.jvm(
                world,
                javaHome,
                LIVE_MEBIBYTES,
                FLAGS,
                Snapshots.flag(world, world.jars.agent().toString()))) {
      world.awaitAgent();
      Snapshots snapshots = new Snapshots(world);
      Instances before = plain(app, folder, folder.resolve("before.hprof"));

      JsonNode evidence = snapshots.take();

      Instances after = plain(app, folder, folder.resolve("after.hprof"));
      report("plain JVM " + version, app, evidence, snapshots);
      snapshots.assertStreamed(evidence, "redacted");
      Path dump = snapshots.download(evidence, Snapshots.ARTIFACT);
      assertThat(new SecretSearch(HeapProof.secretsAndLiteral()).inGzip(dump)).isEmpty();
      Path unzipped = Instances.unzipped(dump);
      HeapProof.assertSameInstances(Instances.byShark(unzipped), before, after);
      HeapProof.assertPopulation(Instances.byNetBeans(unzipped));
      assertThat(app.alive()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 21, 25})
  void fullHeap_ofAPlainJvm_hasTheSameInstancesAndAllSecrets(int version) {
    Path javaHome = World.javaOrSkip(version);
    try (World world = new World(folder);
        HeapProcess app =
            HeapProcess.jvm(
                world,
                javaHome,
                LIVE_MEBIBYTES,
                FLAGS,
                Snapshots.flag(
                    world, world.jars.agent().toString(), "WHORL_HEAP_CONTENT", "full"))) {
      world.awaitAgent();
      Snapshots snapshots = new Snapshots(world);
      Instances before = plain(app, folder, folder.resolve("before.hprof"));

      JsonNode evidence = snapshots.take();

      Instances after = plain(app, folder, folder.resolve("after.hprof"));
      report("plain JVM " + version, app, evidence, snapshots);
      snapshots.assertStreamed(evidence, "full");
      Path dump = snapshots.download(evidence, Snapshots.ARTIFACT);
      assertThat(new SecretSearch(HeapProof.secretsAndLiteral()).inGzip(dump))
          .isEqualTo(new HashSet<>(HeapProof.secretsAndLiteral()));
      HeapProof.assertSameInstances(Instances.byShark(Instances.unzipped(dump)), before, after);
    }
  }

  /** 512 MiB of memory, a heap of 300, and one mebibyte that can be written to. */
  @ParameterizedTest
  @ValueSource(ints = {21, 25})
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
                LIVE_MEBIBYTES,
                FLAGS,
                Snapshots.flag(world, "/whorl/whorl-agent.jar"))) {
      world.awaitAgent();
      Snapshots snapshots = new Snapshots(world);
      open(plain);
      Instances before = plain(app, plain, Path.of("/plain/before.hprof"));
      close(plain);

      JsonNode evidence;
      try (WriteWatch watch = new WriteWatch(app.pid())) {
        evidence = snapshots.take();
        report("container with Java " + version, app, evidence, snapshots);
        System.out.println(watch.report());
        assertThat(watch.mounts()).contains("/tmp");
        assertThat(watch.greatest())
            .allSatisfy(
                (file, bytes) -> assertThat(bytes).as(file).isLessThanOrEqualTo(WRITTEN_MAX_BYTES));
      }

      open(plain);
      Instances after = plain(app, plain, Path.of("/plain/after.hprof"));
      snapshots.assertStreamed(evidence, "redacted");
      Path dump = snapshots.download(evidence, Snapshots.ARTIFACT);
      assertThat(new SecretSearch(HeapProof.secretsAndLiteral()).inGzip(dump)).isEmpty();
      HeapProof.assertSameInstances(Instances.byShark(Instances.unzipped(dump)), before, after);
      assertThat(app.alive()).isTrue();
    }
  }

  /**
   * A dump by HotSpot alone, counted and deleted.
   *
   * @param here the folder as this process sees it
   * @param there the file as the application does
   */
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

  private static void open(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  private static void close(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
  }
}

package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What can go wrong in the middle of a dump, again and again: the application answers within the
 * limit and two seconds, every time, and when all is well again a snapshot arrives.
 */
final class HeapFaultsIT {
  /**
   * Rounds of each fault on each of two JVMs; -Dwhorl.heap.rounds=10 takes a quarter of an hour.
   */
  private static final int ROUNDS = Integer.getInteger("whorl.heap.rounds", 2);

  private static final int AFTERWARDS = 6;
  private static final Duration LIMIT = Duration.ofSeconds(6);
  private static final Duration STANDSTILL_MAX = LIMIT.plusSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LIVE_MEBIBYTES = 40;
  private static final List<String> FLAGS = List.of("-Xmx160m", "-XX:+UseSerialGC");

  /** So much of the dump has been written when the fault comes; there is four times as much. */
  private static final long MID_DUMP_BYTES = 20L << 20;

  /** The application has not answered for so long, in a round trip of one or two. */
  private static final long SILENCE_MILLIS = 50;

  /** What the collector keeps free, 512 MiB, and room for a few snapshots. */
  private static final String SMALL_DISK = "size=760m";

  private static final int FILL_ATTEMPTS = 20;
  private static final long PAGE_BYTES = 4096;

  @TempDir Path folder;

  static IntStream versions17And25() {
    return World.nextOf(HeapFaultsIT.class, 17, 25);
  }

  @ParameterizedTest
  @MethodSource("versions17And25")
  void readerKilled_midDump_letsTheAppGoOn(int version) {
    rounds(
        version,
        folder,
        faults -> {
          OptionalLong reader = faults.app.reader();
          assertThat(reader).as("a reader").isPresent();
          ProcessHandle.of(reader.getAsLong()).ifPresent(ProcessHandle::destroyForcibly);
        },
        faults -> {},
        Snapshots::awaitEnd);
  }

  @ParameterizedTest
  @MethodSource("versions17And25")
  void collectorStalled_midDump_letsTheAppGoOn(int version) {
    rounds(
        version,
        folder,
        faults -> faults.proxy.breakAfter(0, Proxy.Fault.STALL, null),
        faults -> faults.proxy.heal(),
        Snapshots::awaitEnd);
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("versions17And25")
  void connectionCut_midDump_letsTheAppGoOn(int version) {
    rounds(
        version,
        folder,
        faults -> faults.proxy.breakAfter(0, Proxy.Fault.CUT, null),
        faults -> faults.proxy.heal(),
        Snapshots::awaitEnd);
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("versions17And25")
  void collectorsDiskFilled_midDump_letsTheAppGoOn(int version) {
    Path disk = smallDiskOrSkip();
    try {
      // The agent waits a minute before it asks a full collector again, and there are ten rounds.
      rounds(
          version,
          disk,
          faults -> fill(disk),
          faults -> assertThat(mount(disk, "remount," + SMALL_DISK)).isTrue(),
          Snapshots::awaitTaken);
    } finally {
      Child.run("umount", PATIENCE, new ProcessBuilder("umount", "-l", disk.toString()));
    }
  }

  /** What a fault is done to. */
  private record Faults(
      World world, Proxy proxy, HeapProcess app, Pinger pinger, Snapshots snapshots) {}

  private static void rounds(
      int version,
      Path folder,
      Consumer<Faults> breaks,
      Consumer<Faults> heals,
      BiConsumer<Snapshots, String> after) {
    Path javaHome = World.javaOrSkip(version);
    try (World world = new World(folder);
        Proxy proxy = new Proxy(world.collector().port());
        HeapProcess app =
            HeapProcess.jvm(
                world,
                javaHome,
                LIVE_MEBIBYTES,
                FLAGS,
                Snapshots.flag(
                    world,
                    world.jars.agent().toString(),
                    "WHORL_COLLECTOR_URL",
                    proxy.url().toString(),
                    "WHORL_CAPTURE_AFTER",
                    "100ms",
                    "WHORL_HEAP_CONTENT",
                    "full",
                    "WHORL_HEAP_PAUSE_LIMIT",
                    LIMIT.toSeconds() + "s"));
        Pinger pinger = new Pinger(app.port())) {
      Faults faults = new Faults(world, proxy, app, pinger, new Snapshots(world));
      List<Round> rounds = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        rounds.add(round(faults, breaks, heals, after));
      }
      for (Round round : rounds) {
        System.out.println(
            "Java "
                + version
                + ": "
                + round.longest().toMillis()
                + " ms, "
                + outcome(faults.snapshots.sealed(round.capture()), faults.snapshots));
      }

      assertSnapshotArrives(faults);
    }
  }

  /**
   * Without the fault, a dump succeeds. A busy machine may need more than the limit, so there is
   * another attempt after the collector has read the last one.
   */
  private static void assertSnapshotArrives(Faults faults) {
    JsonNode evidence = null;
    for (int i = 0; i < AFTERWARDS && !streamed(evidence); i++) {
      faults.world.awaitAgent();
      faults.app.collectGarbage();
      evidence = faults.snapshots.sealed(faults.snapshots.ask(true));
      faults.world.awaitTimeline(evidence);
    }
    assertThat(evidence).isNotNull();
    faults.snapshots.assertStreamed(evidence, "full");
    assertThat(faults.app.alive()).isTrue();
  }

  private static boolean streamed(@Nullable JsonNode evidence) {
    return evidence != null && evidence.path("heap").path("path").asText().equals("stream");
  }

  /**
   * One fault.
   *
   * @param longest that the application took to answer
   */
  private record Round(String capture, Duration longest) {}

  private static Round round(
      Faults faults,
      Consumer<Faults> breaks,
      Consumer<Faults> heals,
      BiConsumer<Snapshots, String> after) {
    faults.world.awaitAgent();
    faults.app.collectGarbage();
    faults.pinger.begin();
    long writtenBefore = faults.app.writtenBytes();
    String capture = faults.snapshots.ask(true);
    awaitMidDump(faults, writtenBefore);
    try {
      breaks.accept(faults);
      long broken = System.nanoTime();
      assertThat(faults.pinger.awaitAnswerAfter(broken, STANDSTILL_MAX.multipliedBy(2)))
          .as("answers again")
          .isTrue();
    } finally {
      heals.accept(faults);
    }
    after.accept(faults.snapshots, capture);
    assertThat(faults.app.alive()).isTrue();
    assertThat(faults.pinger.failures()).isZero();
    assertThat(faults.pinger.longest()).isLessThan(STANDSTILL_MAX);
    return new Round(capture, faults.pinger.longest());
  }

  /** The stream failed, and either the file is there or the reason why not. */
  private static String outcome(JsonNode evidence, Snapshots snapshots) {
    List<String> log = snapshots.log(evidence);
    assertThat(log).anyMatch(line -> line.contains("heap: not streamed: "));
    String path = evidence.path("heap").path("path").asText("none");
    if (path.equals("none")) {
      assertThat(Snapshots.reason(evidence)).contains("not streamed: ", "not over a file: ");
      assertThat(Snapshots.has(evidence, "histogram.txt")).isTrue();
    } else {
      assertThat(path).isEqualTo("file");
      assertThat(Snapshots.has(evidence, Snapshots.ARTIFACT)).isTrue();
    }
    return path + "; " + log.stream().filter(line -> line.contains(" heap: not ")).toList();
  }

  /** Much is written, and the application does not answer. */
  private static void awaitMidDump(Faults faults, long writtenBefore) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (faults.app.writtenBytes() - writtenBefore < MID_DUMP_BYTES
        || faults.pinger.waiting().toMillis() < SILENCE_MILLIS) {
      if (System.nanoTime() > end) {
        throw new AssertionError("no dump was begun in " + PATIENCE);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  private Path smallDiskOrSkip() {
    Path disk = folder.resolve("disk");
    try {
      Files.createDirectory(disk);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    boolean mounted = mount(disk, SMALL_DISK);
    if (!mounted) {
      System.out.println("SKIPPED: a small disk can be mounted by root alone");
    }
    assumeTrue(mounted, "no small disk");
    return disk;
  }

  /** At once, however busy the machine is: the disk becomes as small as its content. */
  private static void fill(Path disk) {
    for (int i = 0; i < FILL_ATTEMPTS; i++) {
      try {
        FileStore store = Files.getFileStore(disk);
        long used = store.getTotalSpace() - store.getUnallocatedSpace();
        // Refused when more was written meanwhile.
        if (mount(disk, "remount,size=" + (used + PAGE_BYTES))) {
          return;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new AssertionError(disk + " cannot be filled");
  }

  private static boolean mount(Path disk, String options) {
    ProcessBuilder mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk.toString());
    return Child.run("mount", PATIENCE, mount).awaitEnd(PATIENCE) == 0;
  }
}

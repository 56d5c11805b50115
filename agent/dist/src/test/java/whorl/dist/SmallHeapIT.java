package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.HeapHolder;
import whorl.dist.program.Hello;
import whorl.dist.program.Intruder;

/**
 * Programs in small heaps are as they are without the agent. A few rows run always, all of them
 * with {@code -Dwhorl.heaps=all}.
 */
class SmallHeapIT {
  private static final boolean ALL = "all".equals(System.getProperty("whorl.heaps"));
  private static final String OPENS = "10000";

  /** How long the program goes on. */
  private static final int MILLIS = 1_500;

  /** Longer than the agent takes to start all it has, which it does from this heap on. */
  private static final int STARTED_MILLIS = 3_000;

  private static final int STARTED_HEAP = 52;

  /** What the agent's start takes, and as much again where another program runs beside. */
  private static final long START_MILLIS = 8_000;

  @TempDir Path folder;

  /** Heaps in MiB, each with what the program holds: what an agent of that size leaves. */
  static Stream<Arguments> held() throws IOException {
    List<Arguments> rows = new ArrayList<>();
    for (Jdk jdk : jdks().toList()) {
      if (!ALL) {
        rows.add(Arguments.of(jdk, "Serial", 16, 10));
        rows.add(Arguments.of(jdk, "Serial", 32, 24));
        rows.add(Arguments.of(jdk, "G1", 32, 24));
        rows.add(Arguments.of(jdk, "G1", 64, 48));
        continue;
      }
      int[][] sizes = {{16, 10}, {20, 14}, {24, 18}, {32, 24}, {48, 36}, {64, 48}, {128, 96}};
      for (String collector : List.of("Serial", "Parallel", "G1", "Shenandoah", "Z")) {
        for (int[] size : sizes) {
          rows.add(Arguments.of(jdk, collector, size[0], size[1]));
        }
      }
    }
    return rows.stream();
  }

  @ParameterizedTest(name = "{0}, {1}, {2} MiB holding {3}")
  @MethodSource("held")
  void programThatFillsItsHeap_isAsWithoutTheAgent(
      Jdk jdk, String collector, int heap, int mebibytes) throws Exception {
    long begin = System.nanoTime();
    ChildJvm.Outcome without = hold(jvm(jdk.home(), collector, heap), heap, mebibytes);
    long between = System.nanoTime();
    if (without.exitStatus() != 0) {
      return; // This collector has no room for the program alone.
    }

    ChildJvm.Outcome with = hold(jvm(jdk.home(), collector, heap).withAgent(), heap, mebibytes);

    long took = (System.nanoTime() - between) / 1_000_000;
    long tookAlone = (between - begin) / 1_000_000;
    assertThat(with.exitStatus()).as(with.toString()).isZero();
    assertThat(with.out()).isEqualTo(without.out());
    assertThat(with.err().lines()).as(with.err()).hasSize(1);
    assertThat(took).isLessThan(2 * tookAlone + START_MILLIS);
  }

  static Stream<Arguments> images() throws IOException {
    List<Arguments> rows = new ArrayList<>();
    for (Jdk jdk : Jdk.withJlink()) {
      if (ALL || jdk.feature() < 21) {
        rows.add(Arguments.of(jdk, 60, 40));
      }
      if (ALL || jdk.feature() > 21) {
        rows.add(Arguments.of(jdk, 32, 24));
      }
    }
    return rows.stream();
  }

  @ParameterizedTest(name = "{0} without jdk.jfr, {1} MiB holding {2}")
  @MethodSource("images")
  void programOnAnImageWithoutJfr_isAsWithoutTheAgent(Jdk jdk, int heap, int mebibytes)
      throws Exception {
    Path image = folder.resolve("image");
    ChildJvm.Outcome linked =
        new ChildJvm(jdk.home())
            .run(
                List.of(
                    jdk.home().resolve("bin/jlink").toString(),
                    "--add-modules",
                    "java.base,java.instrument",
                    "--output",
                    image.toString()));
    assertThat(linked.exitStatus()).as(linked.out() + linked.err()).isZero();

    ChildJvm.Outcome without = hold(jvm(image, "Serial", heap), heap, mebibytes);
    ChildJvm.Outcome with = hold(jvm(image, "Serial", heap).withAgent(), heap, mebibytes);

    assertThat(with.exitStatus()).as(with.toString()).isEqualTo(without.exitStatus());
    assertThat(with.out()).isEqualTo(without.out());
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void tinyHeap_isLeftToTheProgram_andTheLineSaysSo(Jdk jdk) throws Exception {
    ChildJvm.Outcome outcome =
        new ChildJvm(jdk.home()).withAgent().option("-Xmx16m").run(Hello.class);

    assertThat(outcome.exitStatus()).isZero();
    assertThat(outcome.err()).contains("not started: heap of 16 MiB: no room for the agent");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void attackInASmallHeap_wakesTheAgent_andEndsInEvidence(Jdk jdk) throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(new ChildJvm(jdk.home()).option("-Xmx40m", "-XX:+UseSerialGC"), Intruder.class);

    assertThat(run.evidence()).as(run.outcome().toString()).isNotNull();
    assertThat(run.outcome().err()).contains("MiB: events without stacks, no recording");
    assertThat(Kept.events(run.evidence()))
        .anyMatch(event -> event.type().equals("whorl.ProcessStart"));
  }

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.installed().stream().filter(jdk -> ALL || jdk.feature() != 21);
  }

  private ChildJvm jvm(Path home, String collector, int heap) {
    return new ChildJvm(home)
        .option("-Xmx" + heap + "m", "-XX:+Use" + collector + "GC")
        .option("-Djava.io.tmpdir=" + folder);
  }

  private static ChildJvm.Outcome hold(ChildJvm jvm, int heap, int mebibytes) throws Exception {
    int millis = heap < STARTED_HEAP ? MILLIS : STARTED_MILLIS;
    return jvm.run(HeapHolder.class, Integer.toString(mebibytes), OPENS, Integer.toString(millis));
  }
}

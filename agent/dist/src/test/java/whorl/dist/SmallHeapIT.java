package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
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
@Tag("unproven") // was tried program by program, and not yet as a whole
class SmallHeapIT {
  private static final boolean ALL = "all".equals(System.getProperty("whorl.heaps"));
  private static final String OPENS = "10000";

  /** Longer than the agent takes to start all it has. */
  private static final String MILLIS = "3000";

  /** What the agent's start takes, and as much again where another program runs beside. */
  private static final long START_MILLIS = 8_000;

  @TempDir Path folder;

  /** Heaps in MiB, each with what the program holds: what an agent of that size leaves. */
  static Stream<Arguments> held() throws IOException {
    int[][] sizes =
        ALL
            ? new int[][] {{16, 10}, {20, 14}, {24, 18}, {32, 24}, {48, 36}, {64, 48}, {128, 96}}
            : new int[][] {{16, 10}, {32, 24}, {64, 48}};
    List<Arguments> rows = new ArrayList<>();
    for (Jdk jdk : Jdk.installed()) {
      for (String collector :
          ALL ? List.of("Serial", "Parallel", "G1", "Shenandoah", "Z") : List.of("Serial", "G1")) {
        for (int[] size : sizes) {
          if (ALL || jdk.feature() != 21) {
            rows.add(Arguments.of(jdk, collector, size[0], size[1]));
          }
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
    ChildJvm.Outcome without = hold(jvm(jdk.home(), collector, heap), mebibytes);
    long between = System.nanoTime();
    if (without.exitStatus() != 0) {
      return; // This collector has no room for the program alone.
    }

    ChildJvm.Outcome with = hold(jvm(jdk.home(), collector, heap).withAgent(), mebibytes);

    long took = (System.nanoTime() - between) / 1_000_000;
    long tookAlone = (between - begin) / 1_000_000;
    assertThat(with.exitStatus()).as(with.toString()).isZero();
    assertThat(with.out()).isEqualTo(without.out());
    assertThat(with.err().lines()).as(with.err()).hasSize(1);
    assertThat(took).isLessThan(2 * tookAlone + START_MILLIS);
  }

  static Stream<Arguments> images() throws IOException {
    return Jdk.withJlink().stream()
        .flatMap(jdk -> Stream.of(Arguments.of(jdk, 32, 24), Arguments.of(jdk, 60, 40)));
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

    ChildJvm.Outcome without = hold(jvm(image, "Serial", heap), mebibytes);
    ChildJvm.Outcome with = hold(jvm(image, "Serial", heap).withAgent(), mebibytes);

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
    return Jdk.installed().stream();
  }

  private ChildJvm jvm(Path home, String collector, int heap) {
    return new ChildJvm(home)
        .option("-Xmx" + heap + "m", "-XX:+Use" + collector + "GC")
        .option("-Djava.io.tmpdir=" + folder);
  }

  private static ChildJvm.Outcome hold(ChildJvm jvm, int mebibytes) throws Exception {
    return jvm.run(HeapHolder.class, Integer.toString(mebibytes), OPENS, MILLIS);
  }
}

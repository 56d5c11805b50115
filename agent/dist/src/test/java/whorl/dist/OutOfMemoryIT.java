package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Intruder;
import whorl.dist.program.MemoryHog;
import whorl.dist.program.ThrowableCost;
import whorl.evidence.Alert;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.Manifest;

/** Memory runs out, in each way that can be noticed: sealed evidence, and the same application. */
class OutOfMemoryIT {
  /** How many objects a histogram shows, without their bytes. */
  private static final String PIECES = ".*MemoryHog\\$Piece.*";

  private static final Map<String, String> MESSAGES = messages();

  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(OutOfMemoryIT.class);
  }

  static Stream<Arguments> ways() throws IOException {
    List<Arguments> ways = new ArrayList<>();
    for (String way : MESSAGES.keySet()) {
      for (Jdk jdk : Jdk.inTurn(ways.size(), way.startsWith("virtual") ? 21 : 17)) {
        ways.add(Arguments.of(jdk, way));
      }
    }
    return ways.stream();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("ways")
  void outOfMemory_endsInSealedEvidence_andTheApplicationIsAsWithoutTheAgent(Jdk jdk, String way)
      throws Exception {
    ChildJvm.Outcome without = hog(jdk, way).run(MemoryHog.class, folder.toString());
    Kept.Run run =
        new Kept(folder)
            .run(
                hog(jdk, way).option("-Dagent=true", "-Dwhorl.capture.after=200ms"),
                MemoryHog.class);

    assertThat(run.evidence()).as(run.outcome().toString()).isNotNull();
    Alert alert = alert(run.evidence());
    assertThat(alert.rule()).as(alert.toString()).isEqualTo("jvm.oom");
    assertThat(alert.level()).isEqualTo(Level.CRITICAL);
    assertThat(alert.title()).contains(MESSAGES.get(way));
    assertThat(alert.thread()).isNotNull();
    assertThat(alert.stack()).isNotEmpty();
    assertThat(run.evidence().resolve("threads.txt")).isNotEmptyFile();
    assertThat(run.evidence().resolve("histogram.txt")).isNotEmptyFile();
    // while there is no memory, threads of the JDK may run out of it as well
    assertThat(Json.MAPPER.readTree(run.evidence().resolve("alert.json").toFile()).path("joined"))
        .noneMatch(joined -> joined.path("thread").asText().equals(alert.thread()));

    assertThat(run.outcome().exitStatus()).isEqualTo(without.exitStatus());
    assertThat(untimed(run.outcome().out())).isEqualTo(untimed(without.out()));
    assertThat(told(run.outcome())).isEqualTo(told(without));
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void outOfMemory_thatStays_isSealedTooAndItsHistogramSaysWhatFillsTheHeap(Jdk jdk)
      throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(
                hog(jdk, "thread, all kept").option("-Dagent=true", "-Dwhorl.capture.after=200ms"),
                MemoryHog.class);

    assertThat(run.evidence()).as(run.outcome().toString()).isNotNull();
    assertThat(Files.readAllLines(run.evidence().resolve("histogram.txt")))
        .anyMatch(line -> line.matches(PIECES));
    assertThat(run.evidence().resolve("threads.txt")).isNotEmptyFile();
  }

  /**
   * Then no class can be loaded, not even the agent's: the alert is sent, the capture may be lost.
   */
  @Tag("long")
  @ParameterizedTest
  @MethodSource("jdks")
  void outOfMemory_ofClasses_isNoOtherErrorThanWithoutTheAgent(Jdk jdk) throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(
                new ChildJvm(jdk.home())
                    .option("-Xmx256m", "-XX:MaxMetaspaceSize=56m", "-Dway=metaspace")
                    .option("-Dagent=true"),
                MemoryHog.class);

    assertThat(run.outcome().exitStatus()).as(run.outcome().toString()).isEqualTo(3);
    assertThat(run.outcome().out()).isEqualTo("goes on\n");
    assertThat(run.outcome().err()).contains("java.lang.OutOfMemoryError: Metaspace");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void ordinaryExceptions_raiseNothing(Jdk jdk) throws Exception {
    Kept.Run run = new Kept(folder).run(hog(jdk, "none").option("-Dagent=true"), MemoryHog.class);

    assertThat(run.outcome().exitStatus()).as(run.outcome().toString()).isEqualTo(3);
    assertThat(run.evidence()).isNull();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void outOfMemory_whoseRuleIsOff_raisesNothing(Jdk jdk) throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(
                hog(jdk, "main").option("-Dagent=true", "-Dwhorl.rules.disabled=jvm.oom"),
                MemoryHog.class);

    assertThat(run.outcome().exitStatus()).as(run.outcome().toString()).isEqualTo(1);
    assertThat(run.evidence()).isNull();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void flagThatLeavesNoTime_isAmongTheChecks(Jdk jdk) throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(new ChildJvm(jdk.home()).option("-XX:+ExitOnOutOfMemoryError"), Intruder.class);

    assertThat(run.evidence()).as(run.outcome().toString()).isNotNull();
    assertThat(Files.readString(run.evidence().resolve("process.json")))
        .contains("-XX:+ExitOnOutOfMemoryError ends the JVM before");
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("jdks")
  void messagesOfExceptions_costNextToNothing(Jdk jdk) throws Exception {
    ChildJvm.Outcome without = new ChildJvm(jdk.home()).fullyCompiled().run(ThrowableCost.class);
    ChildJvm.Outcome with =
        new ChildJvm(jdk.home()).fullyCompiled().withAgent().run(ThrowableCost.class);

    System.out.println(jdk + ", ns without the agent: " + without.out().replace('\n', ';'));
    System.out.println(jdk + ", ns with the agent:    " + with.out().replace('\n', ';'));
    double message = Double.parseDouble(with.out().lines().findFirst().orElseThrow().split(" ")[1]);
    assertThat(message).isLessThan(200);
  }

  private static ChildJvm hog(Jdk jdk, String way) {
    return new ChildJvm(jdk.home())
        .option("-Xmx64m", "-XX:MaxDirectMemorySize=1m", "-Dway=" + way)
        .option("-Djava.util.logging.SimpleFormatter.format=%4$s %5$s%6$s%n");
  }

  private static Alert alert(Path evidence) throws IOException {
    Manifest manifest =
        Json.MAPPER.readValue(evidence.resolve("manifest.json").toFile(), Manifest.class);
    assertThat(manifest.alert()).isNotNull();
    return manifest.alert();
  }

  /** What it says on standard error: not where it ran out, which is chance, nor our one line. */
  private static List<String> told(ChildJvm.Outcome outcome) {
    return outcome
        .err()
        .lines()
        .filter(line -> !line.startsWith("\tat ") && !line.startsWith("whorl: "))
        .toList();
  }

  /** HotSpot's warnings begin with the seconds since the start. */
  private static String untimed(String output) {
    return output.replaceAll("(?m)^\\[[0-9.]+s\\]", "[s]");
  }

  private static Map<String, String> messages() {
    Map<String, String> messages = new LinkedHashMap<>();
    messages.put("main", "Java heap space");
    messages.put("thread", "Java heap space");
    messages.put("virtual thread", "Java heap space");
    messages.put("logged", "Java heap space");
    messages.put("executor", "Java heap space");
    messages.put("virtual executor", "Java heap space");
    messages.put("fork join", "Java heap space");
    messages.put("direct", "direct buffer memory");
    messages.put("pool", "no more blocks in the pool");
    messages.put("array", "Requested array size exceeds VM limit");
    messages.put("native thread", "unable to create native thread");
    return messages;
  }
}

package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Leaver;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.Manifest;

/**
 * Each way in which a JVM ends, with each setting: the evidence that is wanted, and the same end.
 */
class ExitIT {
  /** Beside the limit: the JVM's own end, on a machine that does other things as well. */
  private static final Duration SLACK = Duration.ofSeconds(4);

  /** For a whole capture, also while other tests have the processors. */
  private static final Duration ENOUGH = Duration.ofSeconds(40);

  @TempDir Path folder;

  /** Way, setting, exit status, and what the reason says; null when there is no evidence. */
  private record Case(String way, String onExit, int status, @Nullable String reason) {}

  private static final List<Case> CASES =
      List.of(
          new Case(
              "exit 3",
              "abnormal",
              3,
              "exit status 3 by System.exit at whorl.dist.program.Leaver.leave(Leaver.java:"),
          new Case("exit 3", "never", 3, null),
          new Case("exit 0", "abnormal", 0, null),
          new Case("exit 0", "always", 0, "exit status 0 by System.exit at "),
          new Case(
              "uncaught", "abnormal", 1, "java.lang.IllegalStateException: gone wrong ended main"),
          new Case("last thread", "abnormal", 0, null),
          new Case("last thread", "always", 0, "the last thread ended"),
          new Case("signal", "abnormal", 143, null),
          new Case("signal", "always", 143, "ended by SIGTERM"),
          new Case("halt", "always", 5, null),
          new Case("two exits", "abnormal", 3, "exit status 3 by System.exit at "),
          new Case("exit interrupted", "abnormal", 3, "exit status 3 by System.exit at "),
          new Case("exit on a virtual thread", "abnormal", 3, "exit status 3 by System.exit at "));

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(ExitIT.class);
  }

  static Stream<Arguments> ends() throws IOException {
    List<Arguments> ends = new ArrayList<>();
    for (Case one : CASES) {
      for (Jdk jdk : Jdk.inTurn(ends.size(), one.way().contains("virtual") ? 21 : 17)) {
        ends.add(Arguments.of(jdk, one));
      }
    }
    return ends.stream();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("ends")
  void end_isCapturedWhereItIsWanted_andIsTheSameEnd(Jdk jdk, Case end) throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(
                leaver(jdk, end.way(), end.onExit())
                    .option("-Dwhorl.capture.on-exit-limit=" + ENOUGH.toSeconds() + "s"),
                Leaver.class);
    assertThat(run.outcome().exitStatus()).as(run.outcome().toString()).isEqualTo(end.status());
    if (!end.way().equals("halt")) {
      assertThat(run.outcome().out()).endsWith("the application's hook\n");
    }
    assertInTime(ENOUGH);
    if (end.reason() == null) {
      assertThat(run.evidence()).isNull();
      return;
    }
    assertThat(run.evidence()).as(run.outcome().toString()).isNotNull();
    Manifest manifest = manifest(run.evidence());
    assertThat(manifest.reason()).startsWith("The JVM ends: ").contains(end.reason());
    assertThat(manifest.alert().rule()).isEqualTo("jvm.exit");
    assertThat(manifest.alert().level())
        .isEqualTo(
            end.onExit().equals("always")
                ? Level.INFORMATIONAL
                : end.way().equals("uncaught") ? Level.MEDIUM : Level.LOW);
    if (end.way().startsWith("exit 3")) {
      assertThat(manifest.alert().stack()).anyMatch(frame -> frame.contains("Leaver.main"));
    }
    String howItWent = Files.readString(run.evidence().resolve("acquisition.log"));
    assertThat(run.evidence().resolve("recording.jfr")).as(howItWent).exists();
    List<RecordedEvent> recorded =
        RecordingFile.readAllEvents(run.evidence().resolve("recording.jfr"));
    assertThat(recorded)
        .anyMatch(
            event ->
                event.getEventType().getName().equals("whorl.Console")
                    && "last words".equals(event.getString("line")))
        .anyMatch(
            event ->
                event.getEventType().getName().equals("whorl.Alert")
                    && "jvm.exit".equals(event.getString("rule")));
    assertThat(run.evidence().resolve("console.log")).as(howItWent).exists();
    assertThat(Files.readString(run.evidence().resolve("console.log"))).contains("\tlast words\n");
    assertThat(run.evidence().resolve("threads.txt")).as(howItWent).isNotEmptyFile();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void alertThatIsNotSealedYet_isSealed_andSaysHowItEnded(Jdk jdk) throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(
                leaver(jdk, "signal", "abnormal")
                    .option(
                        "-Dalert=true",
                        "-Dwhorl.capture.after=60s",
                        "-Dwhorl.capture.on-exit-limit=" + ENOUGH.toSeconds() + "s"),
                Leaver.class);

    assertThat(run.outcome().exitStatus()).isEqualTo(143);
    assertInTime(ENOUGH);
    assertThat(run.evidence()).as(run.outcome().toString()).isNotNull();
    assertThat(manifest(run.evidence()).alert().rule()).isNotEqualTo("jvm.exit");
    assertThat(Files.readString(run.evidence().resolve("alert.json")))
        .contains("The JVM ends: ended by SIGTERM");
    assertThat(RecordingFile.readAllEvents(run.evidence().resolve("recording.jfr")))
        .anyMatch(event -> event.getEventType().getName().equals("whorl.ProcessStart"));
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void collectorThatSaysNothing_delaysTheEndNoLongerThanTheLimit(Jdk jdk) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Kept.Run run =
          new Kept(folder)
              .run(
                  leaver(jdk, "exit 3", "abnormal")
                      .option(
                          "-Dwhorl.collector.url=http://127.0.0.1:" + silent.getLocalPort(),
                          "-Dwhorl.collector.token=t",
                          "-Dwhorl.capture.on-exit-limit=4s"),
                  Leaver.class);

      assertThat(run.outcome().exitStatus()).isEqualTo(3);
      assertInTime(Duration.ofSeconds(4));
      try (Stream<Path> spooled = Files.walk(folder.resolve("own"))) {
        assertThat(spooled.filter(file -> file.endsWith("index.ndjson")))
            .hasSize(1)
            .allSatisfy(
                index -> assertThat(Files.readString(index)).contains("manifest.dsse.json"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void secondSignal_endsTheWaiting(Jdk jdk) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Kept.Run run =
          new Kept(folder)
              .run(
                  leaver(jdk, "two signals", "always")
                      .option(
                          "-Dwhorl.collector.url=http://127.0.0.1:" + silent.getLocalPort(),
                          "-Dwhorl.collector.token=t",
                          "-Dwhorl.capture.on-exit-limit=60s"),
                  Leaver.class);

      assertThat(run.outcome().exitStatus()).isEqualTo(143);
      assertInTime(Duration.ofSeconds(1));
    }
  }

  private static ChildJvm leaver(Jdk jdk, String way, String onExit) {
    return new ChildJvm(jdk.home()).option("-Dway=" + way, "-Dwhorl.capture.on-exit=" + onExit);
  }

  /** From the moment at which the program began to end. */
  private void assertInTime(Duration limit) throws IOException {
    Instant leaving =
        Files.getLastModifiedTime(folder.resolve("work").resolve("leaving")).toInstant();
    assertThat(Duration.between(leaving, Instant.now())).isLessThan(limit.plus(SLACK));
  }

  private static Manifest manifest(Path evidence) throws IOException {
    return Json.MAPPER.readValue(evidence.resolve("manifest.json").toFile(), Manifest.class);
  }
}

package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Noise;
import whorl.evidence.EventLine;
import whorl.evidence.Json;
import whorl.evidence.Manifest;

/**
 * An application that does a lot: what the agent holds stays bounded, and every drop is counted.
 */
class NoiseIT {
  private static final int OPENS = 50_000;
  private static final int CONNECTS = 20_000;
  private static final int CLASSES = 30_000;
  private static final int SECONDS = 2;
  private static final long BUDGET_MEBIBYTES = 40;
  private static final Pattern SAID =
      Pattern.compile("opened (\\d+) connected (\\d+) defined (\\d+) used (\\d+)");

  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(NoiseIT.class);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void noise_staysWithinTheBudget_andEveryDropIsCounted(Jdk jdk) throws Exception {
    Path alone = Files.createDirectories(folder.resolve("alone"));
    Files.createFile(alone.resolve("done"));
    Matcher without = said(noisy(jdk).run(Noise.class, alone.toString()));

    Kept.Run run = new Kept(folder).run(noisy(jdk), Noise.class);

    assertThat(run.evidence()).as(run.outcome().toString()).isNotNull();
    Matcher with = said(run.outcome());
    Manifest manifest =
        Json.MAPPER.readValue(run.evidence().resolve("manifest.json").toFile(), Manifest.class);
    System.out.println(
        jdk
            + ", MiB in use without the agent: "
            + without.group(4)
            + ", with: "
            + with.group(4)
            + ", "
            + manifest.losses());
    assertThat(Long.parseLong(with.group(4)) - Long.parseLong(without.group(4)))
        .isLessThan(BUDGET_MEBIBYTES);
    assertEveryEventIsAccountedFor(run.evidence(), manifest.losses());
    assertThat(RecordingFile.readAllEvents(run.evidence().resolve("recording.jfr"))).isNotEmpty();
  }

  /** Events are numbered from zero: those that are not there were overwritten, and counted. */
  private static void assertEveryEventIsAccountedFor(Path evidence, Map<String, Long> losses)
      throws IOException {
    List<EventLine> events = Kept.events(evidence);
    long emitted = events.get(events.size() - 1).sequence() + 1;
    // Equal opens may be counted with one of them, also before the rules are there.
    assertThat(emitted).isGreaterThan((long) CONNECTS * SECONDS + CLASSES);
    // What was emitted while the snapshot was taken may be in neither; what was emitted after it,
    // such as the classes that were made while the application started, is counted all the same.
    assertThat(events.size() + losses.get("ring.overwritten"))
        .isBetween(emitted - 500, emitted + 4_000);
    long kept;
    try (Stream<Path> classes = Files.list(evidence.resolve("classes"))) {
      kept = classes.count();
    }
    assertThat(kept + losses.get("classes.bytesDropped"))
        .isGreaterThanOrEqualTo(CLASSES)
        .isLessThan(CLASSES + 1_000);
  }

  private static ChildJvm noisy(Jdk jdk) {
    return new ChildJvm(jdk.home())
        .option(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-Dopens=" + OPENS,
            "-Dconnects=" + CONNECTS,
            "-Dclasses=" + CLASSES,
            "-Dseconds=" + SECONDS);
  }

  private static Matcher said(ChildJvm.Outcome outcome) {
    Matcher said = SAID.matcher(outcome.out());
    assertThat(said.find()).as(outcome.toString()).isTrue();
    return said;
  }
}

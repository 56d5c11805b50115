package whorl.collector.performance.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.timeline.read.recording.RecordingChunk;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.evidence.Json;

@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SeriesReaderTest {
  private static final int NEWEST = 25;
  private static final int MUTATIONS = 60;

  @TempDir private static Path folder;
  private Path recording;

  @BeforeAll
  void record() throws Exception {
    recording = MeasuredLoad.record(folder);
  }

  @Test
  void seriesOfAKnownLoad_sayIt() throws IOException {
    assertLoad(read(recording, 0));
  }

  @Test
  void seriesOfAKnownLoad_sayIt_onTheNewestJdk() throws Exception {
    Path java = MeasuredLoad.jdk(NEWEST);
    assumeTrue(java != null, "no JDK " + NEWEST + " in /usr/lib/jvm");
    Path newer = Files.createDirectory(folder.resolve("newest"));

    assertLoad(read(MeasuredLoad.record(Objects.requireNonNull(java), newer), 0));
  }

  private static void assertLoad(RecordingSeries series) {
    assertThat(series.problems()).isEmpty();
    assertThat(series.buckets()).isBetween(10, Grid.BUCKETS_MAX);
    assertThat(series.series()).allMatch(each -> each.values().size() == series.buckets());
    assertThat(of(series, "cpu.jvm.user").max()).isBetween(0.1, 1.0);
    assertThat(of(series, "cpu.machine").max()).isBetween(0.1, 1.0);
    assertThat(of(series, "heap.used.before").max()).isGreaterThan(1 << 20);
    assertThat(of(series, "heap.used.after").min()).isGreaterThan(100_000);
    assertThat(of(series, "heap.committed").max()).isBetween((double) (4 << 20), 256e6 * 1.05);
    assertThat(of(series, "gc.collections").total())
        .isGreaterThanOrEqualTo(MeasuredLoad.COLLECTIONS);
    assertThat(of(series, "gc.pause.longest").max()).isBetween(1e-5, 60.0);
    assertThat(of(series, "gc.pause.share").total()).isPositive();
    assertThat(of(series, "gc.pause.share").max()).as("of the time").isBetween(1e-6, 1.0);
    assertThat(of(series, "allocation.sampled").total())
        .isBetween(MeasuredLoad.ALLOCATED_BYTES / 4.0, MeasuredLoad.ALLOCATED_BYTES * 2.0);
    assertThat(of(series, "threads.active").min()).isGreaterThanOrEqualTo(1);
    assertThat(of(series, "requests.handled").total()).isEqualTo(MeasuredLoad.REQUESTS + 10.0);
    assertThat(of(series, "requests.failed").total()).isEqualTo((double) MeasuredLoad.FAILED);
    assertThat(of(series, "requests.duration").max())
        .isEqualTo(MeasuredLoad.LONGEST_REQUEST_MILLIS / 1e3);
    assertThat(of(series, "requests.sent").total()).isEqualTo(MeasuredLoad.REQUESTS * 1_000.0);
    assertThat(of(series, "exceptions.thrown").total())
        .isGreaterThanOrEqualTo(MeasuredLoad.EXCEPTIONS);
    assertThat(of(series, "classes.loaded").total()).isGreaterThanOrEqualTo(0);
  }

  @Test
  void times_areThoseOfTheTimeline_withTheOffsetOfTheClock() throws IOException {
    RecordingSeries plain = read(recording, 0);
    long offset = TimeUnit.HOURS.toNanos(-3);
    RecordingSeries moved = read(recording, offset);

    assertThat(Duration.between(plain.from(), moved.from())).isEqualTo(Duration.ofHours(-3));
    assertThat(moved.buckets()).isEqualTo(plain.buckets());
  }

  @Test
  void damagedRecordings_areReadWithinTheLimits() throws IOException {
    byte[] whole = Files.readAllBytes(recording);
    Random random = new Random(25);
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] damaged = whole.clone();
      for (int j = 0; j < 1 + i; j++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      int length = i % 3 == 0 ? 1 + random.nextInt(damaged.length) : damaged.length;
      Path file =
          Files.write(folder.resolve("damaged.jfr"), java.util.Arrays.copyOf(damaged, length));
      RecordingSeries series = read(file, 0);
      assertThat(series.buckets()).isLessThanOrEqualTo(Grid.BUCKETS_MAX);
      assertThat(series.series()).allMatch(each -> each.values().size() == series.buckets());
      assertThat(Json.text(series)).doesNotContain("NaN", "Infinity");
    }
  }

  @Test
  void whatFollowsAChunk_costsNothingOfIt() throws IOException {
    byte[] whole = Files.readAllBytes(recording);
    byte[] longer = java.util.Arrays.copyOf(whole, whole.length + 1_000);
    RecordingSeries series = read(Files.write(folder.resolve("longer.jfr"), longer), 0);

    assertThat(series.problems()).singleElement().asString().contains("not a recording");
    assertThat(series.series()).isEqualTo(read(recording, 0).series());
  }

  @Test
  void whatIsNoRecording_isAProblem() throws IOException {
    RecordingSeries series = read(Files.writeString(folder.resolve("no.jfr"), "no recording"), 0);

    assertThat(series.series()).isEmpty();
    assertThat(series.problems()).singleElement().asString().contains("not a recording");
  }

  @Test
  void chunkOfAnotherTime_doesNotWidenTheBucketsBeyondTheLimit() throws IOException {
    byte[] one = Files.readAllBytes(recording);
    byte[] other = one.clone();
    java.nio.ByteBuffer.wrap(other).putLong(32, TimeUnit.DAYS.toNanos(365 * 200));
    byte[] both = java.util.Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    RecordingSeries series = read(Files.write(folder.resolve("both.jfr"), both), 0);

    assertThat(series.buckets()).isLessThanOrEqualTo(Grid.BUCKETS_MAX);
    assertThat(of(series, "requests.handled").total())
        .isEqualTo(2 * (MeasuredLoad.REQUESTS + 10.0));
  }

  private static RecordingSeries read(Path file, long offsetNanos) throws IOException {
    SeriesReader reader = new SeriesReader(offsetNanos);
    ArtifactOutcome outcome = new ArtifactOutcome("recording.jfr");
    for (RecordingChunk chunk : RecordingChunk.of(file, outcome)) {
      reader.read(chunk, outcome);
    }
    String problem = outcome.outcome().problem();
    return reader
        .summary(null, List.of("recording.jfr"), problem == null ? List.of() : List.of(problem))
        .with(reader.series());
  }

  private static Series of(RecordingSeries all, String name) {
    return all.series().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + all));
  }
}

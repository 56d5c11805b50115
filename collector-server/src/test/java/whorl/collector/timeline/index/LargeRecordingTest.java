package whorl.collector.timeline.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordingFile;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.Sizes;
import whorl.collector.testkit.TestCollector;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Recordings;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.write.IndexMain;
import whorl.evidence.Id;

/** Recordings that are large, from other producers, or too large for a JVM's limits. */
@Timeout(300)
class LargeRecordingTest {
  private static final long LEAST_BYTES = (long) Sizes.of(150) << 20;
  private static final long WIDE_BYTES = (long) Sizes.of(120) << 20;
  private static final int PATH_CHARS = 150;
  private static final int OPENED_EACH = 200_000;
  private static final int OPENED_A_REQUEST = 2_000;

  /** For the JVM itself, and for what DuckDB uses beyond its limit. */
  private static final long BESIDE_BYTES = 640L << 20;

  private static final long COLLECTOR_BYTES = 48L << 20;
  private static final int TEXTS = 10_000_000;
  private static final int EMPTY_OBJECTS = 10_000_000;

  @TempDir private Path root;
  private IndexRig rig;

  @BeforeEach
  void open() throws Exception {
    rig = new IndexRig(root.resolve("collector"), TestCollector.LIMITS.with(1L << 30, 10));
    rig.index.start();
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  @Tag("long")
  @Test
  void largeRecording_isIndexedCompletely_withinItsMemoryLimit() throws Exception {
    Path recording = Files.write(root.resolve("large.jfr"), large());
    Id evidence =
        rig.received(new FakeAgent().with("recording.jfr", Files.readAllBytes(recording)));
    Memory memory = new Memory();
    rig.index.wanted(evidence);
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> memory.observed() && ended(evidence));

    IndexStatus status = rig.index.status(evidence);
    assertThat(status.problem()).isNull();
    assertThat(source(status, "recording.jfr").problem()).isNull();
    assertThat(indexed(evidence)).isEqualTo(countByType(recording));
    assertThat(memory.arguments).contains("-Xmx" + IndexJob.HEAP_BYTES);
    assertThat(memory.child)
        .isBetween(1L, IndexJob.HEAP_BYTES + IndexJob.MEMORY_BYTES + BESIDE_BYTES);
    assertThat(memory.collector - memory.before).isLessThan(COLLECTOR_BYTES);
  }

  /** The sender of a request decides how long its path is. */
  @Tag("long")
  @ParameterizedTest
  @ValueSource(ints = {100, 2_000})
  void manyRequestsWithLongPaths_areIndexedCompletely(int chars) throws Exception {
    Random random = new Random(13);
    int requests = (int) (WIDE_BYTES / (chars + 60));
    byte[] recording =
        Recordings.of(
            () -> {
              for (int i = 0; i < requests; i++) {
                Recordings.request("req-" + i, "GET", "/" + text(random, chars), "10.0.0.1");
              }
            });
    Path file = Files.write(root.resolve("wide.jfr"), recording);
    Id evidence = rig.received(new FakeAgent().with("recording.jfr", recording));
    IndexStatus status = rig.indexed(evidence);

    assertThat(status.problem()).isNull();
    assertThat(status.state()).isEqualTo(IndexStatus.State.READY);
    assertThat(indexed(evidence)).isEqualTo(countByType(file));
    long[] last = {-1};
    rig.timeline.each(
        TimelineQuery.of(evidence).types("whorl.HttpRequest"),
        row -> {
          assertThat(row.number()).isGreaterThan(last[0]);
          last[0] = row.number();
        });
  }

  @Test
  void recordingOfAJvmWithoutAnAgent_isIndexedWithAllItsTypes() throws Exception {
    Path program = root.resolve("Stranger.java");
    Files.writeString(
        program,
        """
        public class Stranger {
          public static void main(String[] arguments) throws Exception {
            Thread thread = new Thread(() -> System.out.println("hello"), "stranger");
            thread.start();
            thread.join();
            java.nio.file.Files.readAllBytes(java.nio.file.Path.of(arguments[0]));
            System.gc();
          }
        }
        """);
    Path recording = root.resolve("stranger.jfr");
    Process stranger =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:StartFlightRecording=settings=profile,filename=" + recording,
                program.toString(),
                program.toString())
            .redirectErrorStream(true)
            .redirectOutput(root.resolve("stranger.log").toFile())
            .start();
    assertThat(stranger.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(stranger.exitValue()).as(Files.readString(root.resolve("stranger.log"))).isZero();
    Map<String, Long> recorded = countByType(recording);
    assertThat(recorded).hasSizeGreaterThan(50).containsKey("jdk.ThreadStart");

    Id evidence =
        rig.received(new FakeAgent().with("recording.jfr", Files.readAllBytes(recording)));
    assertThat(source(rig.indexed(evidence), "recording.jfr").problem()).isNull();
    assertThat(indexed(evidence)).isEqualTo(recorded);
  }

  @Test
  void artifactBeyondTheLimits_losesOnlyItsRows_andIsReported() throws Exception {
    Id evidence =
        rig.received(
            new FakeAgent()
                .with("recording.jfr", Recordings.times(Recordings.small(40), 30))
                .with("alert.json", "{\"alert\":[" + "{},".repeat(EMPTY_OBJECTS) + "{}]}")
                .with("console.log", "2026-01-02T03:04:06.5Z\tout\tmain\tstill here\n"));
    IndexStatus status = rig.indexed(evidence);

    assertThat(status.state()).isEqualTo(IndexStatus.State.READY);
    assertThat(source(status, "alert.json").problem())
        .isEqualTo("it has too many elements, or is nested too deeply");
    assertThat(source(status, "alert.json").rows()).isZero();
    assertThat(source(status, "recording.jfr").problem()).isNull();
    assertThat(count(evidence, "whorl.FileOpen")).isEqualTo(1_200);
    assertThat(count(evidence, "console.line")).isEqualTo(1);
  }

  /** The JDK's parser keeps all texts and needs more memory than the JVM has. */
  @Test
  void tooLargeMetadata_isReported_andEarlierMetadataIsUsed() throws Exception {
    Id evidence =
        rig.received(
            new FakeAgent().with("recording.jfr", withEndlessMetadata(Recordings.small(5))));
    IndexStatus status = rig.indexed(evidence);

    assertThat(status.state()).isEqualTo(IndexStatus.State.READY);
    assertThat(source(status, "recording.jfr").problem()).contains("metadata is longer than");
    assertThat(count(evidence, "whorl.FileOpen")).isEqualTo(5);
  }

  private boolean ended(Id evidence) {
    IndexStatus.State state = rig.index.status(evidence).state();
    return state == IndexStatus.State.READY || state == IndexStatus.State.FAILED;
  }

  private long count(Id evidence, String type) throws Exception {
    return rig.timeline.types(TimelineQuery.of(evidence).types(type)).stream()
        .mapToLong(Timeline.TypeCount::count)
        .sum();
  }

  private static IndexStatus.Source source(IndexStatus status, String name) {
    return status.artifacts().stream()
        .filter(source -> source.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Consecutive recordings with distinct events. */
  private static byte[] large() throws Exception {
    Random random = new Random(11);
    ByteArrayOutputStream all = new ByteArrayOutputStream((int) LEAST_BYTES * 5 / 4);
    while (all.size() < LEAST_BYTES) {
      all.write(
          Recordings.of(
              () -> {
                for (int i = 0; i < OPENED_EACH; i++) {
                  String id = "req-" + i / OPENED_A_REQUEST;
                  Recordings.open("/srv/" + text(random), "write", id);
                  if (i % OPENED_A_REQUEST == 0) {
                    Recordings.request(id, "POST", "/upload/" + text(random), "10.0.0.1");
                  }
                }
              }));
    }
    return all.toByteArray();
  }

  /** Counts the events of each type; JFR may have dropped some. */
  private static Map<String, Long> countByType(Path recording) throws Exception {
    Map<String, Long> counted = new HashMap<>();
    try (RecordingFile events = new RecordingFile(recording)) {
      while (events.hasMoreEvents()) {
        counted.merge(events.readEvent().getEventType().getName(), 1L, Long::sum);
      }
    }
    return counted;
  }

  private Map<String, Long> indexed(Id evidence) throws Exception {
    return rig.timeline.types(TimelineQuery.of(evidence)).stream()
        .filter(type -> !type.type().startsWith("custody."))
        .collect(Collectors.toMap(Timeline.TypeCount::type, Timeline.TypeCount::count));
  }

  private static String text(Random random) {
    return text(random, PATH_CHARS);
  }

  private static String text(Random random, int chars) {
    char[] text = new char[chars];
    for (int i = 0; i < text.length; i++) {
      text[i] = (char) ('0' + random.nextInt(75));
    }
    return new String(text);
  }

  /** A recording whose metadata consists of many distinct short texts. */
  private static byte[] withEndlessMetadata(byte[] recording) {
    byte[] text = {4, 1, 'a'}; // encoding as characters, length 1
    int event = recording.length;
    ByteBuffer killer = ByteBuffer.allocate(event + 32 + TEXTS * text.length);
    killer.put(recording);
    number(killer, 32 + TEXTS * text.length); // size
    for (int field = 0; field < 4; field++) { // type, start, duration, identifier
      number(killer, 0);
    }
    number(killer, TEXTS);
    for (int i = 0; i < TEXTS; i++) {
      text[2] = (byte) ('a' + i % 2);
      killer.put(text);
    }
    killer.putLong(8, killer.capacity());
    killer.putLong(24, event);
    return killer.array();
  }

  private static void number(ByteBuffer out, int value) {
    int left = value;
    for (; left > 0x7F; left >>>= 7) {
      out.put((byte) (left | 0x80));
    }
    out.put((byte) left);
  }

  /** The peak memory of the collector and of the confined JVM, by polling. */
  private static final class Memory {
    private final long before = collectorBytes();
    private long collector;
    private long child;
    private List<String> arguments = List.of();

    boolean observed() {
      collector = Math.max(collector, collectorBytes());
      ProcessHandle.current()
          .children()
          .forEach(process -> sample(Path.of("/proc/" + process.pid())));
      return true;
    }

    private void sample(Path process) {
      try {
        // the JDK truncates arguments as long as a class path
        List<String> command = List.of(Files.readString(process.resolve("cmdline")).split("\0"));
        if (command.contains(IndexMain.class.getName())) {
          arguments = command;
          for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith("VmHWM:")) {
              child = Math.max(child, Long.parseLong(line.replaceAll("\\D", "")) << 10);
            }
          }
        }
      } catch (IOException gone) {
        // the process has just ended
      }
    }

    /** The memory in use after a garbage collection. */
    private static long collectorBytes() {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      return runtime.totalMemory() - runtime.freeMemory();
    }
  }
}

package whorl.collector.timeline.read.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.derive.EventsToRecording;
import whorl.collector.timeline.Recordings;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

/** Undamaged recordings give the same rows as the JDK's own parser. */
@Timeout(300)
class RecordingReaderTest {
  private static final int NEWEST = 25;

  @TempDir private Path folder;

  @Tag("long")
  @Test
  void recordingOfThisJvm_givesTheSameRowsAsTheJdk() throws Exception {
    Path recording = folder.resolve("every.jfr");
    EveryKind.record(recording);
    compared(recording);
  }

  @Test
  void recordingOfJdk25_givesTheSameRowsAsTheJdk() throws Exception {
    Path java = newest();
    assumeTrue(java != null, "no JDK " + NEWEST + " in /usr/lib/jvm");
    Path recording = folder.resolve("every.jfr");
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                java.toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                EveryKind.class.getName(),
                recording.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    compared(recording);
  }

  @Test
  void consecutiveAgentRecordings_giveTheSameRowsAsTheJdk() throws Exception {
    Path recording =
        Files.write(
            folder.resolve("small.jfr"),
            Recordings.times(Recordings.small(500), 3, Recordings.small(5)));
    PortionRows rows = compared(recording);
    assertThat(rows.requests).hasSize(5);
  }

  /** The rows of the ring without a recording. */
  @Test
  void recordingMadeByTheCollector_givesTheSameRowsAsTheJdk() throws Exception {
    StringBuilder ring = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      ring.append(
          Json.text(
              new EventLine(
                  i,
                  Instant.parse("2026-01-02T03:04:05Z").plusNanos(i * 7L),
                  i % 2 == 0 ? "whorl.FileOpen" : "whorl.DnsLookup",
                  i % 2 == 0 ? Map.of("path", "/é/" + i, "created", true) : Map.of("host", "h" + i),
                  "http-" + i % 3,
                  List.of("shop.Files.show(Files.java:" + i % 9 + ")"))));
      ring.append('\n');
    }
    Path events = Files.writeString(folder.resolve("events.ndjson"), ring);
    Path recording = folder.resolve("derived.jfr");
    EventsToRecording.main(new String[] {events.toString(), recording.toString()});
    assertThat(compared(recording).rows).hasSize(200);
  }

  private PortionRows compared(Path recording) throws IOException {
    PortionRows actual = null;
    for (boolean compared : List.of(true, false)) {
      PortionRows expected = new PortionRows(recording, folder, JdkPortion::new, compared, true);
      actual = new PortionRows(recording, folder, RecordingReader::new, compared, true);
      assertThat(expected.problem).isNull();
      assertThat(actual.problem).isNull();
      assertThat(actual.rows).hasSizeGreaterThan(100);
      for (int i = 0; i < Math.min(actual.rows.size(), expected.rows.size()); i++) {
        assertThat(actual.rows.get(i)).isEqualTo(expected.rows.get(i));
      }
      assertThat(actual.rows).hasSameSizeAs(expected.rows);
      assertThat(actual.stacks).isEqualTo(expected.stacks);
      assertThat(actual.requests).isEqualTo(expected.requests);
    }
    return actual;
  }

  private static Path newest() throws IOException {
    if (Runtime.version().feature() == NEWEST) {
      return Path.of(System.getProperty("java.home"), "bin", "java");
    }
    Path homes = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(homes)) {
      return null;
    }
    try (Stream<Path> all = Files.list(homes)) {
      return all.filter(home -> home.getFileName().toString().contains("-" + NEWEST))
          .map(home -> home.resolve("bin/java"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElse(null);
    }
  }
}

package whorl.collector.timeline.read.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A killed JVM leaves an unfinished chunk. */
@Timeout(120)
class KilledJvmTest {
  private static final int EVENTS = 2_000;
  private static final int CHUNK_SIZE_OFFSET = 8;
  private static final long FLUSHED_BYTES = 50_000;

  @TempDir private Path folder;

  /** The program that is killed. */
  static final class Killed {
    private Killed() {}

    @Name("acme.Progress")
    static final class Progress extends Event {
      String step;
    }

    public static void main(String[] arguments) throws Exception {
      Recording recording = new Recording();
      recording.setToDisk(true);
      recording.start();
      for (int i = 0; i < EVENTS; i++) {
        Progress progress = new Progress();
        progress.step = "number " + i;
        progress.commit();
      }
      System.out.println("written");
      Thread.currentThread().join();
    }
  }

  @Test
  void chunkOfAKilledJvm_isReadAsFarAsItGoes() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:FlightRecorderOptions=repository=" + folder.resolve("repository"),
                "-cp",
                System.getProperty("java.class.path"),
                Killed.class.getName())
            .redirectError(folder.resolve("log").toFile())
            .start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).as(Files.readString(folder.resolve("log"))).isEqualTo("written");
      // events reach the file when the JVM flushes, once a second
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> process.isAlive() && size(chunk()) > FLUSHED_BYTES);
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    PortionRows rows = new PortionRows(chunk(), folder, RecordingReader::new, false, true);
    assertThat(rows.rows.stream().filter(row -> row.contains("Progress: step=number ")))
        .hasSize(EVENTS);
  }

  private Path chunk() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("repository"))) {
      return files.filter(file -> file.toString().endsWith(".jfr")).findFirst().orElseThrow();
    }
  }

  /** The size in the chunk's header. */
  private static long size(Path chunk) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(chunk.toFile(), "r")) {
      file.seek(CHUNK_SIZE_OFFSET);
      return file.readLong();
    }
  }
}

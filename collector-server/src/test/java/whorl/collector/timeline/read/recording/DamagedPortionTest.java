package whorl.collector.timeline.read.recording;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.timeline.Recordings;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.Duplicates;
import whorl.collector.timeline.read.rows.ReadContext;
import whorl.collector.timeline.read.rows.Requests;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.collector.timeline.read.rows.StackFile;

/** A recording with any damage is read to its end, in little memory. */
@Timeout(240)
class DamagedPortionTest {
  private static final int TRIALS = 3_000;
  private static final int HEADER_BYTES = 68;

  /** The allocation limit of one reading; an undamaged one takes about 8 MiB. */
  private static final long ALLOCATED_MAX_BYTES = 96L << 20;

  private static byte[] good;
  @TempDir private Path folder;

  @BeforeAll
  static void record() throws Exception {
    good = Recordings.small(60);
  }

  @Tag("long")
  @Test
  void singleByteDamage_losesAtMostItsChunk() throws Exception {
    Random random = new Random(17);
    long problems = 0;
    for (int i = 0; i < TRIALS; i++) {
      byte[] damaged = good.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      problems += read(damaged) == null ? 0 : 1;
    }
    assertThat(problems).isPositive();
  }

  @Test
  void headerDamage_losesAtMostItsChunk() throws Exception {
    Random random = new Random(18);
    for (int at = 0; at < HEADER_BYTES; at++) {
      for (int value : new int[] {0, 1, 0x7F, 0x80, 0xFF, random.nextInt()}) {
        byte[] damaged = good.clone();
        damaged[at] = (byte) value;
        read(damaged);
      }
    }
  }

  @Test
  void largeDamageOrTruncation_losesAtMostItsChunk() throws Exception {
    Random random = new Random(19);
    for (int i = 0; i < TRIALS / 8; i++) {
      byte[] damaged = Arrays.copyOf(good, 1 + random.nextInt(good.length));
      for (int j = random.nextInt(200); j > 0; j--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      read(damaged);
    }
  }

  @Test
  void undamagedRecording_isReadWithoutProblems() throws Exception {
    assertThat(read(good)).isNull();
  }

  @Test
  void unmappableChunk_isReported() throws Exception {
    ArtifactOutcome artifactOutcome = new ArtifactOutcome("recording.jfr");
    RecordingChunk long31 = new RecordingChunk(folder.resolve("none"), 7, 0, 1L << 31);
    try (StackFile stacks = new StackFile(folder.resolve("stacks"), Long.MAX_VALUE)) {
      ReadContext readContext =
          new ReadContext(
              folder, stacks, new Requests(), new Duplicates(), new Duplicates(), Map.of());
      try (RecordingReader portion = new RecordingReader(long31, readContext, artifactOutcome, 0)) {
        assertThat(portion.fill(new RowBlock())).isFalse();
      }
    }
    assertThat(artifactOutcome.outcome().problem())
        .startsWith("chunk 7 is damaged after 0 events (it is 2147483648 bytes long; ")
        .endsWith("; the rest of it is lost");
  }

  private String read(byte[] recording) throws Exception {
    Path file = Files.write(folder.resolve("recording.jfr"), recording);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    PortionRows rows = new PortionRows(file, folder, RecordingReader::new, true, false);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOCATED_MAX_BYTES);
    if (rows.problem != null) {
      assertThat(rows.problem).doesNotContainPattern("java\\.\\w+\\.\\w+(Exception|Error)");
    }
    return rows.problem;
  }
}

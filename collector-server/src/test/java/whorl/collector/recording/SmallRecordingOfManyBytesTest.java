package whorl.collector.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.recording.ChunkMaker.Part;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.read.EvidenceReader;
import whorl.collector.timeline.read.IndexPlan;
import whorl.collector.timeline.read.ManifestFacts;
import whorl.collector.timeline.read.rows.ArtifactReader;
import whorl.collector.timeline.read.rows.RowBlock;

/** A recording names a text once, and refers to it in each event: rows of it could fill a disk. */
@Timeout(120)
class SmallRecordingOfManyBytesTest {
  private static final long THING = 100;
  private static final int TEXT_CHARS = 1 << 20;
  private static final int EVENTS = 3_000;

  @TempDir private Path folder;

  @Test
  void rows_areBounded_andWhatIsLeftOutIsSaid() throws Exception {
    Path recording = recording(new ChunkMaker(true));
    assertThat(Files.size(recording)).isLessThan(2 << 20);

    long bytes = 0;
    EvidenceReader reader = reader(recording);
    for (ArtifactReader each = reader.next(); each != null; each = reader.next()) {
      RowBlock block = new RowBlock();
      boolean more = true;
      while (more) {
        block.clear();
        more = each.fill(block);
        bytes += block.bytes();
      }
      reader.ended(each);
    }
    reader.close();

    assertThat(bytes).isBetween(512L << 20, 800L << 20);
    IndexStatus.Source outcome = reader.outcomes().get(0);
    assertThat(outcome.rows()).isBetween(100L, EVENTS - 1L);
    assertThat(outcome.problem()).contains("its rows have more than", "is left out");
  }

  private EvidenceReader reader(Path recording) throws Exception {
    IndexPlan plan =
        new IndexPlan(
            Map.of("recording.jfr", recording.toString()), List.of(), Map.of(), null, 0, 0, false);
    return new EvidenceReader(
        plan, ManifestFacts.of(plan), Files.createDirectory(folder.resolve("work")));
  }

  private Path recording(ChunkMaker maker) throws Exception {
    maker
        .type(
            THING,
            "acme.Thing",
            "jdk.jfr.Event",
            Part.of("startTime", ChunkMaker.LONG),
            Part.of("text", ChunkMaker.STRING))
        .constants(
            1,
            out ->
                out.int64(ChunkMaker.STRING)
                    .int32(1)
                    .int64(1)
                    .latin1("x".repeat(TEXT_CHARS - 1) + "y"));
    for (int i = 0; i < EVENTS; i++) {
      maker.event(THING, out -> out.int64(5).raw(2).int64(1));
    }
    ByteBuffer chunk = maker.metadata().bytes();
    byte[] bytes = new byte[chunk.remaining()];
    chunk.get(bytes);
    return Files.write(folder.resolve("recording.jfr"), bytes);
  }
}

package whorl.collector.timeline.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.read.rows.ArtifactReader;
import whorl.collector.timeline.read.rows.EpochNanos;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.evidence.Json;

/**
 * Fuzzes artifacts for the index: any content affects only rows of its own artifact. Each row has
 * the required columns, and no two rows have the same ordinal.
 */
class EvidenceReaderFuzzTest {
  private static final long NOON = 1_796_000_000_000_000_000L;
  private static final int PROBLEMS_MAX_CHARS = 2_000;

  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("reader");
  }

  @AfterEach
  void removeFolder() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @FuzzTest
  void recording_givesRowsOrSaysWhyNot(byte[] input) throws Exception {
    rows(Map.of("recording.jfr", input), List.of());
  }

  @FuzzTest
  void events_giveRowsOrSayWhyNot(byte[] input) throws Exception {
    rows(Map.of("events.ndjson", input), List.of());
  }

  @FuzzTest
  void alert_givesRowsOrSaysWhyNot(byte[] input) throws Exception {
    rows(Map.of("alert.json", input), List.of());
  }

  @FuzzTest
  void process_givesRowsOrSaysWhyNot(byte[] input) throws Exception {
    rows(Map.of("process.json", input), List.of());
  }

  /** The bodyfile is read with the digests of {@code files.ndjson}; a zero byte separates them. */
  @FuzzTest
  void files_giveRowsOrSayWhyNot(byte[] input) throws Exception {
    rows(split(input, "files.body", "files.ndjson"), List.of());
  }

  @FuzzTest
  void classes_giveRowsOrSayWhyNot(byte[] input) throws Exception {
    rows(Map.of("classes.ndjson", input), List.of());
  }

  /** The console is compared with the events; a zero byte separates them. */
  @FuzzTest
  void console_givesRowsOrSaysWhyNot(byte[] input) throws Exception {
    rows(split(input, "console.log", "events.ndjson"), List.of());
  }

  @FuzzTest
  void custody_givesRowsOrSaysWhyNot(byte[] input) throws Exception {
    rows(Map.of(), List.of(new String(input, StandardCharsets.UTF_8).split("\n", -1)));
  }

  private static Map<String, byte[]> split(byte[] input, String first, String second) {
    int at = 0;
    while (at < input.length && input[at] != 0) {
      at++;
    }
    return Map.of(
        first,
        Arrays.copyOf(input, at),
        second,
        Arrays.copyOfRange(input, Math.min(at + 1, input.length), input.length));
  }

  private void rows(Map<String, byte[]> artifacts, List<String> custody) throws Exception {
    Map<String, String> files = new LinkedHashMap<>();
    for (Map.Entry<String, byte[]> artifact : artifacts.entrySet()) {
      Path file = Files.write(folder.resolve(artifact.getKey()), artifact.getValue());
      files.put(artifact.getKey(), file.toString());
    }
    IndexPlan plan = new IndexPlan(files, custody, Map.of(), null, NOON, 1 << 20, true);
    Set<Long> ordinals = new HashSet<>();
    long rows = 0;
    EvidenceReader reader = new EvidenceReader(plan, ManifestFacts.of(plan), folder);
    try (reader) {
      RowBlock block = new RowBlock();
      for (ArtifactReader artifactReader = reader.next();
          artifactReader != null;
          artifactReader = reader.next()) {
        boolean more = true;
        while (more) {
          block.clear();
          more = artifactReader.fill(block);
          check(block, ordinals);
          rows += block.size();
        }
        reader.ended(artifactReader);
      }
    }
    assertThat(reader.remaining()).isZero();
    assertThat(reader.outcomes().stream().mapToLong(IndexStatus.Source::rows).sum())
        .isEqualTo(rows);
    for (IndexStatus.Source source : reader.outcomes()) {
      String problem = source.problem();
      assertThat(problem == null ? 0 : problem.length()).isLessThan(PROBLEMS_MAX_CHARS);
    }
  }

  private static void check(RowBlock block, Set<Long> ordinals) throws IOException {
    List<byte[]> fields = new ArrayList<>();
    for (int row = 0; row < block.size(); row++) {
      assertThat(ordinals.add(block.ordinal(row))).isTrue();
      assertThat(block.present(Column.TIME, row)).isTrue();
      assertThat(EpochNanos.of(block.number(Column.TIME, row))).isNotEqualTo(EpochNanos.NONE);
      assertThat(block.texts(Column.ACTION)[row]).isNotEmpty();
      assertThat(block.texts(Column.MESSAGE)[row]).isNotNull();
      byte[] json = block.texts(Column.FIELDS)[row];
      if (json != null && json.length < RowBlock.TEXT_MAX_CHARS) {
        fields.add(json);
      }
    }
    for (byte[] json : fields) {
      assertThat(Json.LENIENT.readTree(json).isObject()).isTrue();
    }
  }
}

package whorl.collector.export.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The page's list of formats equals {@link TimelineFormat}; {@code -Dwhorl.docs.write=true} writes
 * it. The order of its lines is the order of the page, and a new format is added at the end.
 */
class TimelineFormatTest {
  private static final Path PAGE = Path.of("src/main/resources/page/views/evidence/formats.js");
  private static final String LINE = "  [";
  private static final int LINE_MAX_CHARS = 100;

  @Test
  void page_listsEveryDownload() throws IOException {
    List<String> expected =
        Arrays.stream(TimelineFormat.values())
            .filter(format -> format != TimelineFormat.JSON) // comes in pages
            .map(TimelineFormatTest::line)
            .toList();
    if (Boolean.getBoolean("whorl.docs.write")) {
      write(expected);
    }
    assertThat(Files.readAllLines(PAGE).stream().filter(line -> line.startsWith(LINE)))
        .as("write it again with -Dwhorl.docs.write=true")
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "json, JSON",
    "ndjson, NDJSON",
    "csv, CSV",
    "jsonl, TIMESKETCH",
    "body, BODYFILE",
    "bodyfile, BODYFILE",
    "l2tcsv, L2TCSV",
    "parquet, PARQUET",
    "doc,",
  })
  void extensions_implyAFormat(String extension, TimelineFormat format) {
    assertThat(TimelineFormat.ofExtension(extension)).isEqualTo(format);
  }

  private static void write(List<String> expected) throws IOException {
    List<String> before = Files.readAllLines(PAGE);
    List<String> kept = new ArrayList<>(before);
    kept.removeIf(line -> line.startsWith(LINE) && !expected.contains(line));
    expected.stream()
        .filter(line -> !before.contains(line))
        .forEach(line -> kept.add(kept.size() - 1, line));
    Files.writeString(PAGE, String.join("\n", kept) + "\n");
  }

  private static String line(TimelineFormat format) {
    String line =
        LINE
            + String.join(
                ", ", quoted(format.word()), quoted(format.title()), quoted(format.purpose()))
            + "],";
    assertThat(line).hasSizeLessThanOrEqualTo(LINE_MAX_CHARS);
    return line;
  }

  private static String quoted(String text) {
    assertThat(text).isNotBlank().doesNotContain("'", "\\", "\n");
    return "'" + text + "'";
  }
}

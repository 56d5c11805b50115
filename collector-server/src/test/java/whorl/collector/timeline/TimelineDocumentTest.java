package whorl.collector.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import whorl.collector.export.formats.TimelineFormat;

/** {@code docs/timeline.md} lists exactly the existing columns and formats. */
class TimelineDocumentTest {
  private static final String COLUMNS = "| column ";
  private static final String FORMATS = "| format | what";

  @Test
  void document_hasEveryColumn_inOrder_withItsType() throws IOException {
    assertThat(rows(COLUMNS).stream().map(cells -> cells[1].strip() + " " + cells[2].strip()))
        .containsExactlyElementsOf(
            Arrays.stream(Column.values())
                .map(
                    column ->
                        column.columnName() + " " + column.kind().name().toLowerCase(Locale.ROOT))
                .toList());
  }

  @Test
  void document_hasEveryFormat_inOrder() throws IOException {
    assertThat(rows(FORMATS).stream().map(cells -> cells[1].strip()))
        .containsExactlyElementsOf(
            Arrays.stream(TimelineFormat.values())
                .map(format -> "`" + format.word() + "`")
                .toList());
  }

  /** The cells of the rows below the table's heading; the first cell is at index 1. */
  private static List<String[]> rows(String heading) throws IOException {
    List<String[]> rows = new ArrayList<>();
    boolean inTable = false;
    for (String line : Files.readAllLines(Path.of("../docs/timeline.md"))) {
      if (inTable && line.isEmpty()) {
        break;
      }
      if (inTable && line.startsWith("| ")) {
        rows.add(line.split("\\|"));
      }
      inTable |= line.startsWith(heading);
    }
    return rows;
  }
}

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

/** {@code docs/timeline.md} lists exactly the existing columns. */
class TimelineDocumentTest {
  private static final String TABLE = "<!-- columns: ";

  @Test
  void document_hasEveryColumn_inOrder_withItsType() throws IOException {
    List<String> documented = new ArrayList<>();
    boolean inTable = false;
    for (String line : Files.readAllLines(Path.of("../docs/timeline.md"))) {
      if (inTable && line.startsWith("| ") && !line.startsWith("| column")) {
        String[] cells = line.split("\\|");
        documented.add(cells[1].strip() + " " + cells[2].strip());
      } else if (inTable && line.isEmpty()) {
        break;
      }
      inTable |= line.startsWith(TABLE);
    }

    assertThat(documented)
        .containsExactlyElementsOf(
            Arrays.stream(Column.values())
                .map(
                    column ->
                        column.columnName() + " " + column.kind().name().toLowerCase(Locale.ROOT))
                .toList());
  }
}

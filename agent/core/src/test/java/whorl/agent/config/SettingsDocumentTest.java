package whorl.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares {@code docs/settings.md} with the code. */
final class SettingsDocumentTest {
  private static final Path DOCUMENT = Path.of("../../docs/settings.md");

  @Test
  void hooksTable_isTheTableOfHookWords() throws IOException {
    List<String> expected = new ArrayList<>();
    for (HookGroup one : HookGroup.values()) {
      expected.add("| `" + one.word() + "` | " + one.covers() + " |");
    }

    assertThat(rows("hooks")).containsExactlyElementsOf(expected);
  }

  @Test
  void settingsTable_isTheTableOfSettings() throws IOException {
    List<String> expected = new ArrayList<>();
    for (Setting setting : Setting.values()) {
      expected.add(row(setting));
    }

    assertThat(rows("settings")).containsExactlyElementsOf(expected);
  }

  private static String row(Setting setting) {
    String byDefault = setting.byDefault();
    String shown =
        byDefault == null || byDefault.isEmpty() ? "–" : "`" + byDefault.replace(",", "`, `") + "`";
    return "| `" + setting.key() + "` | " + shown + " | " + setting.meaning() + " |";
  }

  private static List<String> rows(String table) throws IOException {
    List<String> lines = Files.readAllLines(DOCUMENT);
    int start = indexOf(lines, "<!-- " + table + ":");
    int end = indexOf(lines, "<!-- /" + table + " -->");
    // Skips the comment, the column names and the line below them.
    return lines.subList(start + 3, end);
  }

  private static int indexOf(List<String> lines, String beginning) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(beginning)) {
        return i;
      }
    }
    throw new AssertionError(DOCUMENT + " lacks the line that begins with " + beginning);
  }
}

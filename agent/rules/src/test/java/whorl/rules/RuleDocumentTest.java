package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import whorl.event.EventType;
import whorl.rules.engine.RuleSet;
import whorl.rules.logsource.EventSource;
import whorl.rules.logsource.EventSources;
import whorl.rules.match.Fields;
import whorl.rules.match.RuleHead;

/**
 * Compares the tables of docs/rules.md with the code; {@code -Dwhorl.docs.write=true} writes that
 * of the events and their fields.
 */
class RuleDocumentTest {
  private static final Path DOCUMENT = Path.of("../../docs/rules.md");
  private static final String FIELDS = "| category | events and their fields |\n|---|---|\n";

  private static List<String> categories() {
    List<String> rows = new ArrayList<>();
    for (String category : Fields.categories()) {
      StringJoiner events = new StringJoiner(" · ");
      for (EventType type : EventType.values()) {
        if (category.equals(type.category())) {
          String name = type.jfrName().substring(type.jfrName().lastIndexOf('.') + 1);
          events.add("`" + name + "` " + String.join(", ", type.fields()));
        }
      }
      rows.add("| `" + category + "` | " + events + " |");
    }
    return rows;
  }

  private static String row(RuleHead rule) {
    return "| " + rule.title() + " | " + rule.level().word() + " | `" + rule.id() + "` |";
  }

  @Test
  void document_namesEveryCategoryAndItsFields() throws IOException {
    String document = Files.readString(DOCUMENT);
    int start = document.indexOf(FIELDS) + FIELDS.length();
    int end = document.indexOf("\n\n", start);
    String current =
        document.substring(0, start) + String.join("\n", categories()) + document.substring(end);
    if (Boolean.getBoolean("whorl.docs.write")) {
      Files.writeString(DOCUMENT, current);
    }

    assertThat(document).contains(FIELDS);
    assertThat(DOCUMENT).as("write it again with -Dwhorl.docs.write=true").hasContent(current);
  }

  @Test
  void document_namesTheFieldsOfOtherLogsources() throws IOException {
    List<String> rows =
        Files.readAllLines(DOCUMENT).stream().filter(line -> line.startsWith("| `")).toList();

    for (EventSource source : EventSources.ofOthers()) {
      List<String> named = new ArrayList<>(List.of("`category: " + source.category() + "`"));
      if (source.product() != null) {
        named.add(source.product());
      }
      for (EventType type : source.fields().types()) {
        named.add("`" + type.jfrName().substring(type.jfrName().lastIndexOf('.') + 1) + "`");
      }
      for (String field : source.fields().names()) {
        named.add(field.startsWith("request.") ? "`request.…`" : "`" + field + "`");
      }
      assertThat(rows).anySatisfy(row -> assertThat(row).contains(named));
    }
  }

  @Test
  void document_namesEveryBuiltInRule() throws IOException {
    RuleSet pack = RuleSet.load(List.of(), Set.of(), true);

    assertThat(Files.readAllLines(DOCUMENT))
        .containsSequence(pack.rules().stream().map(rule -> row(rule.head())).toList())
        .containsSequence(pack.correlations().stream().map(rule -> row(rule.head())).toList());
  }
}

package whorl.collector.sigma;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import whorl.rules.parse.RuleReader;

/** Takes texts of Sigma rules apart, one document for each rule. */
final class RuleTexts {
  private static final int DOCUMENTS_MAX = 5_000;

  private RuleTexts() {}

  /** A part of a text between two lines that begin a document. */
  private record Part(int line, String text) {}

  /** The rules of a text in their order, also those that agents refuse. */
  static List<RuleDocument> read(String yaml, String name) {
    List<RuleDocument> documents = new ArrayList<>();
    for (Part part : parts(yaml)) {
      if (documents.size() < DOCUMENTS_MAX && hasContent(part.text())) {
        documents.add(document(part, name));
      }
    }
    return documents;
  }

  private static RuleDocument document(Part part, String name) {
    try {
      for (Object document : RuleReader.parse(part.text(), name)) {
        if (document instanceof Map<?, ?> map) {
          return RuleDocument.of(map, part.line(), part.text());
        }
      }
    } catch (YamlEngineException noYaml) {
      // the problems of the text say so
    }
    return RuleDocument.unreadable(part.line(), part.text());
  }

  /** As YAML has it, a line that begins with three hyphens begins a document, wherever it is. */
  private static List<Part> parts(String yaml) {
    List<Part> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int line = 0;
    int begin = 1;
    for (String each : (Iterable<String>) yaml.lines()::iterator) {
      line++;
      if (each.equals("---") || each.startsWith("--- ")) {
        parts.add(new Part(begin, text.toString()));
        text.setLength(0);
        begin = line + 1;
        if (each.length() > 4) { // a document may begin on the same line
          text.append(each, 4, each.length()).append('\n');
          begin = line;
        }
      } else {
        text.append(each).append('\n');
      }
    }
    parts.add(new Part(begin, text.toString()));
    return parts;
  }

  private static boolean hasContent(String text) {
    return text.lines()
        .map(String::strip)
        .anyMatch(line -> !line.isEmpty() && !line.startsWith("#") && !line.equals("..."));
  }
}

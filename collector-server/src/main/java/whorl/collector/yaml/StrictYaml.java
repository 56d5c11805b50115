package whorl.collector.yaml;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import whorl.collector.times.Spans;

/**
 * Reads YAML strictly, and collects what is wrong with its line. Values are never part of a
 * message: somebody may have written a secret where a file was asked for.
 */
public final class StrictYaml {
  static final int MAX_CHARS = 1 << 20;
  private static final int MAX_PROBLEMS = 20;
  private static final int MAX_NAMES = 1_000;

  private final int maxTextChars;
  private final List<String> problems = new ArrayList<>();

  /**
   * @param maxTextChars of a name or a value
   */
  public StrictYaml(int maxTextChars) {
    this.maxTextChars = maxTextChars;
  }

  /** The only document of a text. */
  public static Node document(String yaml) throws IOException {
    List<Node> documents = new ArrayList<>();
    try {
      LoadSettings settings =
          LoadSettings.builder().setSchema(new CoreSchema()).setCodePointLimit(MAX_CHARS).build();
      new Compose(settings).composeAllFromString(yaml).forEach(documents::add);
    } catch (YamlEngineException | IllegalArgumentException e) {
      throw new IOException("not YAML that can be read" + line(e), e);
    }
    if (documents.size() != 1) {
      throw new IOException("it has " + documents.size() + " YAML documents instead of one");
    }
    return documents.get(0);
  }

  /** The line of a syntax error; its message may quote a secret. */
  private static String line(RuntimeException e) {
    Matcher line = Pattern.compile("line (\\d+), column (\\d+)").matcher("" + e.getMessage());
    return line.find() ? ", at line " + line.group(1) + ", column " + line.group(2) : "";
  }

  /** Adds a problem, with the line of what has it. */
  public void problem(Node node, String what) {
    String line = node.getStartMark().map(mark -> "line " + (mark.getLine() + 1) + ": ").orElse("");
    String anchored = isAliased(node) ? "anchors (&) and aliases (*) are not supported; " : "";
    if (problems.size() <= MAX_PROBLEMS) {
      problems.add(line + anchored + what);
    }
  }

  /** The number of problems so far. */
  public int problems() {
    return problems.size();
  }

  /**
   * @throws IOException with all problems, if there are any
   */
  public void throwProblems() throws IOException {
    if (!problems.isEmpty()) {
      throw new IOException(
          String.join("; ", problems.subList(0, Math.min(MAX_PROBLEMS, problems.size()))));
    }
  }

  /** The fields of a mapping; empty if it is none, which is a problem then. */
  public Map<String, Node> fields(Node node, String form) {
    Map<String, Node> fields = new LinkedHashMap<>();
    if (!(node instanceof MappingNode mapping) || isAliased(node)) {
      problem(node, "expected: " + form);
      return fields;
    }
    Set<String> seen = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String name = text(tuple.getKeyNode(), form);
      if (name == null) {
        continue;
      }
      if (seen.add(name)) {
        fields.put(name, tuple.getValueNode());
      } else {
        problem(tuple.getKeyNode(), "'" + name + "' is given twice; put both together");
      }
    }
    return fields;
  }

  /** The elements of a list that must not be empty: an empty one would name everything. */
  public List<Node> elements(Node node, String form, int max) {
    if (!(node instanceof SequenceNode sequence) || isAliased(node)) {
      problem(node, "expected a list: " + form);
      return List.of();
    }
    if (sequence.getValue().isEmpty()) {
      problem(node, "the list is empty; leave it out, or fill it: " + form);
    } else if (sequence.getValue().size() > max) {
      problem(node, "the list has more than " + max + " elements");
      return List.of();
    }
    return sequence.getValue();
  }

  /** The different texts of a list. */
  public Set<String> names(Node node, String form) {
    Set<String> names = new LinkedHashSet<>();
    for (Node each : elements(node, form, MAX_NAMES)) {
      String name = text(each, form);
      if (name != null && !names.add(name)) {
        problem(each, "'" + name + "' is given twice");
      }
    }
    return names;
  }

  /** The fields of a mapping of texts, which must not be empty. */
  public Map<String, String> texts(Node node, String form) {
    Map<String, String> texts = new LinkedHashMap<>();
    int before = problems.size();
    Map<String, Node> fields = fields(node, form);
    if (fields.isEmpty() && problems.size() == before) {
      problem(node, "it is empty; leave it out, or fill it: " + form);
    }
    fields.forEach(
        (name, value) -> {
          String text = text(value, form);
          if (text != null) {
            texts.put(name, text);
          }
        });
    return texts;
  }

  /** A text; null if it is none, which is a problem then. */
  public @Nullable String text(Node node, String form) {
    if (!(node instanceof ScalarNode scalar)
        || isAliased(node)
        || (scalar.isPlain() && scalar.getTag().equals(Tag.NULL))
        || scalar.getValue().isBlank()) {
      problem(node, "expected a text: " + form);
      return null;
    }
    String value = scalar.getValue();
    if (value.length() > maxTextChars || value.chars().anyMatch(Character::isISOControl)) {
      problem(node, "a text has at most " + maxTextChars + " characters, all of them printable");
      return null;
    }
    return value;
  }

  /** True or false. */
  public boolean flag(Node node, String form) {
    String text = text(node, form);
    if (text != null && !text.equals("true") && !text.equals("false")) {
      problem(node, "expected true or false: " + form);
    }
    return "true".equals(text);
  }

  /** A number; null if it is none in this range, which is a problem then. */
  public @Nullable Integer number(Node node, String form, int min, int max) {
    String text = text(node, form);
    if (text == null) {
      return null;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // the same problem as a number out of range
    }
    problem(node, "expected a number from " + min + " to " + max + ": " + form);
    return null;
  }

  /** A span of time; null if it is none, or longer, which is a problem then. */
  public @Nullable Duration time(Node node, String form, Duration max) {
    String text = text(node, form);
    if (text == null) {
      return null;
    }
    Duration time = Spans.of(text);
    if (time != null && time.compareTo(max) <= 0) {
      return time;
    }
    problem(node, "expected a time with s, m, h or d, at most " + max.toHours() + "h: " + form);
    return null;
  }

  /** An anchor may stand for much, at many places. */
  private static boolean isAliased(Node node) {
    return node.getAnchor().isPresent();
  }
}

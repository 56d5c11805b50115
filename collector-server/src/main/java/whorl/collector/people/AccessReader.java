package whorl.collector.people;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
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
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.Part;

/**
 * Reads an access file. What is not understood is refused, with its line: a typo must not give
 * anybody more than was meant.
 */
final class AccessReader {
  static final int MAX_CHARS = 1 << 20;
  private static final int MAX_GROUPS = 10_000;
  private static final int MAX_GRANTS = 100;
  private static final int MAX_NAMES = 1_000;
  private static final int MAX_NAME_CHARS = 256;
  private static final int MAX_PROBLEMS = 20;
  private static final String FORM =
      "a group has a list of grants, such as: - {role: viewer, namespaces: [shop]}";

  private final List<String> problems = new ArrayList<>();

  private AccessReader() {}

  /**
   * Reads the text of a file.
   *
   * @throws IOException with all problems and their lines
   */
  static AccessRules read(String yaml) throws IOException {
    return new AccessReader().rules(yaml);
  }

  private AccessRules rules(String yaml) throws IOException {
    List<Node> documents = new ArrayList<>();
    try {
      LoadSettings settings =
          LoadSettings.builder().setSchema(new CoreSchema()).setCodePointLimit(MAX_CHARS).build();
      new Compose(settings).composeAllFromString(yaml).forEach(documents::add);
    } catch (YamlEngineException | IllegalArgumentException e) {
      throw new IOException(
          "not YAML that can be read: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "),
          e);
    }
    if (documents.size() != 1) {
      throw new IOException("it has " + documents.size() + " YAML documents instead of one");
    }
    Map<String, List<Grant>> byGroup = new LinkedHashMap<>();
    fields(documents.get(0), FORM, (name, value) -> byGroup.put(name, grants(name, value)));
    if (problems.isEmpty() && byGroup.isEmpty()) {
      problems.add("it names no group; " + FORM);
    }
    if (byGroup.size() > MAX_GROUPS) {
      problems.add("it names more than " + MAX_GROUPS + " groups");
    }
    if (!problems.isEmpty()) {
      throw new IOException(
          String.join("; ", problems.subList(0, Math.min(MAX_PROBLEMS, problems.size()))));
    }
    return new AccessRules(byGroup);
  }

  private List<Grant> grants(String group, Node node) {
    List<Grant> grants = new ArrayList<>();
    for (Node each : elements(node, "group " + group + ": " + FORM, MAX_GRANTS)) {
      Grant grant = grant(group, each);
      if (grant != null) {
        grants.add(grant);
      }
    }
    return grants;
  }

  private @Nullable Grant grant(String group, Node node) {
    Map<String, Node> fields = new LinkedHashMap<>();
    fields(node, "group " + group + ": " + FORM, fields::put);
    Role role = null;
    Set<String> namespaces = Set.of();
    Set<String> services = Set.of();
    Map<String, String> labels = Map.of();
    for (Map.Entry<String, Node> field : fields.entrySet()) {
      Node value = field.getValue();
      switch (field.getKey()) {
        case "role" -> role = role(value);
        case "namespaces" -> namespaces = names(value, "namespaces: [shop, bank]");
        case "services" -> services = names(value, "services: [orders]");
        case "labels" -> labels = labels(value);
        default ->
            problem(
                value, "'" + field.getKey() + "' is none of role, namespaces, services, labels");
      }
    }
    if (role == null && !fields.containsKey("role")) {
      problem(node, "a grant of group " + group + " has no role; viewer, responder or admin");
    }
    return role == null ? null : new Grant(role, new Part(namespaces, services, labels));
  }

  private @Nullable Role role(Node node) {
    String word = text(node, "role: viewer");
    Role role = word == null ? null : Role.of(word);
    if (role != null && role.permits(Role.VIEWER)) {
      return role;
    }
    if (role != null) {
      problem(node, "role " + word + " is not for people; viewer, responder or admin");
    } else if (word != null) {
      problem(node, "role '" + word + "' does not exist; viewer, responder or admin");
    }
    return null;
  }

  private Set<String> names(Node node, String form) {
    Set<String> names = new LinkedHashSet<>();
    List<Node> elements = elements(node, form, MAX_NAMES);
    for (Node each : elements) {
      String name = text(each, form);
      if (name != null && !names.add(name)) {
        problem(each, "'" + name + "' is given twice");
      }
    }
    return names;
  }

  private Map<String, String> labels(Node node) {
    String form = "labels: {tier: backend}";
    Map<String, String> labels = new LinkedHashMap<>();
    int before = problems.size();
    fields(
        node,
        form,
        (name, value) -> {
          String text = text(value, form);
          if (text != null) {
            labels.put(name, text);
          }
        });
    if (labels.isEmpty() && problems.size() == before) {
      problem(node, "labels is empty; leave it out to name everything");
    }
    return labels;
  }

  /** The elements of a list that must not be empty: an empty one would name everything. */
  private List<Node> elements(Node node, String form, int max) {
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

  private void fields(Node node, String form, BiConsumer<String, Node> consumer) {
    if (!(node instanceof MappingNode mapping) || isAliased(node)) {
      problem(node, "expected: " + form);
      return;
    }
    Set<String> seen = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String name = text(tuple.getKeyNode(), form);
      if (name == null) {
        continue;
      }
      if (seen.add(name)) {
        consumer.accept(name, tuple.getValueNode());
      } else {
        problem(tuple.getKeyNode(), "'" + name + "' is given twice; put both together");
      }
    }
  }

  private @Nullable String text(Node node, String form) {
    if (!(node instanceof ScalarNode scalar)
        || isAliased(node)
        || (scalar.isPlain() && scalar.getTag().equals(Tag.NULL))
        || scalar.getValue().isBlank()) {
      problem(node, "expected a text: " + form);
      return null;
    }
    String value = scalar.getValue();
    if (value.length() > MAX_NAME_CHARS || value.chars().anyMatch(Character::isISOControl)) {
      problem(node, "a text has at most " + MAX_NAME_CHARS + " characters, all of them printable");
      return null;
    }
    return value;
  }

  /** An anchor may stand for much, at many places. */
  private static boolean isAliased(Node node) {
    return node.getAnchor().isPresent();
  }

  private void problem(Node node, String what) {
    String line = node.getStartMark().map(mark -> "line " + (mark.getLine() + 1) + ": ").orElse("");
    String anchored = isAliased(node) ? "anchors (&) and aliases (*) are not supported; " : "";
    if (problems.size() <= MAX_PROBLEMS) {
      problems.add(line + anchored + what);
    }
  }
}

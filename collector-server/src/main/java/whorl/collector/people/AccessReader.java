package whorl.collector.people;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.Part;
import whorl.collector.yaml.StrictYaml;

/**
 * Reads an access file. What is not understood is refused, with its line: a typo must not give
 * anybody more than was meant.
 */
final class AccessReader {
  private static final int MAX_GROUPS = 10_000;
  private static final int MAX_GRANTS = 100;
  private static final int MAX_NAME_CHARS = 256;
  private static final String FORM =
      "a group has a list of grants, such as: - {role: viewer, namespaces: [shop]}";

  private final StrictYaml yaml = new StrictYaml(MAX_NAME_CHARS);

  private AccessReader() {}

  /**
   * Reads the text of a file.
   *
   * @throws IOException with all problems and their lines
   */
  static AccessRules read(String yaml) throws IOException {
    return new AccessReader().rules(yaml);
  }

  private AccessRules rules(String text) throws IOException {
    Node document = StrictYaml.document(text);
    Map<String, List<Grant>> byGroup = new LinkedHashMap<>();
    yaml.fields(document, FORM).forEach((name, value) -> byGroup.put(name, grants(name, value)));
    if (yaml.problems() == 0 && byGroup.isEmpty()) {
      throw new IOException("it names no group; " + FORM);
    }
    if (byGroup.size() > MAX_GROUPS) {
      yaml.problem(document, "it names more than " + MAX_GROUPS + " groups");
    }
    yaml.throwProblems();
    return new AccessRules(byGroup);
  }

  private List<Grant> grants(String group, Node node) {
    List<Grant> grants = new ArrayList<>();
    for (Node each : yaml.elements(node, "group " + group + ": " + FORM, MAX_GRANTS)) {
      Grant grant = grant(group, each);
      if (grant != null) {
        grants.add(grant);
      }
    }
    return grants;
  }

  private @Nullable Grant grant(String group, Node node) {
    Map<String, Node> fields = yaml.fields(node, "group " + group + ": " + FORM);
    Role role = null;
    Set<String> namespaces = Set.of();
    Set<String> services = Set.of();
    Map<String, String> labels = Map.of();
    for (Map.Entry<String, Node> field : fields.entrySet()) {
      Node value = field.getValue();
      switch (field.getKey()) {
        case "role" -> role = role(value);
        case "namespaces" -> namespaces = yaml.names(value, "namespaces: [shop, bank]");
        case "services" -> services = yaml.names(value, "services: [orders]");
        case "labels" -> labels = yaml.texts(value, "labels: {tier: backend}");
        default ->
            yaml.problem(
                value, "'" + field.getKey() + "' is none of role, namespaces, services, labels");
      }
    }
    if (role == null && !fields.containsKey("role")) {
      yaml.problem(node, "a grant of group " + group + " has no role; viewer, responder or admin");
    }
    return role == null ? null : new Grant(role, new Part(namespaces, services, labels));
  }

  private @Nullable Role role(Node node) {
    String word = yaml.text(node, "role: viewer");
    Role role = word == null ? null : Role.of(word);
    if (role != null && role.permits(Role.VIEWER)) {
      return role;
    }
    if (role != null) {
      yaml.problem(node, "role " + word + " is not for people; viewer, responder or admin");
    } else if (word != null) {
      yaml.problem(node, "role '" + word + "' does not exist; viewer, responder or admin");
    }
    return null;
  }
}

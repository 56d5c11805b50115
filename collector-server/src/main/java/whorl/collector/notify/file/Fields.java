package whorl.collector.notify.file;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import whorl.collector.notify.message.SecretFile;
import whorl.collector.yaml.StrictYaml;

/** The fields of one notification, taken one after the other; what is left is unknown. */
final class Fields {
  private final StrictYaml yaml;
  private final Node node;
  private final String of;
  private final Map<String, Node> left;
  private final Set<String> known = new LinkedHashSet<>();

  /**
   * @param of for messages
   */
  Fields(StrictYaml yaml, Node node, String of, Map<String, Node> fields) {
    this.yaml = yaml;
    this.node = node;
    this.of = of;
    this.left = new TreeMap<>(fields);
  }

  /** A problem with these fields as a whole. */
  void problem(String what) {
    yaml.problem(node, of + " " + what);
  }

  private @Nullable Node take(String name) {
    known.add(name);
    return left.remove(name);
  }

  @Nullable String text(String name, String form) {
    Node value = take(name);
    return value == null ? null : yaml.text(value, name + ": " + form);
  }

  /** A text that must be there; "" if it is not. */
  String required(String name, String form) {
    Node value = take(name);
    if (value == null) {
      problem("has no " + name + "; give one: " + name + ": " + form);
      return "";
    }
    String text = yaml.text(value, name + ": " + form);
    return text == null ? "" : text;
  }

  boolean flag(String name) {
    Node value = take(name);
    return value != null && yaml.flag(value, name + ": true");
  }

  int number(String name, int otherwise, int min, int max) {
    Node value = take(name);
    Integer number = value == null ? null : yaml.number(value, name + ": " + otherwise, min, max);
    return number == null ? otherwise : number;
  }

  Duration time(String name, Duration otherwise, String form, Duration max) {
    Node value = take(name);
    Duration time = value == null ? null : yaml.time(value, name + ": " + form, max);
    return time == null ? otherwise : time;
  }

  Set<String> names(String name, String form) {
    Node value = take(name);
    return value == null ? Set.of() : yaml.names(value, name + ": " + form);
  }

  Map<String, String> texts(String name, String form) {
    Node value = take(name);
    return value == null ? Map.of() : yaml.texts(value, name + ": " + form);
  }

  /** One of some words. */
  <E extends Enum<E>> E word(String name, Class<E> words, E otherwise) {
    Node value = take(name);
    if (value == null) {
      return otherwise;
    }
    List<String> all = new ArrayList<>();
    for (E each : words.getEnumConstants()) {
      all.add(each.name().toLowerCase(Locale.ROOT));
    }
    String text = yaml.text(value, name + ": " + all.get(0));
    int at = text == null ? -1 : all.indexOf(text);
    if (text != null && at < 0) {
      yaml.problem(value, name + " is one of " + String.join(", ", all));
    }
    return at < 0 ? otherwise : words.getEnumConstants()[at];
  }

  @Nullable Path path(String name, String form) {
    Node value = take(name);
    String text = value == null ? null : yaml.text(value, name + ": " + form);
    return value == null || text == null ? null : path(value, name, text);
  }

  private @Nullable Path path(Node value, String name, String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      yaml.problem(value, name + " is not a path");
      return null;
    }
  }

  @Nullable SecretFile secret(String name) {
    Path path = path(name, "/run/secrets/whorl-" + name.replace("-file", ""));
    return path == null ? null : new SecretFile(path);
  }

  /** A secret in a file for each name. */
  Map<String, SecretFile> secrets(String name, String form) {
    Node value = take(name);
    Map<String, SecretFile> secrets = new LinkedHashMap<>();
    if (value != null) {
      yaml.texts(value, name + ": " + form)
          .forEach(
              (each, text) -> {
                Path path = path(value, name, text);
                if (path != null) {
                  secrets.put(each, new SecretFile(path));
                }
              });
    }
    return secrets;
  }

  @Nullable Node node(String name) {
    return take(name);
  }

  /** What is left is unknown, or a typo. */
  void end() {
    left.forEach(
        (name, value) ->
            yaml.problem(value, of + ": '" + name + "' is none of " + String.join(", ", known)));
  }
}

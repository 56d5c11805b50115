package whorl.agent.capture.jvm;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;

/**
 * The classes that alerts name, and those in the jars of agents that alerts name. Bounded.
 *
 * @param classNames such as {@code com.example.Foo}
 * @param jars their paths
 */
public record NamedClasses(Set<String> classNames, Set<String> jars) {
  /** No classes. */
  public static final NamedClasses NONE = new NamedClasses(Set.of(), Set.of());

  private static final int MAX = 200;

  /** Fields of any event that contain class names. */
  private static final List<String> FIELDS =
      List.of("className", "type", "factory", "resolved", "loader");

  public NamedClasses {
    classNames = Set.copyOf(classNames);
    jars = Set.copyOf(jars);
  }

  /** Returns the classes that these alerts name, in the order of the alerts. */
  static NamedClasses of(List<Alert> alerts) {
    Set<String> names = new HashSet<>();
    Set<String> jars = new HashSet<>();
    for (Alert alert : alerts) {
      Map<String, Object> fields = alert.fields();
      for (String field : FIELDS) {
        add(fields.get(field), names);
      }
      if ("classes-changed".equals(fields.get("what"))
          && fields.get("target") instanceof String targets) {
        for (String target : targets.split(",")) {
          add(target.strip(), names);
        }
      }
      if (fields.get("jar") instanceof String jar && jar.startsWith("/") && jars.size() < MAX) {
        jars.add(jar);
      }
    }
    return new NamedClasses(names, jars);
  }

  /** True if there are none. */
  public boolean isEmpty() {
    return classNames.isEmpty() && jars.isEmpty();
  }

  /** True if alerts name a class of this name. */
  public boolean names(String className) {
    return classNames.contains(className);
  }

  /** True if alerts name this class, or the jar that contains it. */
  public boolean names(Class<?> type) {
    if (names(type.getName())) {
      return true;
    }
    String source = jars.isEmpty() ? null : CodeSources.text(type);
    return source != null && source.startsWith("file:") && jars.contains(source.substring(5));
  }

  /** A loader's text is its class, {@code @} and more. */
  private static void add(@Nullable Object value, Set<String> names) {
    if (value instanceof String name && !name.isEmpty() && names.size() < MAX) {
      int at = name.indexOf('@');
      names.add(at > 0 ? name.substring(0, at) : name);
    }
  }
}

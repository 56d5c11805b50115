package whorl.collector.notify.file;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.message.Kind;
import whorl.evidence.Level;

/**
 * What a notification is about. An empty set names everything.
 *
 * @param least the lowest level
 * @param labels all of them are needed
 */
public record Filter(
    Set<Kind> kinds,
    Level least,
    Set<String> services,
    Set<String> namespaces,
    Map<String, String> labels,
    Set<String> rules) {
  /** The kinds of a filter that names none. */
  static final Set<Kind> KINDS = Set.of(Kind.ALERT, Kind.AGENT_LOST, Kind.REPORT);

  public Filter {
    kinds = Set.copyOf(kinds);
    services = Set.copyOf(services);
    namespaces = Set.copyOf(namespaces);
    labels = Map.copyOf(labels);
    rules = Set.copyOf(rules);
  }

  /** True if the kind is wanted, and perhaps the rest. */
  public boolean wants(Kind kind) {
    return kinds.contains(kind);
  }

  /**
   * True if this passes.
   *
   * @param labelsOf the labels of the JVM; asked only if the filter has any
   */
  public boolean accepts(
      Kind kind,
      Level level,
      @Nullable String service,
      @Nullable String namespace,
      @Nullable String rule,
      Labels labelsOf)
      throws IOException {
    return kinds.contains(kind)
        && level.compareTo(least) >= 0
        && names(services, service)
        && names(namespaces, namespace)
        && names(rules, rule)
        && (labels.isEmpty() || labelsOf.get().entrySet().containsAll(labels.entrySet()));
  }

  /** Finds the labels of a JVM. */
  @FunctionalInterface
  public interface Labels {
    Map<String, String> get() throws IOException;
  }

  private static boolean names(Set<String> wanted, @Nullable String value) {
    return wanted.isEmpty() || (value != null && wanted.contains(value));
  }
}

package whorl.collector.store.access;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A part of what the collector keeps: what has one of these namespaces, one of these services and
 * all of these labels. An empty set names all, also what has none.
 */
public record Part(Set<String> namespaces, Set<String> services, Map<String, String> labels) {
  /** All that the collector keeps. */
  public static final Part EVERYTHING = new Part(Set.of(), Set.of(), Map.of());

  public Part {
    namespaces = Set.copyOf(namespaces);
    services = Set.copyOf(services);
    labels = Map.copyOf(labels);
  }

  /** True if nothing is left out. */
  public boolean isEverything() {
    return namespaces.isEmpty() && services.isEmpty() && labels.isEmpty();
  }

  /** True if something of these may belong to this part; null is any. */
  boolean mayMeet(
      @Nullable String namespace, @Nullable String service, Map<String, String> others) {
    return (namespace == null || namespaces.isEmpty() || namespaces.contains(namespace))
        && (service == null || services.isEmpty() || services.contains(service))
        && labels.entrySet().stream()
            .allMatch(
                each ->
                    each.getValue().equals(others.getOrDefault(each.getKey(), each.getValue())));
  }

  /** True if it belongs to this part. */
  public boolean holds(Origin origin) {
    return (namespaces.isEmpty()
            || (origin.namespace() != null && namespaces.contains(origin.namespace())))
        && (services.isEmpty() || services.contains(origin.service()))
        && origin.labels().entrySet().containsAll(labels.entrySet());
  }
}

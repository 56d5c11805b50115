package whorl.collector.store.access;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
  @JsonIgnore
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

  /**
   * What belongs to both parts.
   *
   * @return empty if nothing can, which no part says: an empty set would name all
   */
  public Optional<Part> and(Part other) {
    Set<String> bothNamespaces = both(namespaces, other.namespaces);
    Set<String> bothServices = both(services, other.services);
    Map<String, String> all = new HashMap<>(labels);
    all.putAll(other.labels);
    boolean contradicting = !all.entrySet().containsAll(labels.entrySet());
    return bothNamespaces == null || bothServices == null || contradicting
        ? Optional.empty()
        : Optional.of(new Part(bothNamespaces, bothServices, all));
  }

  /** Returns null if the two have nothing in common; an empty one has everything. */
  private static @Nullable Set<String> both(Set<String> one, Set<String> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    Set<String> common = one.stream().filter(other::contains).collect(Collectors.toSet());
    return common.isEmpty() ? null : common;
  }
}

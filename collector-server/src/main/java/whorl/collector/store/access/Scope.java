package whorl.collector.store.access;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What somebody may see: these parts together; nothing if there are none. */
public record Scope(List<Part> parts) {
  /** All that the collector keeps. */
  public static final Scope EVERYTHING = new Scope(List.of(Part.EVERYTHING));

  public Scope {
    parts = List.copyOf(parts);
  }

  /** True if nothing is left out: then also what belongs to nobody may be seen. */
  public boolean isEverything() {
    return parts.stream().anyMatch(Part::isEverything);
  }

  /**
   * True if agents of these may be seen, whatever else they are.
   *
   * @param namespace null for any, as {@code service}
   * @param labels that they have, and maybe others
   */
  public boolean mayMeet(
      @Nullable String namespace, @Nullable String service, Map<String, String> labels) {
    return parts.stream().anyMatch(part -> part.mayMeet(namespace, service, labels));
  }

  /** True if it may be seen. */
  public boolean holds(Origin origin) {
    return parts.stream().anyMatch(part -> part.holds(origin));
  }
}

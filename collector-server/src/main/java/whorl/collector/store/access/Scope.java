package whorl.collector.store.access;

import java.util.List;

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

  /** True if it may be seen. */
  public boolean holds(Origin origin) {
    return parts.stream().anyMatch(part -> part.holds(origin));
  }
}

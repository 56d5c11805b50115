package whorl.collector.http.request;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Part;

/** A role, and the part of what the collector keeps for which it is given. */
public record Grant(Role role, Part part) {
  /** Returns what both grant: the lesser role, for what belongs to both parts; empty if nothing. */
  public Optional<Grant> and(Grant other) {
    Role lesser = lesser(role, other.role);
    return lesser == null
        ? Optional.empty()
        : part.and(other.part).map(both -> new Grant(lesser, both));
  }

  /** Returns null if neither role includes the other, such as that of an agent and of a viewer. */
  private static @Nullable Role lesser(Role one, Role other) {
    if (one.permits(other)) {
      return other;
    }
    return other.permits(one) ? one : null;
  }
}

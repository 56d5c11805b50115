package whorl.collector.http.request;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.Part;
import whorl.collector.store.access.Scope;

/** What a caller may do, and with whose evidence: all of its grants together. */
public record Access(List<Grant> grants) {
  public Access {
    grants = List.copyOf(grants);
  }

  /** This role, for all that the collector keeps. */
  public static Access everywhere(Role role) {
    return new Access(List.of(new Grant(role, Part.EVERYTHING)));
  }

  /** True if the caller has this role, or more, for anything at all. */
  public boolean permits(Role needed) {
    return grants.stream().anyMatch(grant -> grant.role().permits(needed));
  }

  /** True if the caller has this role, or more, for what is whose this says. */
  public boolean permits(Role needed, Origin origin) {
    return scope(needed).holds(origin);
  }

  /** Returns for what the caller has this role, or more. */
  public Scope scope(Role needed) {
    return new Scope(
        grants.stream().filter(grant -> grant.role().permits(needed)).map(Grant::part).toList());
  }

  /** Returns the highest role for anything at all; null if there is none. */
  public @Nullable Role highest() {
    Role highest = null;
    for (Grant grant : grants) {
      if (highest == null || grant.role().permits(highest)) {
        highest = grant.role();
      }
    }
    return highest;
  }

  /** Returns what of this is also granted by {@code limit}: nothing more, and nothing beyond it. */
  public Access within(Grant limit) {
    return new Access(
        grants.stream().map(grant -> grant.and(limit)).flatMap(Optional::stream).toList());
  }
}

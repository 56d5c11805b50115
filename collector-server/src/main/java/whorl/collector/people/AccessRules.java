package whorl.collector.people;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Role;

/** What groups may do, as the access file says. */
record AccessRules(Map<String, List<Grant>> byGroup) {
  AccessRules {
    byGroup = Map.copyOf(byGroup);
  }

  /** What somebody in these groups may do; nothing for groups that are not named. */
  Access of(Collection<String> groups) {
    List<Grant> grants = new ArrayList<>();
    for (String group : new LinkedHashSet<>(groups)) {
      grants.addAll(byGroup.getOrDefault(group, List.of()));
    }
    return new Access(List.copyOf(new LinkedHashSet<>(grants)));
  }

  /** The highest role in this access; null if it gives nothing. */
  static @Nullable Role highest(Access access) {
    Role highest = null;
    for (Grant grant : access.grants()) {
      if (highest == null || grant.role().permits(highest)) {
        highest = grant.role();
      }
    }
    return highest;
  }
}

package whorl.collector.people;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Grant;

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
}

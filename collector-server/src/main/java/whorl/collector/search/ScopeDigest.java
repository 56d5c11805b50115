package whorl.collector.search;

import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import whorl.collector.store.access.Part;
import whorl.collector.store.access.Scope;
import whorl.evidence.Digest;
import whorl.evidence.Json;

/** Names a scope, at each collector alike: who sees something else must not read a search. */
final class ScopeDigest {
  private ScopeDigest() {}

  static String of(Scope scope) {
    List<String> parts = scope.parts().stream().map(ScopeDigest::text).sorted().toList();
    return Digest.of(Json.bytes(parts)).hex();
  }

  private static String text(Part part) {
    return Json.text(
        List.of(sorted(part.namespaces()), sorted(part.services()), new TreeMap<>(part.labels())));
  }

  private static List<String> sorted(Set<String> names) {
    return names.stream().sorted().toList();
  }
}

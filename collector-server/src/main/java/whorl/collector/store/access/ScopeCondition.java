package whorl.collector.store.access;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A scope as a condition on the table {@code origins o}.
 *
 * @param arguments of the question marks, in their order
 */
record ScopeCondition(String sql, List<Object> arguments) {
  /** Every part must have been left out of a scope that sees everything; then do not ask. */
  static ScopeCondition of(Scope scope) {
    List<Object> arguments = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    for (Part part : scope.parts()) {
      parts.add(part(part, arguments));
    }
    return new ScopeCondition(
        parts.isEmpty() ? "1 = 0" : "(" + String.join(" OR ", parts) + ")", arguments);
  }

  private static String part(Part part, List<Object> arguments) {
    List<String> conditions = new ArrayList<>();
    addNames(conditions, arguments, "o.namespace", part.namespaces());
    addNames(conditions, arguments, "o.service", part.services());
    for (Map.Entry<String, String> each : part.labels().entrySet()) {
      conditions.add(
          "EXISTS (SELECT 1 FROM origin_labels l WHERE l.label = ? AND l.origin = o.id)");
      arguments.add(OriginLedger.label(each.getKey(), each.getValue()));
    }
    return conditions.isEmpty() ? "1 = 1" : "(" + String.join(" AND ", conditions) + ")";
  }

  private static void addNames(
      List<String> conditions, List<Object> arguments, String column, Collection<String> names) {
    if (!names.isEmpty()) {
      conditions.add(
          column + " IN (" + String.join(", ", Collections.nCopies(names.size(), "?")) + ")");
      arguments.addAll(new TreeSet<>(names));
    }
  }

  /** The arguments after this one. */
  @Nullable Object[] after(Object first) {
    List<@Nullable Object> all = new ArrayList<>();
    all.add(first);
    all.addAll(arguments);
    return all.toArray();
  }
}

package whorl.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import whorl.architecture.PackageRow.Permission;

/** Which packages of a table use which, compared with what its rows permit. */
final class PackageUses {
  private final PackageTable table;
  private final Set<String> packages = new HashSet<>();

  /** Uses that no row permits, each with one example. */
  private final Map<String, String> forbidden = new TreeMap<>();

  private final Map<PackageRow, Set<Permission>> used = new HashMap<>();

  PackageUses(PackageTable table, JavaClasses classes) {
    this.table = table;
    for (JavaClass each : classes) {
      if (table.isConcernedWith(each.getPackageName())) {
        packages.add(each.getPackageName());
        table.rowOf(each.getPackageName()).ifPresent(row -> addUses(row, each));
      }
    }
  }

  List<String> problems() {
    List<String> problems = new ArrayList<>();
    packages.stream()
        .filter(each -> table.rowOf(each).isEmpty())
        .sorted()
        .forEach(each -> problems.add("package without a row: " + each));
    for (PackageRow row : table.rows()) {
      if (packages.stream().noneMatch(each -> PackageRow.isAtOrBelow(each, row.name()))) {
        problems.add("row without a package: " + row.label() + " (line " + row.line() + ")");
      }
    }
    forbidden.forEach((use, example) -> problems.add("not permitted: " + use + ": " + example));
    for (PackageRow row : table.rows()) {
      for (Permission each : row.permissions()) {
        if (!each.everything() && !used.getOrDefault(row, Set.of()).contains(each)) {
          problems.add(
              "unused permission: "
                  + row.label()
                  + " → "
                  + each.label()
                  + " (line "
                  + row.line()
                  + ")");
        }
      }
    }
    return problems;
  }

  private void addUses(PackageRow row, JavaClass user) {
    for (Dependency each : user.getDirectDependenciesFromSelf()) {
      JavaClass target = each.getTargetClass().getBaseComponentType();
      String packageName = target.getPackageName();
      Optional<PackageRow> targetRow = table.rowOf(packageName);
      if (target.isPrimitive()
          || PackageTable.isAlwaysPermitted(packageName)
          || targetRow.filter(row::equals).isPresent()) {
        continue;
      }
      List<Permission> permitting =
          row.permissions().stream().filter(one -> one.covers(packageName)).toList();
      used.computeIfAbsent(row, key -> new HashSet<>()).addAll(permitting);
      if (permitting.isEmpty()) {
        String name = targetRow.map(PackageRow::label).orElse(packageName);
        forbidden.putIfAbsent(row.label() + " → " + name, each.getDescription());
      }
    }
  }
}

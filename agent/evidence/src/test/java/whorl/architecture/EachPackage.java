package whorl.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Each package at or below a root is a slice of its own, so cycles between parts count. */
public final class EachPackage implements SliceAssignment {
  /** A reader must find a class in a package without counting. */
  private static final int MAX_TYPES = 25;

  private final String root;

  private EachPackage(String root) {
    this.root = root;
  }

  public static EachPackage below(String root) {
    return new EachPackage(root);
  }

  /** The packages with more than 25 top-level types, with their numbers. */
  public Map<String, Long> tooLarge(JavaClasses classes) {
    Map<String, Long> types =
        classes.stream()
            .filter(type -> isBelow(type) && type.isTopLevelClass())
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .collect(
                Collectors.groupingBy(
                    JavaClass::getPackageName, TreeMap::new, Collectors.counting()));
    types.values().removeIf(count -> count <= MAX_TYPES);
    return types;
  }

  @Override
  public SliceIdentifier getIdentifierOf(JavaClass type) {
    return isBelow(type) ? SliceIdentifier.of(type.getPackageName()) : SliceIdentifier.ignore();
  }

  @Override
  public String getDescription() {
    return "each package below " + root;
  }

  private boolean isBelow(JavaClass type) {
    return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
  }
}

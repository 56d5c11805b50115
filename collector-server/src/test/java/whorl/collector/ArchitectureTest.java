package whorl.collector;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The collector's package table. */
class ArchitectureTest {
  private static final String ROOT = "whorl.collector";

  /** The packages that each package may use, in addition to {@code whorl.evidence} and itself. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("config", Set.of()),
          Map.entry("cli", Set.of("config", "custody", "backup")),
          Map.entry("backup", Set.of("store", "custody")),
          Map.entry("http", Set.of("config", "limit")),
          Map.entry("limit", Set.of()),
          Map.entry("store", Set.of()),
          Map.entry("custody", Set.of("store")),
          Map.entry("fleet", Set.of("http", "store", "limit")),
          Map.entry("alerts", Set.of("http", "store", "fleet", "limit")),
          Map.entry("receive", Set.of("http", "store", "custody", "limit")),
          Map.entry("derive", Set.of("store", "custody", "confine")),
          Map.entry("confine", Set.of()),
          Map.entry("recording", Set.of()),
          Map.entry("timeline", Set.of("store", "confine", "recording")),
          Map.entry("analysis", Set.of("store", "timeline")),
          Map.entry("export", Set.of("http", "store", "custody", "timeline", "analysis", "limit")),
          Map.entry("cases", Set.of("http", "store", "custody")),
          Map.entry("retention", Set.of("http", "store", "custody", "cases")),
          Map.entry(
              "page",
              Set.of(
                  "http",
                  "store",
                  "custody",
                  "export",
                  "fleet",
                  "alerts",
                  "confine",
                  "timeline",
                  "analysis",
                  "cases")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("whorl");

  static Stream<Arguments> table() {
    return MAY_USE.entrySet().stream().map(row -> Arguments.of(row.getKey(), row.getValue()));
  }

  @ParameterizedTest(name = "{0} uses {1}")
  @MethodSource("table")
  void package_usesOnlyAllowedPackages(String name, Set<String> allowed) {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "." + name + "..")
        .should()
        .dependOnClassesThat(forbidden(name, allowed))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void everyPackage_isInTheTable() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".(*)..")
        .should()
        .resideOutsideOfPackages(
            MAY_USE.keySet().stream().map(name -> ROOT + "." + name + "..").toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void packages_haveNoCycles_norHaveTheirParts() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return type.getPackageName().startsWith(ROOT)
                    ? SliceIdentifier.of(type.getPackageName())
                    : SliceIdentifier.ignore();
              }

              @Override
              public String getDescription() {
                return "each package";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void package_isSmallEnoughToFindAClassIn() {
    Map<String, Long> types =
        CLASSES.stream()
            .filter(type -> type.getPackageName().startsWith(ROOT) && type.isTopLevelClass())
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .filter(type -> !type.getPackageName().equals(ROOT + ".analysis"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));

    assertThat(types).allSatisfy((name, count) -> assertThat(count).as(name).isBetween(1L, 25L));
  }

  @Test
  void agent_isUsedByTheCommandLineOnly_andOnlyItsRules() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "..")
        .and()
        .resideOutsideOfPackage(ROOT + ".cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("whorl.agent..", "whorl.boot..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".cli..")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are agent classes other than its rules, events and settings",
                type ->
                    type.getPackageName().startsWith("whorl.agent")
                        && !Set.of("whorl.agent.rule", "whorl.agent.event", "whorl.agent.config")
                            .contains(type.getPackageName())))
        .check(CLASSES);
  }

  @Test
  void libraries_stayWhereTheyBelong() {
    // the command line is a TLS client, and parses addresses
    DescribedPredicate<JavaClass> shared =
        JavaClass.Predicates.resideInAnyPackage("io.netty.handler.ssl..", "io.netty.util..");
    DescribedPredicate<JavaClass> server = JavaClass.Predicates.resideInAPackage("io.netty..");
    only("http", server.and(DescribedPredicate.not(shared)));
    only("store", JavaClass.Predicates.resideInAPackage("org.sqlite.."));
    only("timeline", JavaClass.Predicates.resideInAPackage("org.duckdb.."));
    only("page", JavaClass.Predicates.resideInAnyPackage("org.objectweb.asm..", "org.jetbrains.."));
    only("cli", JavaClass.Predicates.resideInAnyPackage("org.bouncycastle..", "me.tongfei.."));
  }

  private static void only(String name, DescribedPredicate<JavaClass> used) {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "..")
        .and()
        .resideOutsideOfPackage(ROOT + "." + name + "..")
        .should()
        .dependOnClassesThat(used)
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> forbidden(String name, Set<String> allowed) {
    return DescribedPredicate.describe(
        "are of the collector and not of " + allowed,
        type -> {
          String of = type.getPackageName();
          if (of.equals(ROOT)) {
            return true;
          }
          if (!of.startsWith(ROOT + ".")) {
            return false;
          }
          String other = of.substring(ROOT.length() + 1).split("\\.", 2)[0];
          return !other.equals(name) && !allowed.contains(other);
        });
  }
}

package whorl.collector;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import whorl.architecture.PackageTable;
import whorl.event.AgentEvent;

/** The collector's package table in ARCHITECTURE.md. */
class ArchitectureTest {
  private static final String ROOT = "whorl.collector";
  private static final Path ARCHITECTURE = Path.of("../ARCHITECTURE.md");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("whorl");

  @Test
  void packages_useWhatTheTablePermits() throws IOException {
    assertThat(PackageTable.read(ARCHITECTURE, "The collector's packages").problems(CLASSES))
        .isEmpty();
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
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));

    assertThat(types).allSatisfy((name, count) -> assertThat(count).as(name).isBetween(1L, 25L));
  }

  /** So `whorl rules test` and the findings say the same about an event. */
  @Test
  void storedEvents_reachTheRulesInOneWay() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "..")
        .and()
        .resideOutsideOfPackage(ROOT + ".detect..")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "makes an event",
                (JavaMethodCall call) ->
                    call.getTargetOwner().isEquivalentTo(AgentEvent.class)
                        && Set.of("recorded", "elsewhere", "here").contains(call.getName())))
        .check(CLASSES);
  }
}

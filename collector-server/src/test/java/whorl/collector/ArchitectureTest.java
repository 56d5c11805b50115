package whorl.collector;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import whorl.architecture.EachPackage;
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
    slices().assignedFrom(EachPackage.below(ROOT)).should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void package_isSmallEnoughToFindAClassIn() {
    assertThat(EachPackage.below(ROOT).tooLarge(CLASSES)).isEmpty();
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

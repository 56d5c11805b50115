package whorl.rules;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import whorl.architecture.EachPackage;

/** The rules know events and evidence, neither the agent nor the collector. */
@AnalyzeClasses(packages = "whorl.rules", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final EachPackage PACKAGES = EachPackage.below("whorl.rules");

  @ArchTest
  static final ArchRule NO_CYCLES = slices().assignedFrom(PACKAGES).should().beFreeOfCycles();

  @ArchTest
  static final ArchRule KNOWS_NEITHER_SIDE =
      ArchRuleDefinition.noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("whorl.agent..", "whorl.collector..", "whorl.boot..");

  @ArchTest
  static void packages_areSmallEnoughToFindAClassIn(JavaClasses classes) {
    assertThat(PACKAGES.tooLarge(classes)).isEmpty();
  }
}

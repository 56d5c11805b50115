package whorl.collector;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import whorl.architecture.PackageTable;

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
  void packages_haveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}

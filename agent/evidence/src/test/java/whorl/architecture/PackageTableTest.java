package whorl.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackageTableTest {
  private static final String SAMPLE = "whorl.architecture.sample";

  private final JavaClasses classes = new ClassFileImporter().importPackages(SAMPLE);

  @Test
  void table_thatSaysWhatIs_hasNoProblems() {
    assertThat(problems("| `.above` | a | below |", "| `.below` | b | – |")).isEmpty();
    assertThat(problems("| `.above` | a | `below`, below.deep |", "| `.below` | b | – |"))
        .isEmpty();
    assertThat(
            problems(
                "| `.above` | a | below |", "| `.below` | b | – |", "| `.below.deep` | c | – |"))
        .isEmpty();
  }

  @Test
  void use_thatNoRowPermits_isAProblem() {
    assertThat(problems("| `.above` | a | – |", "| `.below` | b | – |"))
        .singleElement()
        .asString()
        .startsWith("not permitted: .above → .below: ")
        .contains("whorl.architecture.sample.above.Above");
    assertThat(problems("| `.above` | a | below.deep |", "| `.below` | b | – |"))
        .singleElement()
        .asString()
        .startsWith("not permitted: .above → .below: ");
  }

  @Test
  void permission_thatNothingUses_isAProblem() {
    assertThat(problems("| `.above` | a | below, Netty |", "| `.below` | b | above |"))
        .containsExactly(
            "unused permission: .above → Netty (line 6)",
            "unused permission: .below → above (line 7)");
  }

  @Test
  void packageWithoutRow_andRowWithoutPackage_areProblems() {
    assertThat(problems("| `.below` | b | – |", "| `.beside` | c | – |"))
        .containsExactly(
            "package without a row: whorl.architecture.sample.above",
            "row without a package: .beside (line 7)");
  }

  @Test
  void root_mayUseEverything_ifTheTableSaysSo() {
    PackageTable table =
        table(
            "| `whorl.architecture.sample.above` | the root | everything below |",
            "| `whorl.architecture.sample.below` | b | – |");

    assertThat(table.problems(classes)).isEmpty();
  }

  @Test
  void row_thatCannotBeParsed_isNamed() {
    assertInvalid("| `.above` | below |", "not 3 cells but 2");
    assertInvalid("| `.above` | a | the rest of it |", "'the rest of it'");
    assertInvalid("| `.above` | a | below, |", "''");
    assertInvalid("| `.above` | a | elsewhere |", "'elsewhere'");
    assertInvalid("| Above | a | – |", "not a package: 'Above'");
    assertInvalid("| `.below` | twice | – |", "a second row");
    assertThatThrownBy(() -> PackageTable.parse(List.of("# Other"), "The packages"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no table below the heading 'The packages'");
  }

  private static void assertInvalid(String row, String reason) {
    assertThatThrownBy(() -> withRoot("| `.below` | b | – |", row))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("line 7", reason, row);
  }

  private List<String> problems(String... rows) {
    List<String> problems = new ArrayList<>(withRoot(rows).problems(classes));
    problems.remove("row without a package: " + SAMPLE + " (line 5)");
    return problems;
  }

  private static PackageTable withRoot(String... rows) {
    List<String> all = new ArrayList<>(List.of("| `" + SAMPLE + "` | the root | – |"));
    all.addAll(List.of(rows));
    return table(all.toArray(new String[0]));
  }

  private static PackageTable table(String... rows) {
    List<String> lines =
        new ArrayList<>(
            List.of("## The packages", "", "| package | holds | may use |", "|---|---|---|"));
    lines.addAll(List.of(rows));
    lines.addAll(List.of("", "## Next", "| `.other` | not of the table |"));
    return PackageTable.parse(lines, "The packages");
  }
}

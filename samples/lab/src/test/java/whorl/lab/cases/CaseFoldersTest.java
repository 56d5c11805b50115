package whorl.lab.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CaseFoldersTest {
  private final List<LabCase> all = cases();

  private static List<LabCase> cases() {
    try {
      return new CaseFolders(Path.of("cases")).all();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void all_everyDescriptorIsRead_andNamesAreDistinct() {
    assertThat(all).extracting(LabCase::name).doesNotHaveDuplicates().hasSizeGreaterThan(100);
  }

  @Test
  void all_attacksAndShellsSayWhatIsExpectedAndWhereItWasPublished() {
    assertThat(all)
        .filteredOn(one -> one.kind() != CaseKind.WORKLOAD)
        .allSatisfy(
            one -> {
              assertThat(one.descriptor().expect().wayIn()).as(one.name()).isNotEmpty();
              assertThat(one.descriptor().published()).as(one.name()).isNotEmpty();
              assertThat(one.descriptor().about()).as(one.name()).isNotEmpty();
            });
  }

  @Test
  void all_allowedAlertsHaveAReason() {
    assertThat(all)
        .flatExtracting(one -> one.descriptor().expect().allowed())
        .allSatisfy(
            allowed -> assertThat(((Expectation.AllowedAlert) allowed).reason()).isNotBlank());
  }

  @Test
  void all_theShortFormHasTwelveAttacksAndEightWorkloads() {
    assertThat(all)
        .filteredOn(one -> one.descriptor().inShortForm())
        .filteredOn(one -> one.kind() == CaseKind.WORKLOAD)
        .hasSize(8);
    assertThat(all)
        .filteredOn(one -> one.descriptor().inShortForm())
        .filteredOn(one -> one.kind() != CaseKind.WORKLOAD)
        .hasSize(12);
  }

  @Test
  void matching_globOfNameOrOfKindAndName() {
    assertThat(CaseFolders.matching(all, List.of("log4shell-*")))
        .isNotEmpty()
        .allSatisfy(one -> assertThat(one.name()).startsWith("log4shell-"));
    assertThat(CaseFolders.matching(all, List.of("workloads/*")))
        .isNotEmpty()
        .allSatisfy(one -> assertThat(one.kind()).isEqualTo(CaseKind.WORKLOAD));
    assertThat(CaseFolders.matching(all, List.of("no such case"))).isEmpty();
  }
}

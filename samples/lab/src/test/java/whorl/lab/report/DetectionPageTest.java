package whorl.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.lab.cases.CaseKind;
import whorl.lab.verdict.Verdict;

final class DetectionPageTest {
  @TempDir Path folder;

  @Test
  void write_keepsWhatIsOutsideTheMarkers() throws IOException {
    Path page = folder.resolve("detection.md");
    Files.writeString(
        page, "before\n" + DetectionPage.BEGIN + "\nold\n" + DetectionPage.END + "\nafter\n");

    new DetectionPage(List.of(verdict("a", 17, 3)), List.of()).write(page);

    assertThat(Files.readString(page))
        .startsWith("before\n" + DetectionPage.BEGIN)
        .endsWith(DetectionPage.END + "\nafter\n")
        .doesNotContain("old")
        .contains("| a | title | 3 alerts, right |");
  }

  @Test
  void write_withoutMarkers_isRefused() throws IOException {
    Path page = Files.writeString(folder.resolve("detection.md"), "text\n");

    assertThatThrownBy(() -> new DetectionPage(List.of(), List.of()).write(page))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("lacks the markers");
  }

  @Test
  void text_hasOneColumnForEachVersion() {
    String text = new DetectionPage(List.of(verdict("a", 17, 2), verdict("a", 25, 0)), List.of()).text();

    assertThat(text)
        .contains("| attacks that alert | 1 of 1 | 0 of 1 |")
        .contains("| a | title | 2 alerts, right | **missed** |");
  }

  @Test
  void text_comparesTheCasesThatBothRan() {
    String text =
        new DetectionPage(
                List.of(verdict("a", 17, 2), verdict("b", 17, 1)), List.of(verdict("a", 17, 0)))
            .text();

    assertThat(text)
        .contains("## Beside Datadog's agent, Java 17")
        .contains("| attacks that alert | 1 of 1 | 0 of 1 |");
  }

  @Test
  void figures_leaveOutWhatDidNotRun() {
    Figures figures = new Figures(List.of(verdict("a", 17, 2), broken()));

    assertThat(figures.recall(CaseKind.ATTACK)).isEqualTo("1 of 1");
    assertThat(figures.alertsPerDeed()).isEqualTo("2, 2");
  }

  @Test
  void at_isTheNearestRank() {
    List<Long> sorted = List.of(1L, 2L, 3L, 4L);

    assertThat(Figures.at(sorted, 0.5)).isEqualTo(2);
    assertThat(Figures.at(sorted, 0.95)).isEqualTo(4);
    assertThat(Figures.at(List.of(7L), 0.5)).isEqualTo(7);
  }

  private static Verdict verdict(String name, int java, int alerts) {
    return new Verdict(
        CaseKind.ATTACK,
        name,
        "title",
        java,
        alerts > 0,
        true,
        alerts > 0,
        300,
        7_000,
        3_000,
        alerts,
        List.of("rule"),
        Verdict.Explanation.RIGHT,
        "Way in",
        null,
        null,
        List.of());
  }

  private static Verdict broken() {
    return new Verdict(
        CaseKind.ATTACK,
        "b",
        "title",
        17,
        false,
        false,
        false,
        -1,
        -1,
        -1,
        0,
        List.of(),
        null,
        null,
        null,
        null,
        List.of("no"));
  }
}

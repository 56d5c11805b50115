package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the status says of rules is short enough for every collector. */
class StatusLinesTest {
  /** The limit of a collector for one capability; it refuses the agent beyond. */
  private static final int CAPABILITY_CHARS = 1_024;

  @Test
  void manyLongLines_areCutAndCounted() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      lines.add(i + " is refused because " + "x".repeat(1_000));
    }

    List<String> first = Status.first(lines);

    assertThat(first.toString()).hasSizeLessThan(CAPABILITY_CHARS);
    assertThat(first.get(0)).startsWith("0 is refused because x").endsWith("…");
    assertThat(first.get(first.size() - 1))
        .isEqualTo("and " + (500 - (first.size() - 1)) + " more");
  }

  @Test
  void fewShortLines_areAllThere() {
    assertThat(Status.first(List.of("one", "two"))).containsExactly("one", "two");
  }
}

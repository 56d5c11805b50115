package whorl.agent.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanTextsTest {
  private final CleanTexts known = new CleanTexts(4);

  @Test
  void text_isKnownOnceItWasAdded_alsoAsAnotherObject() {
    assertThat(known.has("/products")).isFalse();
    known.add("/products");

    assertThat(known.has(new String("/products".toCharArray()))).isTrue();
  }

  /** Both have the hash 2112. */
  @Test
  void textsOfOneHash_areToldApart() {
    known.add("Aa");

    assertThat("BB".hashCode()).isEqualTo("Aa".hashCode());
    assertThat(known.has("BB")).isFalse();
    known.add("BB");
    assertThat(known.has("BB")).isTrue();
    assertThat(known.has("Aa")).isFalse();
  }

  @Test
  void longText_staysUnknown() {
    String text = "x".repeat(CleanTexts.MAX_CHARS + 1);
    known.add(text);

    assertThat(known.has(text)).isFalse();
  }

  @Test
  void manyTexts_areBounded_andNoneIsTakenForAnother() {
    List<String> still = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      known.add("text " + i);
    }
    for (int i = 0; i < 20_000; i++) {
      if (known.has("text " + i)) {
        still.add("text " + i);
      }
    }

    assertThat(still).hasSizeLessThanOrEqualTo(16).doesNotContain("text 10000", "text 19999");
  }
}

package whorl.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanTextsTest {
  private final CleanTexts texts = new CleanTexts(4);

  @Test
  void contains_equalText_isTrue_alsoForAnotherObject() {
    assertThat(texts.contains("/products")).isFalse();
    texts.add("/products");

    assertThat(texts.contains(new String("/products".toCharArray()))).isTrue();
  }

  /** Both have hash 2112. */
  @Test
  void contains_textsWithTheSameHash_areDistinguished() {
    texts.add("Aa");

    assertThat("BB".hashCode()).isEqualTo("Aa".hashCode());
    assertThat(texts.contains("BB")).isFalse();
    texts.add("BB");
    assertThat(texts.contains("BB")).isTrue();
    assertThat(texts.contains("Aa")).isFalse();
  }

  @Test
  void contains_longText_isFalse() {
    String text = "x".repeat(CleanTexts.MAX_CHARS + 1);
    texts.add(text);

    assertThat(texts.contains(text)).isFalse();
  }

  @Test
  void contains_manyTexts_areBounded_andNeverConfused() {
    List<String> left = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      texts.add("text " + i);
    }
    for (int i = 0; i < 20_000; i++) {
      if (texts.contains("text " + i)) {
        left.add("text " + i);
      }
    }

    assertThat(left).hasSizeLessThanOrEqualTo(16).doesNotContain("text 10000", "text 19999");
  }
}

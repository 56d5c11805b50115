package whorl.collector.performance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RuleTextsTest {
  @Test
  void markup_becomesLines() {
    assertThat(
            RuleTexts.plain(
                "Much was allocated.<p>See <a href=\"https://x.example/a\">the guide</a>:"
                    + "<ul><li>byte[]</li><li>a &amp; b</li></ul><b>End</b>"))
        .isEqualTo(
            "Much was allocated.\nSee the guide (https://x.example/a):\n- byte[]\n- a & b\nEnd");
  }

  @Test
  void encodedValues_areText_andNoMarkup() {
    assertThat(RuleTexts.plain("class &lt;img src=x onerror=alert(1)&gt; &#39;q&#39;"))
        .isEqualTo("class <img src=x onerror=alert(1)> 'q'");
  }

  @Test
  void twoQuotes_areOne() {
    assertThat(RuleTexts.plain("thread ''main''")).isEqualTo("thread 'main'");
  }

  @Test
  void charactersThatDoNotShow_areRemoved() {
    assertThat(RuleTexts.plain("a\u202Eb\u0000c\u0007&#8238;d")).isEqualTo("abcd");
  }

  @Test
  void length_isBounded() {
    assertThat(RuleTexts.plain("<b>".repeat(100_000))).isEmpty();
    assertThat(RuleTexts.plain("x".repeat(100_000))).hasSize(4_000);
    assertThat(RuleTexts.plain("<a href=\"".repeat(50_000))).hasSizeLessThan(4_002);
    assertThat(RuleTexts.plain(null)).isEmpty();
  }
}

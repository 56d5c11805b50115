package whorl.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {
  @Test
  void atMost_keepsWhatFits_andShowsThatTheRestIsLeftOut() {
    assertThat(Text.atMost("", 1)).isEmpty();
    assertThat(Text.atMost("abc", 3)).isEqualTo("abc");
    assertThat(Text.atMost("abcd", 3)).isEqualTo("ab…");
    assertThat(Text.atMost("abcd", 1)).isEqualTo("…");
  }

  @Test
  void atMost_splitsNoPairOfSurrogates() {
    String smile = "\uD83D\uDE00";

    assertThat(Text.atMost("a" + smile + "b", 3)).isEqualTo("a…");
    assertThat(Text.atMost("a" + smile + "bc", 4)).isEqualTo("a" + smile + "…");
    assertThat(Text.atMost(smile + smile, 2)).isEqualTo("…");
  }

  @Test
  void beginning_keepsWhatFits_andSplitsNoPairOfSurrogates() {
    String smile = "\uD83D\uDE00";

    assertThat(Text.beginning("abc", 3)).isEqualTo("abc");
    assertThat(Text.beginning("abcd", 3)).isEqualTo("abc");
    assertThat(Text.beginning("abcd", 0)).isEmpty();
    assertThat(Text.beginning("a" + smile, 2)).isEqualTo("a");
    assertThat(Text.beginning("a" + smile + "b", 3)).isEqualTo("a" + smile);
  }

  @Test
  void shortened_splitsNoPairOfSurrogates() {
    String long79 = "x".repeat(79);

    assertThat(Text.shortened(long79 + "y")).isEqualTo(long79 + "y");
    assertThat(Text.shortened(long79 + "yz")).isEqualTo(long79 + "y…");
    assertThat(Text.shortened(long79 + "\uD83D\uDE00")).isEqualTo(long79 + "…");
  }

  @Test
  void counted_hasThePluralOfTheWordThatIsCounted() {
    assertThat(Text.counted(1, "row")).isEqualTo("1 row");
    assertThat(Text.counted(0, "row")).isEqualTo("0 rows");
    assertThat(Text.counted(1, "piece of evidence")).isEqualTo("1 piece of evidence");
    assertThat(Text.counted(2, "piece of evidence")).isEqualTo("2 pieces of evidence");
    assertThat(Text.counted(2, "custody entry")).isEqualTo("2 custody entries");
    assertThat(Text.counted(2, "day")).isEqualTo("2 days");
    assertThat(Text.counted(2, "class")).isEqualTo("2 classes");
    assertThat(Text.counted(2, "match")).isEqualTo("2 matches");
    assertThat(Text.counted(2, "JVM")).isEqualTo("2 JVMs");
  }

  @Test
  void isHarmless_isFalseForWhatAffectsMoreThanItsOwnPlace() {
    for (int harmful :
        new int[] {'\n', '\t', 0x1B, 0x7F, 0x9B, 0x200B, 0x2028, 0x2029, 0x202E, 0xD800, 0xE0001}) {
      assertThat(Text.isHarmless(harmful)).as(Integer.toHexString(harmful)).isFalse();
    }
    assertThat("aZ9 é日…\uD83D\uDE00\uFFFD".codePoints()).allMatch(Text::isHarmless);
  }
}

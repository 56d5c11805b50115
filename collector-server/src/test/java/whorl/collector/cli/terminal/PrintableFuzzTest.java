package whorl.collector.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import whorl.collector.timeline.read.rows.PlainText;

/** Fuzzes text for terminals: no text may move the cursor. */
class PrintableFuzzTest {
  @FuzzTest
  void anyText_isHarmless(byte[] input) {
    // also lone surrogates, which UTF-8 cannot encode
    harmless(new String(input, StandardCharsets.UTF_16BE));
    harmless(new String(input, StandardCharsets.UTF_8));
  }

  private static void harmless(String text) {
    String shown = Printable.of(text);
    assertThat(shown.codePoints().noneMatch(Character::isISOControl)).isTrue();
    assertThat(shown.codePoints().noneMatch(c -> c >= 0x202A && c <= 0x202E)).isTrue();
    assertThat(shown.codePointCount(0, shown.length()))
        .isEqualTo(text.codePointCount(0, text.length()));
    assertThat(Printable.of(shown)).isEqualTo(shown);
    String plain = PlainText.of(text);
    assertThat(plain.codePoints().noneMatch(Character::isISOControl)).isTrue();
    assertThat(plain.length()).isLessThanOrEqualTo(256);
    assertThat(PlainText.of(plain)).isEqualTo(plain);
  }
}

package whorl.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyfileNameTest {
  @ParameterizedTest
  @CsvSource({
    "/tmp/x, /tmp/x",
    "a|b, a%7Cb",
    "100%, 100%25",
    "20% off, 20%25 off",
    "literal%0Aname, literal%25250Aname",
    "ümlaut, ümlaut"
  })
  void name_isWrittenVisibly_andReadUnchanged(String name, String written) {
    assertThat(BodyfileName.written(name)).isEqualTo(written);
    assertThat(BodyfileName.read(written)).isEqualTo(name);
  }

  @Test
  void lineBreak_isEscapedForMactime() {
    assertThat(BodyfileName.written("a\nb\u0085")).isEqualTo("a%250Ab%2585");
    assertThat(BodyfileName.read("a%250Ab%2585")).isEqualTo("a\nb\u0085");
  }

  @Test
  void differentNames_areWrittenDifferently() {
    Random random = new Random(7);
    String alphabet = "%%%0257ACaf|\n\r\u007fx/";
    for (int i = 0; i < 100_000; i++) {
      StringBuilder name = new StringBuilder();
      for (int length = random.nextInt(9); length >= 0; length--) {
        name.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String written = BodyfileName.written(name.toString());
      assertThat(written).doesNotContain("\n", "\r", "|");
      assertThat(BodyfileName.read(written)).isEqualTo(name.toString());
    }
  }
}

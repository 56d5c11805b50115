package whorl.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Names in a bodyfile survive a round trip, and never break a line. */
class BodyfileNameFuzzTest {
  @FuzzTest
  void written_thenRead_isTheSame(byte[] input) {
    String name = new String(input, StandardCharsets.UTF_8);
    String written = BodyfileName.written(name);

    assertThat(written).doesNotContain("|", "\n", "\r", "\0");
    assertThat(BodyfileName.read(written)).isEqualTo(name);
    assertThat(BodyfileName.read(name).length()).isLessThanOrEqualTo(name.length());
  }
}

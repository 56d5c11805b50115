package whorl.agent.redact.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import whorl.agent.redact.Redactor;

/** Files that a crashed JVM left on the disk, or that someone else put there. */
class RecordingFuzzTest {
  private static final Redactor REDACTOR = new Redactor(List.of("password", "secret", "token"));

  /** Nothing fails, and the result does not depend on how the bytes come. */
  @FuzzTest
  void anyRecording_isCopiedOrLeftOut(byte[] input) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream byteByByte = new ByteArrayOutputStream();
    MaskedRecording masked = new MaskedRecording(REDACTOR);

    MaskedRecording.Copied copied = masked.copy(() -> new ByteArrayInputStream(input), out);

    assertThat(copied.bytes()).isEqualTo(out.size());
    assertThat(copied.bytes() + copied.bytesLeftOut()).isEqualTo(input.length);
    assertThat(masked.copy(() -> new OneByOne(input), byteByByte)).isEqualTo(copied);
    assertThat(byteByByte.toByteArray()).isEqualTo(out.toByteArray());
  }
}

package whorl.agent.encrypt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Fuzzes recipients: a text is accepted and can be encrypted to, or refused with a reason. */
class RecipientFuzzTest {
  @FuzzTest
  void anyText_isARecipientOrRefused(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    Recipient recipient;
    try {
      recipient = Recipient.of(text);
    } catch (IllegalArgumentException refused) {
      // It may be a secret, so it is not repeated.
      assertThat(text.length() > 16 && refused.getMessage().contains(text)).isFalse();
      return;
    }
    assertThat(recipient.text()).isEqualTo(text).hasSize(62);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream encrypted = recipient.encrypting(out)) {
      encrypted.write(input);
    } catch (IOException cannot) {
      assertThat(cannot.getMessage()).startsWith("cannot encrypt to");
      return;
    }
    assertThat(out.toString(StandardCharsets.ISO_8859_1))
        .startsWith("age-encryption.org/v1\n")
        .doesNotContain(text);
  }
}

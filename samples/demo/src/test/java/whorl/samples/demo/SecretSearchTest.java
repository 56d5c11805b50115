package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretSearchTest {
  private final SecretSearch search =
      new SecretSearch(List.of("secret--one-0001", "secret--two-0002", "пароль-абвгд"));

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "ISO-8859-1", "UTF-16LE", "UTF-16BE"})
  void in_textInThisEncoding_isFound(String charset) throws IOException {
    byte[] bytes = "…secret--two-0002…".getBytes(Charset.forName(charset));

    assertThat(search.in(new ByteArrayInputStream(bytes))).containsExactly("secret--two-0002");
  }

  @Test
  void in_textOfTwoByteCharacters_isFound() throws IOException {
    byte[] bytes = "x пароль-абвгд".getBytes(StandardCharsets.UTF_16LE);

    assertThat(search.in(new ByteArrayInputStream(bytes))).containsExactly("пароль-абвгд");
  }

  @Test
  void in_allButTheFirstCharacter_isNotFound() throws IOException {
    byte[] bytes = "xecret--one-0001 ecret--two-0002".getBytes(StandardCharsets.UTF_8);

    assertThat(search.in(new ByteArrayInputStream(bytes))).isEmpty();
  }

  @Test
  void in_textAcrossTheEdgesOfBlocks_isFoundWhereverItLies() throws IOException {
    byte[] text = "secret--one-0001".getBytes(StandardCharsets.UTF_8);
    byte[] noise = new byte[(1 << 20) + 200];
    new Random(1).nextBytes(noise);
    for (int at = (1 << 20) - 40; at < (1 << 20) + 40; at++) {
      byte[] bytes = noise.clone();
      System.arraycopy(text, 0, bytes, at, text.length);
      InputStream whole =
          new SequenceInputStream(
              new ByteArrayInputStream(Arrays.copyOf(bytes, 1000)),
              new ByteArrayInputStream(Arrays.copyOfRange(bytes, 1000, bytes.length)));

      assertThat(search.in(whole)).as("at %d", at).containsExactly("secret--one-0001");
    }
  }
}

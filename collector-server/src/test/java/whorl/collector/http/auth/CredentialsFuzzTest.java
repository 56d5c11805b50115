package whorl.collector.http.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;

/** The parsers for the session's cookie and for the tokens file. */
class CredentialsFuzzTest {
  /** A session's id comes from exactly one cookie. */
  @FuzzTest
  void cookies_haveOneSessionOrNone(byte[] input) {
    String header = new String(input, StandardCharsets.ISO_8859_1);
    String id = SessionCookie.id(header);
    if (id != null) {
      assertThat(header).contains(SessionCookie.NAME).contains(id);
      assertThat(id).doesNotContain(";", "\r", "\n");
      assertThat(SessionCookie.id(header + "; " + SessionCookie.NAME + "=other")).isNull();
    }
    assertThat(SessionCookie.id(SessionCookie.NAME + "=abc")).isEqualTo("abc");
  }

  /** A tokens file is accepted as a whole, or refused with a message that contains no token. */
  @FuzzTest
  void tokens_areTakenOrRefused(byte[] input) throws IOException {
    Path file = Files.createTempFile("tokens", "");
    try {
      Files.write(file, input);
      Tokens tokens = Tokens.read(file);
      assertThat(tokens.reload()).isFalse();
      for (String line : new String(input, StandardCharsets.UTF_8).split("\r\n|\r|\n", -1)) {
        String[] words = line.strip().split("\\s+");
        if (words.length == 2 && Role.of(words[0]) != null) {
          Principal principal = tokens.principalOf(words[1]);
          assertThat(principal).isNotNull();
          assertThat(principal.role()).isEqualTo(Role.of(words[0]));
        }
      }
      assertThat(tokens.principalOf("")).isNull();
    } catch (IOException refused) {
      assertThat(refused.getMessage()).startsWith("tokens file " + file);
      assertThat(
              Arrays.stream(new String(input, StandardCharsets.UTF_8).split("\\s+"))
                  .filter(word -> word.length() >= 64)
                  .noneMatch(refused.getMessage()::contains))
          .isTrue();
    } finally {
      Files.delete(file);
    }
  }
}

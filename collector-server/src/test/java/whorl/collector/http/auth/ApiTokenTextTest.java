package whorl.collector.http.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ApiTokenTextTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @Test
  void next_isIntact_unique_andOfOneForm() {
    Set<String> all = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      ApiTokenText token = ApiTokenText.next(RANDOM);
      assertThat(token.value()).matches("whorl_pat_[0-9A-Za-z]{49}");
      assertThat(token.isIntact()).isTrue();
      assertThat(all.add(token.value())).isTrue();
    }
  }

  @Test
  void smallNumbers_keepTheirLeadingZeros() {
    SecureRandom zeros =
        new SecureRandom() {
          @Override
          public void nextBytes(byte[] bytes) {
            java.util.Arrays.fill(bytes, (byte) 0);
          }
        };

    assertThat(ApiTokenText.next(zeros).value())
        .startsWith("whorl_pat_" + "0".repeat(43))
        .hasSize(59);
    assertThat(ApiTokenText.next(zeros).isIntact()).isTrue();
  }

  @Test
  void anyOtherCharacter_isNoticed() {
    String token = ApiTokenText.next(RANDOM).value();
    for (int i = 0; i < token.length(); i++) {
      char other = token.charAt(i) == 'x' ? 'y' : 'x';
      assertThat(
              new ApiTokenText(token.substring(0, i) + other + token.substring(i + 1)).isIntact())
          .isFalse();
    }
    assertThat(new ApiTokenText(token.substring(1)).isIntact()).isFalse();
    assertThat(new ApiTokenText(token + "0").isIntact()).isFalse();
    assertThat(new ApiTokenText("").isIntact()).isFalse();
  }

  @Test
  void toString_neverShowsTheToken() {
    ApiTokenText token = ApiTokenText.next(RANDOM);

    assertThat(token.toString()).doesNotContain(token.value().substring(10));
  }
}

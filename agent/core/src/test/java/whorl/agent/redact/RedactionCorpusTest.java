package whorl.agent.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks two lists of texts: with secrets, and ordinary ones. */
class RedactionCorpusTest {
  private static final Pattern PLACE = Pattern.compile("\\{(?:=([^}]*)|([ahudbw])(\\d+))\\}");
  private static final String SMALL = "abcdefghijklmnopqrstuvwxyz";
  private static final String CAPITAL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String DIGITS = "0123456789";

  private final Redactor redactor = new Redactor(List.of());

  /**
   * A text with its secrets.
   *
   * @param text with the secrets in it
   * @param secrets none of which may be shown
   */
  record Planted(String text, List<String> secrets) {}

  static Stream<Planted> secrets() {
    Random random = new Random(18);
    return lines("secrets.txt").map(line -> planted(line, random));
  }

  static Stream<String> ordinary() {
    return lines("ordinary.txt");
  }

  @ParameterizedTest
  @MethodSource("secrets")
  void text_secret_isMasked(Planted planted) {
    assertThat(redactor.text(planted.text)).contains("***").doesNotContain(planted.secrets);
    assertThat(redactor.text("at start " + planted.text + " and after"))
        .doesNotContain(planted.secrets);
  }

  @ParameterizedTest
  @MethodSource("ordinary")
  void text_ordinary_isTheSameObject(String text) {
    assertThat(redactor.text(text)).isSameAs(text);
  }

  @ParameterizedTest
  @MethodSource("secrets")
  void text_maskedOnce_isNotChangedAgain(Planted planted) {
    String once = redactor.text(planted.text);

    assertThat(redactor.text(once)).isEqualTo(once);
  }

  @Test
  void lists_holdTwoHundredTextsEach() {
    assertThat(secrets()).hasSizeGreaterThanOrEqualTo(200);
    assertThat(ordinary()).hasSizeGreaterThanOrEqualTo(200);
  }

  private static Planted planted(String line, Random random) {
    List<String> secrets = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    Matcher place = PLACE.matcher(line);
    int copied = 0;
    StringBuilder secret = new StringBuilder();
    while (place.find()) {
      if (place.start() > copied && secret.length() > 0) {
        secrets.add(secret.toString());
        secret.setLength(0);
      }
      String made =
          place.group(1) != null
              ? place.group(1)
              : made(place.group(2).charAt(0), Integer.parseInt(place.group(3)), random);
      text.append(line, copied, place.start()).append(made);
      secret.append(made);
      copied = place.end();
    }
    secrets.add(secret.toString());
    return new Planted(text.append(line.substring(copied)).toString(), secrets);
  }

  private static String made(char kind, int length, Random random) {
    String alphabet =
        switch (kind) {
          case 'h' -> DIGITS + "abcdef";
          case 'u' -> CAPITAL + DIGITS;
          case 'd' -> DIGITS;
          case 'w' -> SMALL;
          case 'b' -> CAPITAL + SMALL + DIGITS + "+/";
          default -> CAPITAL + SMALL + DIGITS;
        };
    StringBuilder made = new StringBuilder();
    for (int i = 0; i < length; i++) {
      made.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return made.toString();
  }

  private static Stream<String> lines(String name) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    RedactionCorpusTest.class.getResourceAsStream("/whorl/redact/" + name)),
                StandardCharsets.UTF_8))) {
      return in
          .lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("# ") || line.contains("signed with"))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

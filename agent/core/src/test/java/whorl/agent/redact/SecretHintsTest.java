package whorl.agent.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In a text without a hint nothing is masked. */
class SecretHintsTest {
  private static final int TEXTS = 400_000;
  private static final Redactor REDACTOR = new Redactor(List.of());

  /** Signs between words, and around values. */
  private static final String[] SIGNS = {
    " ", "  ", "\t", "=", ":", ": ", " = ", "/", "//", "://", "?", "&", ",", ";", "-", "--", "_",
    ".", "\"", "'", "\":\"", "[", "]", "(", ")", "{", "}", "<", ">", "</", "\\", "$", "#", "+", "|",
    "!", "", "", "", ""
  };

  private static final String[] VALUES = {
    "x",
    "7",
    "hunter2",
    "kR7vQ2mZx9Lw4TbN",
    "0123456789abcdef0123",
    "a:b",
    "u/p",
    "true",
    "-p",
    "-u",
    "-a",
    "-pX",
    "-uX:y",
    "0123456789abcdef0123456789abcdef0a",
    "1234567890",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AA1234567890abcdefghijklmnopqrstuv",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghij",
    "ABCDEFGHIJKLMNOP"
  };

  private static final List<String> PARTS = parts();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-28T16:14:45.123Z  INFO 7 --- [oundedElastic-1] WebFluxService : item 7 costs 100",
        "GET /api/v1/items/17?page=2&size=20 200 13 ms",
        "Started Application in 2.345 seconds (process running for 2.9)",
        "HikariPool-1 - Pool stats (total=10, active=0, idle=10, waiting=0)",
        "	at org.acme.shop.Orders$Total.sum(Orders.java:71)",
        "the mapping was designed inside, keyed and shipped; it passes",
        "status code 200 of the session",
      })
  void line_ordinary_hasNoHint(String text) {
    assertThat(SecretHints.in(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "password=x",
    "db.passwordHash: x",
    "MY_PASSWORDS=x",
    "x-api-key: 7",
    "--token abc",
    "pw=x",
    "PRIVATE-TOKEN-12345678",
    "mysql -px",
    "sh -c '7z -px'",
    "Basic dXNlcjp4",
    "$2a$10$abc",
    "token kR7vQ2mZx9Lw4TbN",
    "a@b",
    "code%3Dx",
    "/invite/x",
    "ä",
    "-----BEGIN X-----",
    "hooks.slack.com/services/T/B/x",
    "<secret>x</secret>",
    "params[token]=x",
    "passwords[0]=x"
  })
  void text_thatMayHoldASecret_hasAHint(String text) {
    assertThat(SecretHints.in(text)).isTrue();
  }

  /** Texts made of what the maskers search for, and of what surrounds it. */
  @Test
  void textsWithoutAHint_areUnchangedByTheMaskers() {
    Random random = new Random(28);
    int without = 0;
    int masked = 0;
    for (int i = 0; i < TEXTS; i++) {
      String text = text(random);
      boolean changed = !REDACTOR.masked(text, false).equals(text);
      masked += changed ? 1 : 0;
      if (!SecretHints.in(text)) {
        without++;
        assertThat(changed).as(text).isFalse();
      }
    }
    assertThat(masked).isGreaterThan(TEXTS / 20);
    assertThat(without).isGreaterThan(TEXTS / 20);
  }

  /** Lines of logs and secrets, cut and joined anywhere. */
  @Test
  void piecesOfTheCorpusWithoutAHint_areUnchangedByTheMaskers() {
    List<String> lines =
        RedactionCorpusTest.secrets()
            .map(RedactionCorpusTest.Planted::text)
            .collect(Collectors.toCollection(ArrayList::new));
    RedactionCorpusTest.ordinary().forEach(lines::add);
    Random random = new Random(29);
    for (int i = 0; i < TEXTS / 4; i++) {
      String one = lines.get(random.nextInt(lines.size()));
      String other = lines.get(random.nextInt(lines.size()));
      String text =
          one.substring(random.nextInt(one.length() + 1))
              + SIGNS[random.nextInt(SIGNS.length)]
              + other.substring(0, random.nextInt(other.length() + 1));
      if (!SecretHints.in(text)) {
        assertThat(REDACTOR.masked(text, false)).isEqualTo(text);
      }
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int parts = 1 + random.nextInt(5); parts > 0; parts--) {
      String part = PARTS.get(random.nextInt(PARTS.size()));
      text.append(random.nextInt(4) == 0 ? spelled(part, random) : part);
      text.append(SIGNS[random.nextInt(SIGNS.length)]);
      if (random.nextInt(3) == 0) {
        text.append(VALUES[random.nextInt(VALUES.length)]);
        text.append(SIGNS[random.nextInt(SIGNS.length)]);
      }
    }
    return text.toString();
  }

  /** In another case, or with one character more or less. */
  private static String spelled(String part, Random random) {
    int at = random.nextInt(part.length() + 1);
    return switch (random.nextInt(6)) {
      case 0 -> part.toUpperCase();
      case 1 -> Character.toUpperCase(part.charAt(0)) + part.substring(1);
      case 2 -> part.substring(0, at) + (char) ('a' + random.nextInt(26)) + part.substring(at);
      case 3 -> part.substring(0, at) + (char) ('A' + random.nextInt(26)) + part.substring(at);
      case 4 -> part.substring(0, at) + random.nextInt(10) + part.substring(at);
      default -> part.substring(at);
    };
  }

  private static List<String> parts() {
    List<String> parts = new ArrayList<>(SecretNames.words());
    parts.addAll(SecretNames.within());
    parts.addAll(UrlSecrets.names());
    parts.addAll(UrlSecrets.hosts());
    parts.addAll(AuthSchemes.names());
    parts.addAll(CommandSecrets.programs());
    parts.addAll(SecretShapes.prefixes());
    parts.addAll(SecretShapes.hashes());
    parts.addAll(
        List.of("api", "access", "private", "client", "user", "item", "costs", "http", "in", "of"));
    parts.addAll(List.of("2026-11-28T16:14:45", "org.acme.Shop", "Order", "-D", "-P", "bot", "SK"));
    return parts;
  }
}

package whorl.agent.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WrittenLinesTest {
  private static final String BODY =
      "q7Zk2mWx9Lb4aB3cD5eF7gH9iJ1kL3mN5oP7qR9sT1uV3q7Zk2mWx9Lb4aB3cD5e";

  private final WrittenLines lines = new WrittenLines(new Redactor(List.of()));

  @Test
  void line_ofAKey_isMaskedUntilItsEnd() {
    assertThat(lines.line(1, "-----BEGIN RSA PRIVATE KEY-----")).isEqualTo("***");
    assertThat(lines.line(1, BODY)).isEqualTo("***");
    assertThat(lines.line(1, "-----END RSA PRIVATE KEY-----")).isEqualTo("***");
    assertThat(lines.line(1, BODY)).isEqualTo(BODY);
  }

  @Test
  void line_ofAnotherWriter_isShown() {
    lines.line(1, "-----BEGIN PRIVATE KEY-----");

    assertThat(lines.line(2, "ordinary")).isEqualTo("ordinary");
    assertThat(lines.line(~1, "ordinary")).isEqualTo("ordinary");
    assertThat(lines.line(1, BODY)).isEqualTo("***");
  }

  @Test
  void line_ofACertificate_isShown() {
    assertThat(lines.line(1, "-----BEGIN CERTIFICATE-----")).startsWith("-----");
    assertThat(lines.line(1, BODY)).isEqualTo(BODY);
  }

  @Test
  void line_ofAKeyWithoutAnEnd_isShownAfterTwoHundred() {
    lines.line(1, "-----BEGIN PRIVATE KEY-----");
    for (int i = 0; i < 200; i++) {
      assertThat(lines.line(1, "x")).isEqualTo("***");
    }
    assertThat(lines.line(1, "x")).isEqualTo("x");
  }

  @Test
  void line_notPartOfAKey_endsTheKey() {
    lines.line(1, "expected -----BEGIN PRIVATE KEY-----");

    assertThat(lines.line(1, "uid=0(root) gid=0(root)")).isEqualTo("uid=0(root) gid=0(root)");
    assertThat(lines.line(1, BODY)).isEqualTo(BODY);
  }

  @Test
  void line_ofALogger_isMaskedToo() {
    lines.line(1, "12:00 INFO -----BEGIN PRIVATE KEY-----");

    assertThat(lines.line(1, "12:00 INFO " + BODY)).isEqualTo("***");
    assertThat(lines.line(1, "Proc-Type: 4,ENCRYPTED")).isEqualTo("***");
    assertThat(lines.line(1, "\u001b[31m" + BODY + "\u001b[0m")).isEqualTo("***");
  }
}

package whorl.agent.redact;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JacksonException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import whorl.agent.redact.stream.RedactedStreams;
import whorl.evidence.Json;

/**
 * Fuzzes the redactor: it never fails, and the result does not depend on how the bytes are split.
 */
class RedactionFuzzTest {
  private static final String SECRET = "kR7vQ2mZx9Lw4TbN";
  private static final Redactor REDACTOR = new Redactor(List.of("password", "secret", "token"));

  @FuzzTest
  void anyText_staysCleanOnceItIs(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    String shown = REDACTOR.text(text);
    assertThat(shown.equals(text) || shown.contains(Redactor.MASK)).isTrue();
    assertThat(REDACTOR.masked(text, false)).isEqualTo(shown);
    REDACTOR.command(text);
    REDACTOR.arguments(List.of(text.split(" ", -1)));
    REDACTOR.value(text, "x");
  }

  /** A secret under its name is masked, regardless of the lines around it. */
  @FuzzTest
  void plainText_hasNoSecretInAnyPieces(byte[] input) throws IOException {
    byte[] around = new String(input, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
    byte[] line = ("\npassword=" + SECRET + "\n").getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(around);
    whole.write(line);
    whole.write(around);
    String shown = masked("text/plain", whole.toByteArray(), whole.size());
    assertThat(shown).doesNotContain(SECRET);
    assertThat(masked("text/plain", whole.toByteArray(), 3)).isEqualTo(shown);
  }

  /** JSON stays JSON, however it is split; invalid JSON may be refused. */
  @FuzzTest
  void json_staysJson(byte[] input) throws IOException {
    String shown = maskedJson(input, Math.max(1, input.length));
    String inPieces = maskedJson(input, 3);
    if (isJson(input)) {
      assertThat(shown).isNotNull().isEqualTo(inPieces);
      assertThat(isJson(shown.getBytes(StandardCharsets.ISO_8859_1))).isTrue();
    }
  }

  /** Null if it is refused. */
  private static String maskedJson(byte[] bytes, int atOnce) throws IOException {
    try {
      return masked("application/x-ndjson", bytes, atOnce);
    } catch (JacksonException noJson) {
      return null;
    }
  }

  private static String masked(String type, byte[] bytes, int atOnce) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream into = new RedactedStreams(REDACTOR).into(out, type)) {
      for (int at = 0; at < bytes.length; at += Math.max(1, atOnce)) {
        into.write(bytes, at, Math.min(atOnce, bytes.length - at));
      }
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private static boolean isJson(byte[] bytes) throws IOException {
    try {
      return !Json.LENIENT.readTree(bytes).isMissingNode();
    } catch (JacksonException no) {
      return false;
    }
  }
}

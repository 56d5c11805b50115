package whorl.agent.redact.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.redact.Redactor;
import whorl.evidence.Json;

class RedactedStreamsTest {
  private static final String SECRET = "hunter2hunter2";

  private final Redactor redactor = new Redactor(List.of());
  private final RedactedStreams streams = new RedactedStreams(redactor);

  @Test
  void into_text_masksEachLine() throws IOException {
    assertThat(through("text/plain; charset=utf-8", "a\npassword=" + SECRET + "\nz", 3))
        .isEqualTo("a\npassword=***\nz");
  }

  @Test
  void into_textWithPrivateKey_masksAllItsLines() throws IOException {
    String text =
        "t\tout\tmain\t-----BEGIN PRIVATE KEY-----\nt\tout\tmain\tMIIEvQ\n"
            + "t\tout\tmain\t-----END PRIVATE KEY-----\nt\tout\tmain\tafter\n";

    assertThat(through("text/plain", text, 7))
        .isEqualTo(
            "t\tout\tmain\t***\nt\tout\tmain\t***\nt\tout\tmain\t***\nt\tout\tmain\tafter\n");
  }

  @Test
  void into_textLineTooLong_isMaskedWhole() throws IOException {
    assertThat(through("text/plain", "x".repeat(300_000) + "\nb\n", 4096)).isEqualTo("***\nb\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 4096})
  void into_jsonLines_masksStringsAndKeepsTheRest(int step) throws IOException {
    String text =
        "{\"a\":\"token=" + SECRET + "\",\"n\":1.5,\"t\":true,\"l\":[\"x\",null]}\n{\"b\":2}\n";

    assertThat(through("application/x-ndjson", text, step))
        .isEqualTo("{\"a\":\"token=***\",\"n\":1.5,\"t\":true,\"l\":[\"x\",null]}\n{\"b\":2}\n");
  }

  record Line(
      Instant time,
      String key,
      String value,
      String token,
      String path,
      List<String> list,
      Map<String, Object> more,
      String[] array,
      double number) {}

  @Test
  void json_recordsAndMaps_areMaskedAsIfTheirBytesWere() throws IOException {
    Map<String, Object> pair = new LinkedHashMap<>();
    pair.put("target", "api.key");
    pair.put("detail", SECRET);
    pair.put("Bearer " + SECRET + "1", true);
    List<Object> lines =
        List.of(
            line("password", SECRET, SECRET, "/usr/share/a", Map.of("db.password", SECRET)),
            line("path", "plain", "", "curl -u a:" + SECRET, Map.of("a", Map.of("token", SECRET))),
            line("target", "ü \u0001 \"", "x", "ghp_abcdefghijklmnopqrstuvwxyz", Map.of()),
            pair);
    String whole = "";
    ByteArrayOutputStream direct = new ByteArrayOutputStream();
    try (JsonGenerator json = streams.json(Json.MAPPER.createGenerator(direct))) {
      json.setRootValueSeparator(new SerializedString("\n"));
      for (Object line : lines) {
        Json.MAPPER.writeValue(json, line);
        whole += Json.text(line) + "\n";
      }
    }

    String shown = direct.toString(StandardCharsets.UTF_8) + "\n";

    assertThat(shown).isEqualTo(through("application/x-ndjson", whole, 100));
    assertThat(shown).doesNotContain(SECRET, "ghp_a").contains("***", "/usr/share/a");
  }

  @Test
  void json_textThatCannotBeMasked_isRefusedAndNotWritten() throws IOException {
    byte[] utf8 = SECRET.getBytes(StandardCharsets.UTF_8);
    char[] chars = SECRET.toCharArray();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonGenerator json = streams.json(Json.MAPPER.createGenerator(out));
    List<ThrowingCallable> ways =
        List.of(
            () -> json.writeString(new StringReader(SECRET), -1),
            () -> json.writeRawUTF8String(utf8, 0, utf8.length),
            () -> json.writeUTF8String(utf8, 0, utf8.length),
            () -> json.writeRaw(SECRET, 0, SECRET.length()),
            () -> json.writeRaw(new SerializedString(SECRET)),
            () -> json.writeRaw(chars, 0, chars.length),
            () -> json.writeRawValue(SECRET, 0, SECRET.length()),
            () -> json.writeRawValue(chars, 0, chars.length));

    for (ThrowingCallable way : ways) {
      assertThatThrownBy(way).isInstanceOf(UnsupportedOperationException.class);
    }
    json.writeRawValue(new SerializedString("token=" + SECRET));
    json.flush();
    assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain(SECRET);
  }

  private static Line line(
      String key, String value, String token, String path, Map<String, Object> more) {
    Instant time = Instant.parse("2026-01-02T03:04:05.678Z");
    String[] array = {"token=" + SECRET, "b"};
    return new Line(time, key, value, token, path, List.of("a", "key=b"), more, array, 0.5);
  }

  @Test
  void into_jsonCutOff_keepsTheCompletePart() throws IOException {
    assertThat(through("application/x-ndjson", "{\"a\":1}\n{\"a\":\"hal", 4))
        .startsWith("{\"a\":1}\n");
  }

  @Test
  void into_invalidJson_isRefused() {
    assertThatThrownBy(() -> through("application/json", "no json at all", 100))
        .isInstanceOf(IOException.class);
  }

  @Test
  void check_unknownType_isRefused() {
    assertThatThrownBy(() -> streams.check("application/x-new"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("application/x-new");
  }

  @Test
  void bytes_mapOfNames_masksByTheName() {
    String json =
        new String(
            new MaskedJson(redactor)
                .bytes(Map.of("labels", Map.of("db_password", SECRET, "tier", "web"))),
            StandardCharsets.UTF_8);

    assertThat(json).doesNotContain(SECRET).contains("\"tier\":\"web\"");
  }

  @Test
  void bytes_keyAndValue_masksTheValueOfASecretKey() throws IOException {
    String line = "{\"key\":\"my.password\",\"value\":\"plainword\"}\n";

    assertThat(through("application/x-ndjson", line, 100)).doesNotContain("plainword");
    assertThat(Json.text(Map.of())).isEqualTo("{}");
  }

  private String through(String mediaType, String text, int step) throws IOException {
    return through(mediaType, text.getBytes(StandardCharsets.UTF_8), step);
  }

  private String through(String mediaType, byte[] all, int step) throws IOException {
    return new String(bytesThrough(mediaType, all, step), StandardCharsets.UTF_8);
  }

  private byte[] bytesThrough(String mediaType, byte[] all, int step) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = streams.into(bytes, mediaType)) {
      for (int i = 0; i < all.length; i += step) {
        out.write(all, i, Math.min(step, all.length - i));
      }
    }
    return bytes.toByteArray();
  }
}

package whorl.agent.redact.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.redact.Redactor;
import whorl.evidence.Json;

class RedactedStreamsTest {
  private static final String SECRET = "hunter2hunter2";

  @TempDir Path folder;
  private final Redactor redactor = new Redactor(List.of());
  private final RedactedStreams streams = new RedactedStreams(redactor);

  @Name("test.Told")
  static final class TestEvent extends Event {
    String first = "";
    String second = "";
  }

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

  @ParameterizedTest
  @ValueSource(strings = {"x", "ü", "€"})
  void into_recordingWithALongText_masksAllOfIt(String filling) throws Exception {
    Path file = folder.resolve("long.jfr");
    try (Recording recording = new Recording()) {
      recording.enable(TestEvent.class);
      recording.start();
      emit((filling + " ").repeat(40_000) + "password=" + SECRET, "after");
      emit("ordinary", "word");
      recording.dump(file);
    }
    Path masked = folder.resolve("masked.jfr");
    try (OutputStream out = streams.into(Files.newOutputStream(masked), "application/x-jfr")) {
      Files.copy(file, out);
    }

    List<String> recorded = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(masked)) {
      if (event.getEventType().getName().equals("test.Told")) {
        assertThat(event.getString("first")).doesNotContain(SECRET);
        recorded.add(event.getString("second"));
      }
    }
    assertThat(recorded).containsExactlyInAnyOrder("after", "word");
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 65_536})
  void into_recording_masksTextsOfAllEncodingsAndStaysReadable(int step) throws Exception {
    Path file = folder.resolve("a.jfr");
    try (Recording recording = new Recording()) {
      recording.enable(TestEvent.class);
      recording.start();
      Thread thread = new Thread(() -> emit("password=" + SECRET, ""), "token=" + SECRET);
      thread.start();
      thread.join();
      emit("ünïcode € password=" + SECRET, "after");
      emit("db.password", "short1");
      emit("ordinary", "word");
      for (int i = 0; i < 20_000; i++) {
        emit("filling " + i, "to go over the buffer's end");
      }
      emit("https://joe:" + SECRET + "@h/", "last");
      recording.dump(file);
    }
    Path masked = folder.resolve("masked.jfr");
    byte[] before = Files.readAllBytes(file);
    try (OutputStream out = streams.into(Files.newOutputStream(masked), "application/x-jfr")) {
      for (int i = 0; i < before.length; i += step) {
        out.write(before, i, Math.min(step, before.length - i));
      }
    }

    assertThat(Files.size(masked)).isEqualTo(before.length);
    List<String> recorded = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(masked)) {
      if (event.getEventType().getName().equals("test.Told")) {
        recorded.add(event.getString("first") + "|" + event.getString("second"));
        assertThat(event.toString()).doesNotContain(SECRET).doesNotContain("short1");
      }
    }
    String stars = "*".repeat(SECRET.length());
    assertThat(recorded)
        .hasSize(20_005)
        .contains(
            "password=" + stars + "|",
            "ünïcode € password=" + stars + "|after",
            "db.password|******",
            "ordinary|word",
            "https://joe:" + stars + "@h/|last");
    assertThat(new String(Files.readAllBytes(masked), StandardCharsets.ISO_8859_1))
        .doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\u0000", "\u0001", "\u0003", "\u0004", "\u0005", "\u001b[1m", "\u0000\u0007"})
  void into_recordingWithControlCharactersInTexts_masksThem(String control) throws Exception {
    Path file = folder.resolve("control.jfr");
    String text = "sent to " + control + "the host with password=" + SECRET + " for " + control;
    try (Recording recording = new Recording()) {
      recording.enable(TestEvent.class);
      recording.start();
      emit(text, "after");
      emit("x".repeat(70_000) + text, "long");
      recording.dump(file);
    }
    Path masked = folder.resolve("masked.jfr");
    try (OutputStream out = streams.into(Files.newOutputStream(masked), "application/x-jfr")) {
      Files.copy(file, out);
    }

    List<String> recorded = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(masked)) {
      if (event.getEventType().getName().equals("test.Told")) {
        recorded.add(event.getString("first").length() < 1_000 ? event.getString("first") : "long");
        assertThat(event.toString()).doesNotContain(SECRET);
      }
    }
    assertThat(recorded)
        .containsExactlyInAnyOrder(text.replace(SECRET, "*".repeat(SECRET.length())), "long");
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 65_536})
  void into_recordingWithATextAcrossTheBuffersEnd_masksIt(int step) throws IOException {
    for (int before = 300_000; before < 520_000; before += 20_000) {
      ByteArrayOutputStream recording = new ByteArrayOutputStream();
      recording.write(new byte[before]);
      recording.write(string("\u4e00".repeat(30_000) + " password=" + SECRET));

      assertThat(through("application/x-jfr", recording.toByteArray(), step))
          .doesNotContain(SECRET)
          .contains("password=**");
    }
  }

  /**
   * Such a text, which a client may send, looks like the beginning of a longer one, with a secret
   * that goes on in the numbers after it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"\u0003", "\u0004", "\u0005", "\u021b", "\u0001\u0001\u0001\u0001\u0005"})
  void into_recordingWithATextThatLooksLikeALongerOne_keepsAllEvents(String begin)
      throws Exception {
    Path file = folder.resolve("longer.jfr");
    try (Recording recording = new Recording()) {
      recording.enable(TestEvent.class);
      recording.start();
      for (int more = 1; more < 24; more++) {
        for (String filling : List.of("of the login", "of the login ".repeat(7))) {
          String text = filling + " with password=";
          for (int copies = 0; copies < 3; copies++) {
            // From the second copy on it may be a constant.
            emit("word " + more, begin + (char) (text.length() + more) + text);
            emit(begin + (char) (text.length() + more) + text, "word " + more);
          }
        }
      }
      recording.dump(file);
    }
    Path masked = folder.resolve("masked.jfr");
    try (OutputStream out = streams.into(Files.newOutputStream(masked), "application/x-jfr")) {
      Files.copy(file, out);
    }

    assertThat(texts(masked)).hasSize(23 * 2 * 6).isEqualTo(texts(file));
  }

  @Test
  void into_recordingWithATextThatLooksLikeALongerOne_keepsTheLengthOfNumbers() throws IOException {
    byte[] number = {(byte) 0xE9, (byte) 0xE8, 3};

    byte[] masked = bytesThrough(joined(string("\u0005\u001cin a login with password="), number));

    assertThat(masked[masked.length - 3]).isNegative();
    assertThat(masked[masked.length - 2]).isNegative();
    assertThat(masked[masked.length - 1]).isEqualTo((byte) 3);
  }

  /** The number could be the encoding of a value, with the next string's encoding as its length. */
  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void into_recordingWithANumberBetweenANameAndAText_changesNothing(int number) throws IOException {
    byte[] recording =
        joined(
            string("db.password"),
            new byte[] {(byte) number},
            string("3 hello to all of the world outside"),
            new byte[] {1});

    assertThat(bytesThrough(recording)).isEqualTo(recording);
  }

  /** In string constants it is known where a string begins. */
  @Test
  void into_recordingWithConstantsThatHoldOtherStrings_masksThem() throws Exception {
    String text = "sent \u0005\u0040 to the host with ";
    Path file = folder.resolve("constants.jfr");
    try (Recording recording = new Recording()) {
      recording.enable(TestEvent.class);
      recording.start();
      for (int i = 0; i < 4; i++) {
        emit("ünïcode password=" + SECRET + "ü", text + "password=" + SECRET);
      }
      recording.dump(file);
    }
    Path masked = folder.resolve("masked.jfr");
    try (OutputStream out = streams.into(Files.newOutputStream(masked), "application/x-jfr")) {
      Files.copy(file, out);
    }

    String stars = "*".repeat(SECRET.length());
    assertThat(texts(masked).subList(1, 4))
        .containsOnly("ünïcode password=" + stars + "*|" + text + "password=" + stars);
  }

  /** The texts of all events, by time. */
  private static List<String> texts(Path recording) throws IOException {
    return RecordingFile.readAllEvents(recording).stream()
        .filter(event -> event.getEventType().getName().equals("test.Told"))
        .sorted(Comparator.comparing(RecordedEvent::getStartTime))
        .map(event -> event.getString("first") + "|" + event.getString("second"))
        .toList();
  }

  /** The numbers of an event before a string are also the beginning of a longer text. */
  @ParameterizedTest
  @ValueSource(ints = {3, 5})
  void into_recordingWhoseNumbersLookLikeAText_masksTheStringAndNothingElse(int encoding)
      throws IOException {
    byte[] string = latin1("no login with password=" + SECRET);
    byte[] before = {(byte) encoding, 49, (byte) 0x81, 2};
    byte[] after = {(byte) 0xB5, (byte) 0xB6, (byte) 0xC1, 2, 'A', 'B', 'C', 'D', 0, 0};

    byte[] masked = bytesThrough(joined(before, string, after));

    String stars = "*".repeat(SECRET.length());
    assertThat(masked).isEqualTo(joined(before, latin1("no login with password=" + stars), after));
  }

  /** As above, and the longer text ends within the string. */
  @Test
  void into_recordingWhoseNumbersLookLikeTheBeginningOfAText_masksAllOfTheSecret()
      throws IOException {
    byte[] string = latin1("no login with ghp_abcdefghijklmnopqrstuvwxyz0123456789");
    byte[] before = {5, 42, (byte) 0x81, 2};

    String masked = new String(bytesThrough(joined(before, string)), StandardCharsets.ISO_8859_1);

    assertThat(masked).endsWith("no login with " + "*".repeat(40));
  }

  /** Numbers that could be the length of a text are everywhere in a recording. */
  @Test
  void into_recordingWithNumbersBeforeATextWithControlCharacters_masksIt() throws IOException {
    ByteArrayOutputStream numbers = new ByteArrayOutputStream();
    numbers.write(new byte[] {5, (byte) 0xD4, (byte) 0xB3, 2});
    for (int i = 0; i < 500; i++) {
      numbers.write(new byte[] {(byte) 0x91, 2, (byte) 0xC4, (byte) 0x8F, 1, 0x33, 0, 0x7F});
    }
    byte[] string = latin1("sent to \u0001 the host with password=" + SECRET + " for you");

    byte[] masked = bytesThrough(joined(numbers.toByteArray(), string, new byte[60_000]));

    assertThat(new String(masked, StandardCharsets.ISO_8859_1))
        .contains("password=" + "*".repeat(SECRET.length()) + " for you");
  }

  /** Each second character looks like the beginning of another long text. */
  @ParameterizedTest
  @ValueSource(strings = {"", "\u0001", "\u0004", "\u0001\u0001\u0001\u0001"})
  void into_recordingMadeToBeSlow_isFast(String end) {
    byte[] text = string("\u0200\ubfff".repeat(30_000) + end);
    byte[] separated = string(("\u0200\ubfff".repeat(5) + "\u0004\ubfff").repeat(5_000) + end);

    byte[] nested = string("\u0004\u4000abcdefg".repeat(6_000) + end);
    byte[] bytes = latin1("\u0005\u00ff\u00ff\u0003abcdefghijkl".repeat(4_000) + end);

    assertTimeout(
        Duration.ofSeconds(5),
        () -> {
          through("application/x-jfr", text, 65_536);
          through("application/x-jfr", separated, 65_536);
          through("application/x-jfr", nested, 65_536);
          through("application/x-jfr", bytes, 65_536);
        });
  }

  /** As JFR writes a string of Java code. */
  private static byte[] string(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(4);
    number(text.length(), bytes);
    text.chars().forEach(c -> number(c, bytes));
    return bytes.toByteArray();
  }

  private static byte[] latin1(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(5);
    number(text.length(), bytes);
    bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return bytes.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  private static void number(int number, ByteArrayOutputStream bytes) {
    int left = number;
    while (left > 0x7F) {
      bytes.write(left & 0x7F | 0x80);
      left >>= 7;
    }
    bytes.write(left);
  }

  private static void emit(String first, String second) {
    TestEvent recorded = new TestEvent();
    recorded.first = first;
    recorded.second = second;
    recorded.commit();
  }

  private String through(String mediaType, String text, int step) throws IOException {
    return through(mediaType, text.getBytes(StandardCharsets.UTF_8), step);
  }

  private String through(String mediaType, byte[] all, int step) throws IOException {
    return new String(bytesThrough(mediaType, all, step), StandardCharsets.UTF_8);
  }

  private byte[] bytesThrough(byte[] recording) throws IOException {
    return bytesThrough("application/x-jfr", recording, recording.length);
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

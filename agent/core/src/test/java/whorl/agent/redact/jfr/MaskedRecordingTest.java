package whorl.agent.redact.jfr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static whorl.agent.redact.jfr.ChunkBuilder.characters;
import static whorl.agent.redact.jfr.ChunkBuilder.joined;
import static whorl.agent.redact.jfr.ChunkBuilder.latin1;
import static whorl.agent.redact.jfr.ChunkBuilder.number;
import static whorl.agent.redact.jfr.ChunkBuilder.sized;
import static whorl.agent.redact.jfr.ChunkBuilder.utf8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.redact.Redactor;

class MaskedRecordingTest {
  private static final String SECRET = "hunter2hunter2";
  private static final String STARS = "*".repeat(SECRET.length());
  private static final int STRING = 20;
  private static final int LONG = 21;
  private static final int EVENT = 100;

  @TempDir Path folder;
  private final MaskedRecording masked = new MaskedRecording(new Redactor(List.of()));

  @Name("test.Texts")
  static final class TestEvent extends Event {
    String first = "";
    String second = "";
  }

  @Name("test.Login")
  static final class LoginEvent extends Event {
    String user = "";
    String password = "";
    String key = "";
    String value = "";
    int count;
    String text = "";
  }

  @Test
  void copy_recording_masksTextsOfAllEncodingsAndStaysReadable() throws Exception {
    byte[] before =
        recorded(
            () -> {
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
            });

    byte[] after = copy(before);

    assertThat(after).hasSameSizeAs(before);
    assertThat(texts(after))
        .hasSize(20_005)
        .contains(
            "password=" + STARS + "|",
            "ünïcode € password=" + STARS + "|after",
            "db.password|******",
            "ordinary|word",
            "https://joe:" + STARS + "@h/|last");
    assertThat(new String(after, StandardCharsets.ISO_8859_1)).doesNotContain(SECRET);
  }

  @Test
  void copy_recording_changesNothingElse() throws Exception {
    byte[] before =
        recorded(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                emit("word " + i % 10, "ünïcode " + i);
              }
            },
            "password=" + SECRET);

    byte[] after = copy(before);

    assertThat(events(after)).isEqualTo(events(before));
    assertThat(new String(after, StandardCharsets.ISO_8859_1)).doesNotContain(SECRET);
  }

  /** Each type of event that this JVM has, and what describes their constants. */
  @Test
  void copy_recordingOfAllEvents_isReadExactly() throws Exception {
    Path file = folder.resolve("all.jfr");
    try (Recording recording = new Recording()) {
      for (EventType type : FlightRecorder.getFlightRecorder().getEventTypes()) {
        recording.enable(type.getName()).withoutThreshold().withStackTrace();
      }
      recording.start();
      for (int i = 0; i < 1_000; i++) {
        emit("word " + i % 10, "ünïcode " + i);
      }
      System.gc();
      recording.dump(file);
    }
    byte[] before = Files.readAllBytes(file);
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    MaskedRecording.Copied copied = masked.copy(() -> new ByteArrayInputStream(before), out);

    assertThat(copied).isEqualTo(new MaskedRecording.Copied(before.length, 0, 0));
    assertThat(typesAndTimes(out.toByteArray()))
        .hasSizeGreaterThan(1_000)
        .isEqualTo(typesAndTimes(before));
  }

  @Test
  void copy_valueOfASecret_isMaskedWhateverIsAfterIt() throws Exception {
    byte[] before =
        recorded(
            () -> {
              for (int number = 1; number < 300; number++) {
                LoginEvent login = new LoginEvent();
                login.user = "joe";
                login.password = "pw1";
                login.key = "db.password";
                login.value = "abc";
                login.count = number;
                login.text = "3 hello to all of the world outside";
                login.commit();
              }
            });

    List<RecordedEvent> logins =
        read(copy(before)).stream()
            .filter(event -> event.getEventType().getName().equals("test.Login"))
            .toList();

    assertThat(logins).hasSize(299);
    for (RecordedEvent login : logins) {
      assertThat(login.getString("user")).isEqualTo("joe");
      assertThat(login.getString("password")).isEqualTo("***");
      assertThat(login.getString("key")).isEqualTo("db.password");
      assertThat(login.getString("value")).isEqualTo("***");
      assertThat(login.getString("text")).isEqualTo("3 hello to all of the world outside");
    }
    assertThat(logins).extracting(login -> login.getInt("count")).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "ü", "€"})
  void copy_longText_isMaskedAsAWhole(String filling) throws Exception {
    byte[] before =
        recorded(
            () -> {
              emit((filling + " ").repeat(40_000) + "password=" + SECRET, "after");
              emit("ordinary", "word");
            });

    assertThat(texts(copy(before)))
        .containsExactly("*".repeat(80_000 + 9 + SECRET.length()) + "|after", "ordinary|word");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\u0000", "\u0001", "\u0003", "\u0004", "\u0005", "\u001b[1m", "\u0000\u0007"})
  void copy_textWithControlCharacters_isMasked(String control) throws Exception {
    String text = "sent to " + control + "the host with password=" + SECRET + " for " + control;

    assertThat(texts(copy(recorded(() -> emit(text, "after")))))
        .containsExactly(text.replace(SECRET, STARS) + "|after");
  }

  /** Such a text, which a client may send, looks like the beginning of a longer one. */
  @ParameterizedTest
  @ValueSource(strings = {"\u0003", "\u0004", "\u0005", "\u021b", "\u0001\u0001\u0001\u0001\u0005"})
  void copy_textThatLooksLikeALongerOne_keepsAllEvents(String begin) throws Exception {
    byte[] before =
        recorded(
            () -> {
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
            });

    assertThat(texts(copy(before))).hasSize(23 * 2 * 6).isEqualTo(texts(before));
  }

  @Test
  void copy_constants_areMasked() throws Exception {
    String text = "sent \u0005\u0040 to the host with ";
    byte[] before =
        recorded(
            () -> {
              for (int i = 0; i < 4; i++) {
                emit("ünïcode password=" + SECRET + "ü", text + "password=" + SECRET);
              }
            });

    assertThat(texts(copy(before)))
        .hasSize(4)
        .containsOnly("ünïcode password=" + STARS + "*|" + text + "password=" + STARS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-Da.password=x1 -Dpath=/srv -Db.token=yy2 -cp a:b|-Da.password=** -Dpath=/srv"
            + " -Db.token=*** -cp a:b",
        "password=*** or token=abc|password=*** or token=***",
        "token=a b token=a b|token=* b token=* b",
        "{Cookie=[a=b; c=hunter2], Host=[h]}|{Cookie=[**************], Host=[h]}",
        "{\"password\":[\"a, b\",\"\",\"c\"]} x|{\"password\":[\"****\",\"\",\"*\"]} x",
        "[1mtoken[0m=hunter2 in [1mred|*******************************"
      })
  void copy_textWithSeveralSecrets_keepsWhatIsBetweenThem(String text, String shown)
      throws Exception {
    byte[] chunk = types().event(EVENT, utf8(text), number(1), utf8("b")).build();

    assertThat(copy(chunk))
        .isEqualTo(types().event(EVENT, utf8(shown), number(1), utf8("b")).build());
  }

  @Test
  void copy_chunksThatCannotBeRead_areLeftOutAndTheOthersKept() throws IOException {
    byte[] good = types().event(EVENT, utf8("a"), number(1), utf8("b")).build();
    byte[] withoutMetadata = good.clone();
    Arrays.fill(withoutMetadata, 24, 32, (byte) 0);
    byte[] otherMetadata = types().build(sized(new byte[] {7, 0, 0, 0, 0}));
    byte[] cutOff = Arrays.copyOf(good, good.length - 1);

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] all = joined(withoutMetadata, good, otherMetadata, good, cutOff);
    MaskedRecording.Copied copied = masked.copy(() -> new ByteArrayInputStream(all), out);

    assertThat(out.toByteArray()).isEqualTo(joined(good, good));
    assertThat(copied)
        .isEqualTo(new MaskedRecording.Copied(2L * good.length, all.length - 2L * good.length, 0));
    assertThat(copied.describe()).contains("bytes, and ", " left out that cannot be read");
  }

  @Test
  void copy_whatIsNoRecording_isLeftOut() throws IOException {
    for (String text : List.of("", "FLR", "FLR\0 password=" + SECRET, "x".repeat(1_000_000))) {
      assertThat(copy(text.getBytes(StandardCharsets.ISO_8859_1))).isEmpty();
    }
  }

  @Test
  void copy_unfinishedChunk_isMarkedFinishedAndCutToItsSize() throws IOException {
    byte[] good = types().event(EVENT, utf8("a"), number(1), utf8("b")).build();
    byte[] unfinished = joined(good, "\u0010 not complete".getBytes(StandardCharsets.US_ASCII));
    unfinished[64] = 5;

    assertThat(copy(unfinished)).isEqualTo(good);
  }

  @Test
  void copy_eventsThatAreNotAsDescribed_areBlankedAndTheOthersKept() throws IOException {
    byte[] secret = utf8("password=" + SECRET);
    byte[] cut = joined(new byte[] {3}, number(90), ("password=" + SECRET).getBytes());
    byte[] good = joined(utf8("a"), number(1), utf8("b"));
    byte[] longer = joined(good, secret);
    List<byte[]> events =
        List.of(
            sized(joined(number(EVENT), secret, number(1), cut)),
            sized(joined(number(EVENT), secret)),
            sized(joined(number(EVENT), secret, number(1), new byte[] {9}, secret)),
            sized(joined(number(EVENT), new byte[] {4, 1, -96, -128, -128, 0}, good)),
            sized(joined(number(EVENT + 7), secret)),
            sized(joined(number(200), secret)),
            sized(joined(number(1), number(1), secret)));

    for (byte[] event : events) {
      byte[] chunk = types().event(EVENT, good).raw(event).event(EVENT, good).build();
      byte[] zeros = sized(new byte[event.length - 4]);
      byte[] expected = types().event(EVENT, good).raw(zeros).event(EVENT, good).build();
      assertThat(copy(chunk)).isEqualTo(expected);
    }
    assertThat(copy(types().event(EVENT, longer).build()))
        .isEqualTo(types().event(EVENT, good, new byte[secret.length]).build());
  }

  /** No reader comes beyond it, and the chunk's metadata may be there. */
  @Test
  void copy_eventWithoutASize_leavesItsChunkOut() throws IOException {
    byte[] good = joined(utf8("a"), number(1), utf8("b"));
    for (byte[] size : List.of(new byte[1], number(1), number(1 << 20), number(-1))) {
      byte[] chunk = types().event(EVENT, good).raw(size).raw(utf8("password=" + SECRET)).build();
      byte[] other = types().event(EVENT, good).build();

      assertThat(copy(joined(chunk, other))).isEqualTo(other);
      assertThat(copyByteByByte(joined(chunk, other))).isEqualTo(other);
    }
  }

  @Test
  void copy_recordingWithADamagedChunk_isReadableOtherwise() throws Exception {
    byte[] before = recorded(() -> emit("ordinary", "word"));
    byte[] damaged = before.clone();
    Arrays.fill(damaged, ChunkBuilder.HEADER_BYTES, ChunkBuilder.HEADER_BYTES + 4, (byte) 0);

    assertThat(texts(copy(joined(before, damaged, before))))
        .containsExactly("ordinary|word", "ordinary|word");
  }

  /** As the key of a system property, which looks random itself. */
  @Test
  void copy_nameThatIsMaskedItself_isTheNameOfASecretStill() throws IOException {
    ChunkBuilder types =
        new ChunkBuilder()
            .type(STRING, "java.lang.String")
            .type(EVENT, "test.Property", "key " + STRING, "value " + STRING);
    byte[] name = utf8("oauth2Client1Secret");

    String shown = new String(copy(types.event(EVENT, name, utf8("abc7")).build()));

    assertThat(shown).doesNotContain("abc7").contains(new String(utf8("****")));
  }

  @Test
  void copy_fieldOfASecretAfterAWeakerName_isMasked() throws IOException {
    ChunkBuilder types =
        new ChunkBuilder()
            .type(STRING, "java.lang.String")
            .type(EVENT, "test.Login", "user " + STRING, "password " + STRING);

    String shown = new String(copy(types.event(EVENT, utf8("code"), utf8("abc7")).build()));

    assertThat(shown).doesNotContain("abc7").contains(new String(utf8("code")));
  }

  /** A client chooses the method of its request, and an intruder the host. */
  @ParameterizedTest
  @CsvSource({
    "whorl.HttpRequest, method, PASSWORD, path, /shell",
    "whorl.SocketConnect, host, secret.example.com, address, 192.0.2.7",
    "jdk.SocketRead, host, token.example.com, address, 192.0.2.7",
  })
  void copy_nameOfASecretInAnEventOfTheJdkOrOfWhorl_hidesNoOtherField(
      String event, String first, String name, String second, String text) throws IOException {
    byte[] chunk =
        new ChunkBuilder()
            .type(STRING, "java.lang.String")
            .type(EVENT, event, first + " " + STRING, second + " " + STRING)
            .event(EVENT, utf8(name), utf8(text))
            .build();

    assertThat(copy(chunk)).isEqualTo(chunk);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk.InitialSecurityProperty", "whorl.Other", "shop.Property"})
  void copy_valueAfterTheNameOfASecret_isMaskedInEachEvent(String event) throws IOException {
    ChunkBuilder types =
        new ChunkBuilder()
            .type(STRING, "java.lang.String")
            .type(EVENT, event, "key " + STRING, "value " + STRING);

    String shown = new String(copy(types.event(EVENT, utf8("password"), utf8("abc7")).build()));

    assertThat(shown).doesNotContain("abc7").contains(new String(utf8("password")));
  }

  /** Types within themselves, values without bytes, more of them than there can be. */
  @Test
  void copy_typesMadeToBeSlow_isFast() {
    ChunkBuilder types =
        types()
            .type(200, "within", "again 200")
            .type(201, "twice", "one 202", "other 202")
            .type(202, "more", "one 201", "other 201")
            .type(203, "nothing")
            .type(204, "many", "none 203 dimension")
            .type(205, "deep", "array 205 dimension");
    for (int type = 200; type < 206; type++) {
      types.event(type, number(100_000), new byte[200_000]);
      types.event(type, number(Long.MAX_VALUE), new byte[100]);
    }

    assertTimeout(Duration.ofSeconds(5), () -> copy(types.build()));
  }

  @Test
  void copy_metadataMadeToBeSlow_isLeftOut() throws IOException {
    byte[] deep = number(0);
    ChunkBuilder builder = new ChunkBuilder();
    for (int i = 0; i < 50; i++) {
      deep = builder.element("class", List.of("id", "" + i), deep);
    }
    byte[] strings = joined(new byte[4], number(1 << 30), new byte[1_000]);

    assertThat(copy(builder.build(sized(joined(new byte[4], number(0), deep))))).isEmpty();
    assertThat(copy(builder.build(sized(strings)))).isEmpty();
    assertThat(copy(builder.build(sized(joined(new byte[4], number(1), latin1("x"), number(5))))))
        .isEmpty();
  }

  @Test
  void copy_metadataThatFillsTheMemory_isLeftOut() throws IOException {
    ChunkBuilder builder = new ChunkBuilder();
    byte[] type = builder.element("class", List.of("id", "1"));
    byte[][] types = new byte[50_001][];
    Arrays.fill(types, type);
    byte[] tree = builder.element("root", List.of(), types);
    byte[] names = joined(latin1("class"), latin1("id"), latin1("1"), latin1("root"));
    byte[] manyTypes = sized(joined(new byte[4], number(4), names, tree));
    byte[] strings = joined(new byte[4], number(100_000), new byte[100_000]);
    byte[] manyStrings = sized(joined(strings, number(0), number(0), number(0)));

    assertThat(copy(builder.build(manyTypes))).isEmpty();
    assertThat(copy(builder.build(manyStrings))).isEmpty();
  }

  /** Its bytes may come in two parts. */
  @Test
  void copy_characterThatIsTooLong_blanksItsEvent() throws IOException {
    byte[] wide = new byte[] {(byte) 0x80, (byte) 0x80, (byte) 0x80, 0};
    byte[] text = joined(new byte[] {4}, number(70_000), new byte[10], wide, new byte[70_000]);
    byte[] chunk = types().event(EVENT, text, number(1), utf8("b")).build();
    byte[] blanked =
        types()
            .raw(sized(new byte[joined(number(EVENT), text, number(1), utf8("b")).length]))
            .build();

    assertThat(copy(chunk)).isEqualTo(blanked);
    assertThat(copyByteByByte(chunk)).isEqualTo(blanked);
  }

  /** An event longer than the buffer, as checkpoints are. */
  @Test
  void copy_longEvent_masksAllOfIt() throws IOException {
    byte[] first = joined(number(1), characters("\u4e00 ".repeat(20_000) + "password=" + SECRET));
    ByteArrayOutputStream constants = new ByteArrayOutputStream();
    constants.writeBytes(joined(new byte[] {1, 0, 0, 0, 0}, number(1), number(STRING)));
    constants.writeBytes(number(100));
    for (int i = 0; i < 100; i++) {
      constants.writeBytes(first);
    }
    byte[] chunk = types().raw(sized(constants.toByteArray())).build();

    String shown = new String(copy(chunk), StandardCharsets.ISO_8859_1);

    assertThat(shown).doesNotContain(SECRET);
    assertThat(shown.split("password=\\*{14}", -1)).hasSize(101);
  }

  @Test
  void copy_anyByteChanged_neitherFailsNorHangs() throws Exception {
    byte[] before = recorded(() -> emit("password=" + SECRET, "x"), "password=" + SECRET);
    Random random = new Random(42);
    assertTimeout(
        Duration.ofSeconds(60),
        () -> {
          for (int i = 0; i < 200; i++) {
            byte[] changed = before.clone();
            for (int n = 0; n < 1 + i % 20; n++) {
              changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            assertThat(copy(changed).length).isLessThanOrEqualTo(changed.length);
          }
        });
  }

  @Test
  void copy_sourceThatFails_fails() {
    MaskedRecording.Source failing =
        () ->
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("no device");
              }
            };

    assertThatThrownBy(() -> masked.copy(failing, new ByteArrayOutputStream()))
        .hasMessage("no device");
  }

  private static ChunkBuilder types() {
    return new ChunkBuilder()
        .type(STRING, "java.lang.String")
        .type(LONG, "long")
        .type(EVENT, "test.Event", "first " + STRING, "number " + LONG, "last " + STRING);
  }

  private interface Work {
    void run() throws Exception;
  }

  /** Records this work, and sets system properties to the texts before. */
  private byte[] recorded(Work work, String... properties) throws Exception {
    Path file = folder.resolve("recorded.jfr");
    try (Recording recording = new Recording()) {
      recording.enable(TestEvent.class);
      recording.enable(LoginEvent.class);
      recording.enable("jdk.InitialSystemProperty");
      recording.enable("jdk.ThreadStart");
      recording.start();
      for (String property : properties) {
        Thread named = new Thread(() -> {}, property);
        named.start();
        named.join();
      }
      work.run();
      recording.dump(file);
    }
    return Files.readAllBytes(file);
  }

  private byte[] copy(byte[] recording) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    masked.copy(() -> new ByteArrayInputStream(recording), out);
    return out.toByteArray();
  }

  private byte[] copyByteByByte(byte[] recording) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    masked.copy(() -> new OneByOne(recording), out);
    return out.toByteArray();
  }

  private List<RecordedEvent> read(byte[] recording) throws IOException {
    Path file = folder.resolve("read.jfr");
    Files.write(file, recording);
    return RecordingFile.readAllEvents(file);
  }

  /** The texts of all test events, by time. */
  private List<String> texts(byte[] recording) throws IOException {
    return read(recording).stream()
        .filter(event -> event.getEventType().getName().equals("test.Texts"))
        .sorted(Comparator.comparing(RecordedEvent::getStartTime))
        .map(event -> event.getString("first") + "|" + event.getString("second"))
        .toList();
  }

  private List<String> typesAndTimes(byte[] recording) throws IOException {
    return read(recording).stream()
        .map(event -> event.getEventType().getName() + event.getStartTime() + event.getEndTime())
        .toList();
  }

  /** All events in words, with secrets masked as they should be. */
  private List<String> events(byte[] recording) throws IOException {
    return read(recording).stream().map(event -> event.toString().replace(SECRET, STARS)).toList();
  }

  private static void emit(String first, String second) {
    TestEvent event = new TestEvent();
    event.first = first;
    event.second = second;
    event.commit();
  }
}

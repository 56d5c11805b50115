package whorl.collector.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.recording.ChunkMaker.BOOLEAN;
import static whorl.collector.recording.ChunkMaker.CHAR;
import static whorl.collector.recording.ChunkMaker.FLOAT;
import static whorl.collector.recording.ChunkMaker.INT;
import static whorl.collector.recording.ChunkMaker.LONG;
import static whorl.collector.recording.ChunkMaker.STRING;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.recording.ChunkMaker.Part;

/** Chunks made value by value, both those that a JVM writes and those that none would write. */
@Timeout(60)
class ChunkTest extends ChunkFixture {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void numbersAndTexts_areRead_compressedOrNot(boolean compressed) throws Exception {
    ByteBuffer chunk =
        things(compressed, Part.of("number", INT), Part.of("large", LONG), Part.of("text", STRING))
            .event(THING, out -> out.int64(5).int32(-7 & 0xFFFFFFFFL).int64(1L << 62).raw(0))
            .event(THING, out -> out.int64(6).int32(300).int64(-1).raw(1))
            .event(THING, out -> out.int64(7).int32(0).int64(Long.MIN_VALUE).latin1("é"))
            .event(
                THING,
                out ->
                    out.int64(8)
                        .int32(1)
                        .int64(2)
                        .raw(4)
                        .int32(3)
                        .number('a', 2)
                        .number(0xD83D, 2)
                        .number('日', 2))
            .event(THING, out -> out.int64(9).int32(1).int64(2).raw(3).int32(2).raw(0xC3, 0xA9))
            .metadata()
            .bytes();
    assertThat(read(chunk))
        .containsExactly(
            "1005 -7 4611686018427387904 -",
            "1006 300 -1 ",
            "1007 0 -9223372036854775808 é",
            "1008 1 2 a?日",
            "1009 1 2 é");
  }

  @Test
  void times_equalThoseOfTheJdk() throws Exception {
    long start = 1_700_000_000_123_456_789L;
    long ticks = 987_654_321_012L;
    ByteBuffer chunk =
        things(true)
            .event(THING, out -> out.int64(ticks))
            .metadata()
            .bytes(start, 77, 2_400_000_003L);
    long expected = start + (long) ((ticks - 77) / (2_400_000_003L / 1_000_000_000.0));
    assertThat(read(chunk)).containsExactly(Long.toString(expected));
  }

  @Test
  void spans_areLimitedToTheRangeOfLong() {
    Clock clock = Clock.of(0, 0, 500_000_000);
    assertThat(clock.span(Field.Time.SPAN_TICKS, 10)).isEqualTo(20);
    assertThat(clock.span(Field.Time.SPAN_SECONDS, -10)).isEqualTo(-10_000_000_000L);
    assertThat(clock.span(Field.Time.SPAN_SECONDS, Long.MAX_VALUE / 2)).isEqualTo(Long.MAX_VALUE);
    assertThat(clock.span(Field.Time.SPAN_MILLIS, Long.MIN_VALUE / 2)).isEqualTo(Long.MIN_VALUE);
    assertThat(clock.span(Field.Time.SPAN_MICROS, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void duplicateId_firstCheckpointWins_andInItTheLastConstant() throws Exception {
    ByteBuffer chunk =
        things(true, Part.of("text", STRING))
            .constants(1, out -> strings(out, "first", "second"))
            .event(THING, out -> out.int64(5).raw(2).int64(1))
            .constants(1, out -> strings(out, "third"))
            .metadata()
            .bytes();
    assertThat(read(chunk)).containsExactly("1005 second");
  }

  @Test
  void missingConstant_isAbsent() throws Exception {
    ByteBuffer chunk =
        things(true, Part.of("text", STRING), Part.constant("kind", CLASS))
            .event(THING, out -> out.int64(5).raw(2).int64(99).int64(98))
            .metadata()
            .bytes();
    assertThat(read(chunk)).containsExactly("1005 - -");
  }

  @Test
  void constantsThatReferToEachOther_areReadByName() throws Exception {
    ByteBuffer chunk =
        things(true, Part.constant("kind", CLASS), Part.constant("loader", LOADER))
            .constants(
                3,
                out ->
                    out.int64(SYMBOL)
                        .int32(1)
                        .int64(1)
                        .latin1("a/b/C")
                        .int64(CLASS)
                        .int32(1)
                        .int64(1)
                        .int64(1) // loader
                        .int64(1) // name
                        .int64(LOADER)
                        .int32(2)
                        .int64(1)
                        .int64(1) // type
                        .int64(1)
                        .int64(2)
                        .int64(0)
                        .int64(0))
            .event(THING, out -> out.int64(5).int64(1).int64(1))
            .event(THING, out -> out.int64(6).int64(1).int64(2))
            .metadata()
            .bytes();
    assertThat(read(chunk)).containsExactly("1005 a.b.C a.b.C", "1006 a.b.C (nameless)");
  }

  @Test
  void textThatRefersToItself_isAbsent() throws Exception {
    ByteBuffer chunk =
        things(true, Part.of("text", STRING))
            .constants(1, out -> out.int64(STRING).int32(1).int64(1).raw(2).int64(1))
            .event(THING, out -> out.int64(5).raw(2).int64(1))
            .metadata()
            .bytes();
    assertThat(read(chunk)).containsExactly("1005 -");
  }

  @Test
  void structsInCycles_areReadUpToTheDepthLimit() throws Exception {
    ByteBuffer chunk =
        things(true, Part.constant("node", 200))
            .type(200, "acme.Node", null, Part.constant("left", 200), Part.constant("right", 200))
            .constants(1, out -> out.int64(200).int32(1).int64(1).int64(1).int64(1))
            .event(THING, out -> out.int64(5).int64(1))
            .metadata()
            .bytes();
    String event = read(chunk).get(0);
    assertThat(event).startsWith("1005 {left{left{left{left{left{left{left…right…}");
    assertThat(event.length()).isLessThan(5_000);
  }

  @Test
  void structsWithAThousandSelfReferences_areReadUpToTheLimit() throws Exception {
    ByteBuffer chunk =
        things(true, Part.constant("node", 200))
            .type(200, "acme.Node", null, new Part("all", 200, true, true))
            .constants(
                1,
                out -> {
                  out.int64(200).int32(1).int64(1).int32(1_000);
                  for (int i = 0; i < 1_000; i++) {
                    out.int64(1);
                  }
                })
            .event(THING, out -> out.int64(5).int64(1))
            .metadata()
            .bytes();
    assertThat(read(chunk).get(0).length())
        .isBetween(PlainValues.ENOUGH_CHARS, 2 * PlainValues.ENOUGH_CHARS);
  }

  @Test
  void eventTypeWithoutAName_isCalledUnnamed() throws Exception {
    ByteBuffer bytes =
        new ChunkMaker(true)
            .type(THING, "", EVENT, Part.of("startTime", LONG))
            .event(THING, out -> out.int64(5))
            .metadata()
            .bytes();

    Type type = Chunk.of(bytes, frames -> 1).events().next();

    assertThat(type).isNotNull();
    assertThat(type.name()).isEqualTo("unnamed");
  }

  @Test
  void structsArraysAndFractions_areRead() throws Exception {
    ByteBuffer chunk =
        things(true, Part.array("pairs", 200), Part.array("none", INT))
            .type(200, "acme.Pair", null, Part.of("letter", CHAR), Part.of("real", FLOAT))
            .event(
                THING,
                out ->
                    out.int64(5)
                        .int32(2)
                        .int64('x')
                        .raw(0x3F, 0x80, 0, 0)
                        .int64('y')
                        .raw(0, 0, 0, 0)
                        .int32(0))
            .metadata()
            .bytes();
    assertThat(read(chunk)).containsExactly("1005 [{letter'x'real1.0},{letter'y'real0.0}] []");
  }

  @Test
  void nonJavaFramesAndTruncatedStacks_areMarked() throws Exception {
    ByteBuffer bytes =
        things(true, Part.constant("stackTrace", 200))
            .type(
                200,
                "com.oracle.jfr.types.StackTrace",
                null,
                Part.of("truncated", BOOLEAN),
                Part.array("frames", 201))
            .type(
                201,
                "com.oracle.jfr.types.StackFrame",
                null,
                Part.constant("method", 202),
                Part.of("lineNumber", INT),
                Part.of("javaFrame", BOOLEAN),
                Part.of("type", STRING))
            .type(
                202,
                "com.oracle.jfr.types.Method",
                null,
                Part.constant("type", CLASS),
                Part.constant("name", SYMBOL))
            .constants(
                3,
                out ->
                    out.int64(SYMBOL)
                        .int32(1)
                        .int64(1)
                        .latin1("run")
                        .int64(202)
                        .int32(1)
                        .int64(1)
                        .int64(9) // a missing class
                        .int64(1)
                        .int64(200)
                        .int32(1)
                        .int64(1)
                        .raw(1)
                        .int32(2)
                        .int64(1)
                        .int32(12)
                        .raw(1, 0)
                        .int64(8) // a missing method
                        .int32(0)
                        .raw(0)
                        .latin1("Native"))
            .event(THING, out -> out.int64(5).int64(1))
            .event(THING, out -> out.int64(6).int64(1))
            .metadata()
            .bytes();
    List<String> stacks = new ArrayList<>();
    Cursor cursor =
        Chunk.of(
                bytes,
                frames -> {
                  stacks.add(new String(frames, UTF_8));
                  return 77;
                })
            .events();
    for (int i = 0; i < 2; i++) {
      Field stack = cursor.next().values().get(0);
      assertThat(stack.kind()).isEqualTo(Kind.STACK);
      assertThat(cursor.stack(stack)).isEqualTo(77);
    }
    assertThat(stacks)
        .containsExactly("?.run(line 12)\n? [Native]\n… deeper frames were not recorded");
  }

  private static void strings(ChunkMaker.Bytes out, String... texts) {
    out.int64(STRING).int32(texts.length);
    for (String text : texts) {
      out.int64(1).latin1(text);
    }
  }
}

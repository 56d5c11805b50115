package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.agent.hprof.format.Tags;

class RefusalTest {
  private static final String PLANTED = "planted-in-what-is-refused";

  static Stream<Arguments> refused() {
    return Stream.of(
        dump("no hprof at all", new Dump[] {Dump.part(8).text("PK").raw(new byte[100])}, "begin"),
        dump("other version", new Dump[] {head("JAVA PROFILE 1.0.3\0", 8)}, "JAVA PROFILE 1.0.2"),
        dump("identifiers of 5", new Dump[] {head("JAVA PROFILE 1.0.2\0", 5)}, "of 5 bytes"),
        dump("identifiers of -1", new Dump[] {head("JAVA PROFILE 1.0.2\0", -1)}, "of -1 bytes"),
        top("unknown record", dump -> dump.record(0x0E, body -> body.text(PLANTED)), "0xe at "),
        top("record 0", dump -> dump.record(0, body -> body.text(PLANTED)), "0x0 at "),
        top("short symbol", dump -> dump.record(Tags.UTF8, body -> body.u4(1)), "0x1 at "),
        top(
            "long symbol",
            dump -> dump.record(Tags.UTF8, body -> body.id(9).raw(new byte[70_000])),
            "cannot be 70008 bytes"),
        top("negative length", dump -> dump.record(Tags.TRACE, -1, Dump.part(8)), "4294967295"),
        top("class of 3 bytes", dump -> dump.record(Tags.LOAD_CLASS, b -> b.u2(1).u1(1)), "0x2"),
        top("long frame", dump -> dump.record(Tags.FRAME, b -> b.raw(new byte[41])), "0x4 at "),
        top("odd trace", dump -> dump.record(Tags.TRACE, b -> b.raw(new byte[13])), "0x5 at "),
        top(
            "trace that miscounts",
            dump -> dump.record(Tags.TRACE, b -> b.u4(1).u4(1).u4(3).id(1).id(2)),
            "3 frames"),
        top(
            "trace that overflows",
            dump -> dump.record(Tags.TRACE, b -> b.u4(1).u4(1).u4(0x2000_0000).id(1).id(2)),
            "frames"),
        top("end with a body", dump -> dump.record(Tags.HEAP_DUMP_END, b -> b.u1(1)), "0x2c"),
        sub("unknown sub-record", part -> part.u1(0x99).text(PLANTED), "0x99 at "),
        sub("android's sub-record", part -> part.u1(0xC3).id(1).text(PLANTED), "0xc3 at "),
        sub("cut head", part -> part.u1(Tags.INSTANCE_DUMP).id(1), "beyond its segment"),
        sub("cut root", part -> part.u1(Tags.ROOT_JNI_GLOBAL).id(1), "beyond its segment"),
        sub(
            "long instance",
            part -> instance(part, 1_000).text(PLANTED),
            "0x21 at ",
            "1000 elements"),
        sub("negative instance", part -> instance(part, -5).text(PLANTED), "4294967291"),
        sub("long object array", part -> objects(part, 500).text(PLANTED), "500 elements"),
        sub("negative object array", part -> objects(part, -1).text(PLANTED), "4294967295"),
        sub("huge object array", part -> objects(part, Integer.MAX_VALUE).text(PLANTED), "0x22"),
        sub("long byte array", part -> bytes(part, 400, 8).text(PLANTED), "400 elements"),
        sub("negative byte array", part -> bytes(part, -1, 8).text(PLANTED), "4294967295"),
        sub("huge long array", part -> bytes(part, 0x7FFF_FFFF, 11).text(PLANTED), "0x23"),
        sub("array of objects as primitives", part -> bytes(part, 1, 2).text(PLANTED), "type 2"),
        sub("array of nothing", part -> bytes(part, 1, 3).text(PLANTED), "type 3"),
        sub("array of type -1", part -> bytes(part, 1, 0xFF).text(PLANTED), "type -1"),
        sub(
            "field of nothing",
            part -> part.classDump(0x6000, 0, Dump.Field.of(7, 12)),
            "unknown type 12"),
        sub(
            "cut class",
            part ->
                part.u1(Tags.CLASS_DUMP)
                    .id(0x6000)
                    .u4(1)
                    .raw(new byte[6 * 8 + 4 + 2 + 2])
                    .u2(200)
                    .text(PLANTED),
            "0x20 at "),
        sub("class without a head", part -> part.u1(Tags.CLASS_DUMP).id(1), "beyond its segment"));
  }

  private static Arguments dump(String name, Dump[] streams, String... texts) {
    return Arguments.of(name, streams, texts);
  }

  /** Refused on the main stream, independently of the other one. */
  private static Arguments top(String name, Consumer<Dump> wrong, String... texts) {
    Dump main = ShopDump.main(8);
    wrong.accept(main);
    return dump(name, new Dump[] {main.end()}, texts);
  }

  /** Refused in a segment, on either stream. */
  private static Arguments sub(String name, Consumer<Dump> wrong, String... texts) {
    Dump segment =
        Dump.part(8)
            .segment(ShopDump::classDumps)
            .segment(
                part -> {
                  ShopDump.objects(part);
                  wrong.accept(part);
                });
    return dump(name, new Dump[] {ShopDump.main(8), segment}, texts);
  }

  private static Dump head(String format, int idBytes) {
    return Dump.part(8).text(format).u4(idBytes).u8(0).raw(new byte[100]);
  }

  private static Dump instance(Dump part, int length) {
    return part.u1(Tags.INSTANCE_DUMP).id(1).u4(1).id(ShopDump.SHOP).u4(length);
  }

  private static Dump objects(Dump part, int length) {
    return part.u1(Tags.OBJECT_ARRAY_DUMP).id(1).u4(1).u4(length).id(ShopDump.OBJECT);
  }

  private static Dump bytes(Dump part, int length, int type) {
    return part.u1(Tags.PRIMITIVE_ARRAY_DUMP).id(1).u4(1).u4(length).u1(type);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void run_invalidSingleStream_refuses(String name, Dump[] streams, String[] texts) {
    byte[] main = streams[0].bytes();
    byte[] more = streams.length > 1 ? streams[1].end().bytes() : new byte[0];
    byte[] all = Arrays.copyOf(main, main.length + more.length);
    System.arraycopy(more, 0, all, main.length, more.length);

    for (Content content : Content.values()) {
      assertThatThrownBy(() -> Passing.run(Passing.pass(content), all, new byte[0], 11))
          .isInstanceOf(RefusedDumpException.class)
          .satisfies(refusal -> assertThat(refusal.getMessage()).contains(texts));
    }
    assertThat(latin(Passing.written(Passing.pass(Content.REDACTED), all, new byte[0])))
        .doesNotContain(PLANTED);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void run_invalidSegment_refuses(String name, Dump[] streams, String[] texts) {
    if (streams.length == 1) {
      return; // the invalid part is on the main stream
    }
    byte[] main = streams[0].end().bytes();
    byte[] segment = streams[1].bytes();

    for (Content content : Content.values()) {
      assertThatThrownBy(() -> Passing.run(Passing.pass(content), main, segment, 11))
          .isInstanceOf(RefusedDumpException.class)
          .satisfies(refusal -> assertThat(refusal.getMessage()).contains(texts));
    }
    assertThat(latin(Passing.written(Passing.pass(Content.REDACTED), main, segment)))
        .doesNotContain(PLANTED);
  }

  @ParameterizedTest
  @EnumSource(Content.class)
  void run_dumpThatEndsEarly_refusesAtEveryByte(Content content) {
    byte[] dump = ShopDump.oneStream(8).bytes();
    for (int length = 0; length < dump.length; length++) {
      byte[] cut = Arrays.copyOf(dump, length);
      assertThatThrownBy(() -> Passing.run(Passing.pass(content), cut, new byte[0], 1 << 20))
          .describedAs("cut at %s", length)
          .isInstanceOf(RefusedDumpException.class)
          .hasMessageContaining("ends at " + length);
    }
  }

  @ParameterizedTest
  @EnumSource(Content.class)
  void run_segmentStreamThatStopsWithinARecord_refuses(Content content) {
    byte[] segment =
        Dump.part(8).segment(part -> ShopDump.objects(ShopDump.classDumps(part))).bytes();
    byte[] main = ShopDump.main(8).end().bytes();

    assertThatThrownBy(
            () ->
                Passing.run(
                    Passing.pass(content), main, Arrays.copyOf(segment, segment.length - 1), 99))
        .isInstanceOf(RefusedDumpException.class)
        .hasMessageContaining("segment stream stops");
  }

  @Test
  void run_segmentsOnBothStreams_refuses() {
    byte[] segment = Dump.part(8).segment(ShopDump::classDumps).bytes();

    assertThatThrownBy(
            () ->
                Passing.run(
                    Passing.pass(Content.FULL), ShopDump.oneStream(8).bytes(), segment, 1 << 20))
        .hasMessageContaining("both streams");
  }

  @Test
  void run_redactedWithoutString_refuses() {
    Dump dump =
        Dump.withHead(8)
            .utf8(1, "java/lang/Object")
            .loadClass(1, ShopDump.OBJECT, 1)
            .trace(1, 0)
            .segment(part -> part.classDump(ShopDump.OBJECT, 0).byteArray(1, new byte[3]))
            .end();

    assertThatThrownBy(() -> Passing.singleStream(Content.REDACTED, dump))
        .isInstanceOf(RefusedDumpException.class)
        .hasMessageContaining("java.lang.String");
  }

  @Test
  void run_redactedHashNameAfterTheClasses_refuses() {
    Dump dump =
        ShopDump.main(8)
            .segment(ShopDump::classDumps)
            .utf8(70, "keyHash")
            .segment(ShopDump::objects)
            .end();

    assertThatThrownBy(() -> Passing.singleStream(Content.REDACTED, dump))
        .isInstanceOf(RefusedDumpException.class)
        .hasMessageContaining("0x46");
  }

  @Test
  void run_redactedClassTwice_refuses() {
    Dump dump =
        ShopDump.main(8)
            .segment(part -> ShopDump.classDumps(part).classDump(ShopDump.STRING, 0))
            .end();

    assertThatThrownBy(() -> Passing.singleStream(Content.REDACTED, dump))
        .hasMessageContaining("twice");
  }

  @Test
  void run_superClassesInACircle_blanksTheirInstances() throws Exception {
    Dump dump =
        ShopDump.main(8)
            .segment(
                part ->
                    ShopDump.classDumps(part)
                        .classDump(0x6000, 0x6001, Dump.Field.of(4, Tags.TYPE_INT))
                        .classDump(0x6001, 0x6000, Dump.Field.of(11, Tags.TYPE_INT)))
            .segment(part -> part.instance(0x9000, 0x6000, values -> values.u4(1).u4(2)))
            .end();

    assertThat(DumpText.of(Passing.singleStream(Content.REDACTED, dump)))
        .contains("instance 36864 of 24576 0000000000000000");
  }

  @ParameterizedTest
  @EnumSource(Content.class)
  void run_anyByteChanged_passesOrFailsWithAnIoException(Content content) {
    byte[] dump = ShopDump.oneStream(8).bytes();
    Random random = new Random(11);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int i = 0; i < 1_500; i++) {
            byte[] changed = dump.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            try {
              new HeapDumpPass(content, Passing.LIMITS, Passing::thread)
                  .run(
                      Passing.in(changed, 1 << 20),
                      Passing.in(new byte[0], 1),
                      new ByteArrayOutputStream());
            } catch (IOException expected) {
              assertThat(expected).hasMessageStartingWith("heap dump: ");
            } catch (RuntimeException e) {
              fail("mutation " + i, e);
            }
          }
        });
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}

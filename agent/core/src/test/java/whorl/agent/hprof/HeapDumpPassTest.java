package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.hprof.format.Tags;

class HeapDumpPassTest {
  @ParameterizedTest
  @CsvSource({"4,1", "4,7", "4,1000000", "8,1", "8,13", "8,1000000"})
  void run_fullOneStream_isUnchanged(int idBytes, int atOnce) throws Exception {
    byte[] dump = ShopDump.oneStream(idBytes).bytes();

    byte[] out = Passing.run(Passing.pass(Content.FULL), dump, new byte[0], atOnce);

    assertThat(out).isEqualTo(dump);
  }

  @ParameterizedTest
  @CsvSource({"4,1", "4,7", "4,1000000", "8,1", "8,13", "8,1000000"})
  void run_redactedOneStream_keepsAllButContents(int idBytes, int atOnce) throws Exception {
    byte[] dump = ShopDump.oneStream(idBytes).bytes();
    String id = "00".repeat(idBytes - 2);

    byte[] out = Passing.run(Passing.pass(Content.REDACTED), dump, new byte[0], atOnce);

    List<String> expected = new ArrayList<>(DumpText.of(dump));
    expected.remove("utf8 16 " + ShopDump.LITERAL);
    expected.remove("utf8 17 another literal");
    Collections.replaceAll(
        expected,
        "primitives 8192 type 8 746578742d733363726574",
        "primitives 8192 type 8 0000000000000000000000");
    Collections.replaceAll(
        expected,
        "instance 8193 of 4098 " + id + "2000" + "11223344" + "01",
        "instance 8193 of 4098 " + id + "2000" + "00000000" + "01");
    Collections.replaceAll(
        expected,
        "instance 8194 of 4099 " + id + "2001" + "1122334455667788",
        "instance 8194 of 4099 " + id + "2001" + "0000000000000000");
    Collections.replaceAll(
        expected,
        "instance 8195 of 4100 " + "00000055" + "66778899" + id + "2001" + "1122334455667788",
        "instance 8195 of 4100 " + "00000055" + "00000000" + id + "2001" + "0000000000000000");
    assertThat(DumpText.of(out)).isEqualTo(expected).isNotEqualTo(DumpText.of(dump));
  }

  @ParameterizedTest
  @CsvSource({"4,1", "4,7", "8,1", "8,1000000"})
  void run_structure_zeroesEveryPrimitive_andKeepsReferences(int idBytes, int atOnce)
      throws Exception {
    byte[] dump =
        ShopDump.main(idBytes)
            .segment(
                part ->
                    ShopDump.classDumps(part)
                        .classDump(
                            0x1006,
                            ShopDump.OBJECT,
                            new Dump.Field[] {
                              new Dump.Field(11, Tags.TYPE_INT, 0x2A2A2A2A),
                              new Dump.Field(8, Tags.TYPE_OBJECT, 0x2001),
                              new Dump.Field(4, Tags.TYPE_LONG, 0x2B2B2B2B2B2B2B2BL)
                            },
                            new Dump.Field[0]))
            .segment(ShopDump::objects)
            .end()
            .bytes();
    String id = "00".repeat(idBytes - 2);

    List<String> out =
        DumpText.of(Passing.run(Passing.pass(Content.STRUCTURE), dump, new byte[0], atOnce));

    assertThat(out)
        .contains(
            "instance 8193 of 4098 " + id + "2000" + "00000000" + "00",
            "instance 8194 of 4099 " + id + "2001" + "0000000000000000",
            "instance 8195 of 4100 " + "0000000000000000" + id + "2001" + "0000000000000000");
    assertThat(out).filteredOn(line -> line.startsWith("objects 8196 ")).hasSize(1);
    String classOfStatics =
        out.stream().filter(line -> line.startsWith("class 4102 ")).findFirst().orElseThrow();
    assertThat(DumpText.of(dump)).anyMatch(line -> line.contains("2a2a2a2a"));
    assertThat(classOfStatics).contains(id + "2001").doesNotContain("2a2a", "2b2b");
  }

  @ParameterizedTest
  @EnumSource(Content.class)
  void run_twoStreams_makesOneDump(Content content) throws Exception {
    Dump main = ShopDump.main(8).frame(0x52, 13, 14, 15, 4).trace(3, 8, 0x52).end();
    Dump segment =
        Dump.part(8)
            .segment(part -> ShopDump.roots(ShopDump.classDumps(part)))
            .segment(ShopDump::objects);

    List<String> out = DumpText.of(Passing.twoStreams(content, main, segment));

    List<String> plain =
        DumpText.of(
            Passing.singleStream(
                content,
                ShopDump.main(8)
                    .frame(0x52, 13, 14, 15, 4)
                    .trace(3, 8, 0x52)
                    .segment(part -> ShopDump.roots(ShopDump.classDumps(part)))
                    .segment(ShopDump::objects)
                    .end()));
    assertThat(out).containsExactlyInAnyOrderElementsOf(plain);
    assertThat(out.get(0)).startsWith("JAVA PROFILE");
    assertThat(out.get(out.size() - 1)).isEqualTo("end");
  }

  @Test
  void run_dump_reportsCounts() throws Exception {
    byte[] dump = ShopDump.oneStream(8).bytes();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    HeapDumpPass pass = Passing.pass(Content.REDACTED);

    PassResult result = pass.run(Passing.in(dump, 100), Passing.in(new byte[0], 1), out);

    assertThat(result.bytesIn()).isEqualTo(dump.length).isEqualTo(pass.bytesIn());
    assertThat(result.bytesOut()).isEqualTo(out.size());
    assertThat(result.twoStreams()).isFalse();
    assertThat(result.classes()).isEqualTo(5);
    assertThat(result.instances()).isEqualTo(3);
    assertThat(result.objectArrays()).isEqualTo(1);
    assertThat(result.primitiveArrays()).isEqualTo(1);
    assertThat(result.symbols()).isEqualTo(17);
    assertThat(result.symbolsDropped()).isEqualTo(2);
    assertThat(result.instancesBlanked()).isZero();
    assertThat(result.heldPeakBytes()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 1_000_000})
  void run_arraysLargerThanTheBuffer_passWithTheirSizes(int atOnce) throws Exception {
    byte[] contents = new byte[50_000];
    new Random(7).nextBytes(contents);
    long[] elements = new long[3_000];
    Arrays.fill(elements, 0x2001);
    Dump dump =
        ShopDump.main(8)
            .segment(ShopDump::classDumps)
            .segment(
                part ->
                    part.byteArray(0x3000, contents)
                        .objectArray(0x3001, ShopDump.OBJECT, elements)
                        .byteArray(0x3002, new byte[0])
                        .objectArray(0x3003, ShopDump.OBJECT))
            .end();

    byte[] full = Passing.run(Passing.pass(Content.FULL), dump.bytes(), new byte[0], atOnce);
    byte[] redacted =
        Passing.run(Passing.pass(Content.REDACTED), dump.bytes(), new byte[0], atOnce);

    assertThat(full).isEqualTo(dump.bytes());
    assertThat(DumpText.of(redacted))
        .contains("primitives 12288 type 8 " + "00".repeat(50_000))
        .contains(
            DumpText.of(dump.bytes()).stream()
                .filter(line -> line.startsWith("objects 12289 "))
                .findFirst()
                .orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({"4,1", "5,2", "6,4", "7,8", "8,1", "9,2", "10,4", "11,8"})
  void run_redacted_blanksArraysOfEveryType(int type, int bytes) throws Exception {
    byte[] contents = new byte[5 * bytes];
    Arrays.fill(contents, (byte) 0x5A);
    Dump dump =
        ShopDump.main(8)
            .segment(ShopDump::classDumps)
            .segment(
                part -> part.u1(Tags.PRIMITIVE_ARRAY_DUMP).id(9).u4(1).u4(5).u1(type).raw(contents))
            .end();

    List<String> out = DumpText.of(Passing.singleStream(Content.REDACTED, dump));

    assertThat(out).contains("primitives 9 type " + type + " " + "00".repeat(5 * bytes));
  }

  @Test
  void run_instanceOfAnUnknownClass_isBlankedCompletely() throws Exception {
    Dump dump =
        ShopDump.main(8)
            .segment(ShopDump::classDumps)
            .segment(
                part ->
                    part.instance(0x3000, 0x9999, values -> values.u8(-1))
                        .instance(0x3001, ShopDump.STRING, values -> values.id(5).u4(-1).u2(-1))
                        .instance(0x3002, ShopDump.STRING, values -> values.id(5).u4(-1).u1(1)))
            .end();
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    PassResult result =
        Passing.pass(Content.REDACTED)
            .run(Passing.in(dump.bytes(), 50), Passing.in(new byte[0], 1), out);

    assertThat(DumpText.of(out.toByteArray()))
        .contains("instance 12288 of 39321 " + "00".repeat(8))
        .contains("instance 12289 of 4098 " + "00".repeat(14))
        .contains("instance 12290 of 4098 " + "0000000000000005" + "00000000" + "01");
    assertThat(result.instancesBlanked()).isEqualTo(2);
  }

  @Test
  void run_classAfterTheObjects_hasItsNamesAndIsRedacted() throws Exception {
    Dump dump =
        ShopDump.main(8)
            .utf8(18, "lateField")
            .utf8(19, "LATE_STATIC")
            .segment(part -> ShopDump.objects(ShopDump.classDumps(part)))
            .segment(
                part ->
                    part.classDump(
                            0x1009,
                            ShopDump.OBJECT,
                            new Dump.Field[] {new Dump.Field(19, Tags.TYPE_INT, 5)},
                            Dump.Field.of(18, Tags.TYPE_INT),
                            Dump.Field.of(4, Tags.TYPE_INT))
                        .instance(0x3000, 0x1009, values -> values.u4(6).u4(7)))
            .end();

    List<String> out = DumpText.of(Passing.singleStream(Content.REDACTED, dump));

    assertThat(out)
        .contains("utf8 18 lateField", "utf8 19 LATE_STATIC")
        .contains("instance 12288 of 4105 " + "00000006" + "00000000")
        .endsWith("end");
    assertThat(String.join("\n", out)).doesNotContain("literal");
  }

  @Test
  void run_lateFrames_haveTheirNames() throws Exception {
    Dump main =
        ShopDump.symbols(Dump.withHead(8)).utf8(20, "virtualMethod").utf8(21, "Virtual.java");
    ShopDump.stacks(ShopDump.classes(main));
    TestPipe mainPipe = new TestPipe(64);
    TestPipe segmentPipe = new TestPipe(64);
    Thread hotSpot =
        Passing.thread(
            () -> {
              try {
                mainPipe.out.write(main.bytes());
                segmentPipe.out.write(
                    Dump.part(8)
                        .segment(part -> ShopDump.roots(ShopDump.classDumps(part)))
                        .bytes());
                mainPipe.out.write(
                    Dump.part(8).frame(0x60, 20, 14, 21, 3).trace(9, 77, 0x60).bytes());
                segmentPipe.out.write(Dump.part(8).segment(ShopDump::objects).bytes());
                mainPipe.out.write(Dump.part(8).end().bytes());
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    hotSpot.start();

    PassResult result = Passing.pass(Content.REDACTED).run(mainPipe.in, segmentPipe.in, out);

    List<String> lines = DumpText.of(out.toByteArray());
    assertThat(lines)
        .containsSubsequence(
            "utf8 20 virtualMethod", "frame 96: 20 14 21 of 3 17", "trace 9 of 77 96", "end");
    assertThat(lines).contains("utf8 21 Virtual.java");
    assertThat(String.join("\n", lines)).doesNotContain("literal");
    assertThat(result.twoStreams()).isTrue();
  }

  /** A large program: its class dumps fill several segments, and name more than 20,000 fields. */
  @ParameterizedTest
  @EnumSource(Content.class)
  void run_classDumpsInManySegments_allNamesComeBeforeTheFirst(Content content) throws Exception {
    Dump dump = ShopDump.symbols(Dump.withHead(8));
    for (int i = 0; i < 30_000; i++) {
      dump.utf8(1_000 + i, "field" + i);
    }
    ShopDump.classes(dump);
    for (int i = 0; i < 30; i++) {
      dump.loadClass(100 + i, 0x5000 + i, 1_000 + i);
    }
    ShopDump.stacks(dump).segment(ShopDump::classDumps);
    for (int i = 0; i < 30; i++) {
      Dump.Field[] fields = new Dump.Field[1_000];
      for (int field = 0; field < fields.length; field++) {
        fields[field] = Dump.Field.of(1_000 + i * 1_000 + field, Tags.TYPE_INT);
      }
      long id = 0x5000 + i;
      dump.segment(part -> part.classDump(id, ShopDump.OBJECT, fields));
    }
    dump.segment(ShopDump::objects).segment(ShopDump::roots).end();

    byte[] out = Passing.singleStream(content, dump);

    assertThat(RecordOrder.problems(new ByteArrayInputStream(out))).isEmpty();
    assertThat(DumpText.of(out)).contains("utf8 30999 field29999");
  }

  @ParameterizedTest
  @EnumSource(Content.class)
  void run_stacksWhileSegmentsPass_comeAfterAllSegments(Content content) throws Exception {
    List<String> lines = DumpText.of(virtualStacks(content, 3, Passing.pass(content)).bytes());

    assertThat(lines.stream().filter(line -> line.startsWith("trace 100"))).hasSize(3);
    int lastSegment = lines.lastIndexOf("segment");
    assertThat(lines.subList(lines.indexOf("segment"), lastSegment))
        .noneMatch(line -> line.startsWith("trace") || line.startsWith("frame"));
    assertThat(lines.subList(lastSegment, lines.size())).contains("trace 1002 of 2002 65538");
  }

  @ParameterizedTest
  @EnumSource(Content.class)
  void run_moreStacksThanThereIsRoomFor_areCountedAndTheRestIsComplete(Content content)
      throws Exception {
    int stacks = 100_000;
    Passed passed =
        virtualStacks(
            content,
            stacks,
            new HeapDumpPass(
                content, new PassLimits(400_000, 1024, 1 << 20, 200), Passing::thread));

    List<String> lines = DumpText.of(passed.bytes());
    long kept = lines.stream().filter(line -> line.matches("trace \\d{4,} .*")).count();
    assertThat(kept).isBetween(1_000L, stacks - 1_000L);
    assertThat(passed.result().stacksDropped()).isEqualTo(stacks - kept);
    assertThat(passed.result().heldPeakBytes()).isLessThanOrEqualTo(400_000);
    assertThat(lines).contains("utf8 6 app/Shop").endsWith("end");
    assertThat(RecordOrder.problems(new ByteArrayInputStream(passed.bytes()))).isEmpty();
  }

  /** A dump with this many virtual threads, whose stacks HotSpot writes while it writes objects. */
  private static Passed virtualStacks(Content content, int stacks, HeapDumpPass pass)
      throws Exception {
    TestPipe mainPipe = new TestPipe(1 << 16);
    // so small that the first segment is being read before the first stack is written
    TestPipe segmentPipe = new TestPipe(64);
    Thread hotSpot =
        Passing.thread(
            () -> {
              try {
                mainPipe.out.write(ShopDump.main(8).bytes());
                segmentPipe.out.write(
                    Dump.part(8)
                        .segment(part -> ShopDump.roots(ShopDump.classDumps(part)))
                        .bytes());
                for (int i = 0; i < stacks; i++) {
                  mainPipe.out.write(
                      Dump.part(8)
                          .frame(0x10000 + i, 13, 14, 15, 3)
                          .trace(1000 + i, 2000 + i, 0x10000 + i)
                          .bytes());
                  if (i % 1_000 == 0) {
                    segmentPipe.out.write(
                        Dump.part(8)
                            .segment(part -> part.byteArray(0x30000, new byte[100]))
                            .bytes());
                  }
                }
                segmentPipe.out.write(Dump.part(8).segment(ShopDump::objects).bytes());
                mainPipe.out.write(Dump.part(8).end().bytes());
              } catch (IOException e) {
                throw new AssertionError(content + " was not taken in", e);
              }
            });
    hotSpot.start();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PassResult result = pass.run(mainPipe.in, segmentPipe.in, out);
    return new Passed(out.toByteArray(), result);
  }

  private record Passed(byte[] bytes, PassResult result) {}

  @ParameterizedTest
  @EnumSource(Content.class)
  void run_padding_isLeftOut(Content content) throws Exception {
    Dump dump =
        ShopDump.main(8)
            .utf8(30, PaddingFrames.CLASS_PREFIX + "s$Thread")
            .loadClass(30, 0x1030, 30)
            .frame(0x71, 13, 14, 15, 30)
            .frame(0x72, 13, 14, 15, 30)
            .frame(0x73, 13, 14, 15, 3)
            .trace(4, 9, 0x71, 0x73, 0x72)
            .trace(5, 10, 0x73, 0x51)
            .segment(part -> ShopDump.objects(ShopDump.classDumps(part)))
            .segment(part -> ShopDump.roots(part).u1(Tags.ROOT_JAVA_FRAME).id(0x2001).u4(9).u4(2))
            .end();
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    PassResult result =
        Passing.pass(content).run(Passing.in(dump.bytes(), 9), Passing.in(new byte[0], 1), out);

    List<String> lines = DumpText.of(out.toByteArray());
    assertThat(lines)
        .contains("trace 4 of 9 115", "trace 5 of 10 115 81", "trace 2 of 7 81")
        .contains("frame 115: 13 14 15 of 3 17")
        .contains("root 3 8193 9 -1", "root 3 8194 7 1");
    assertThat(lines).noneMatch(line -> line.startsWith("frame 113"));
    assertThat(lines).noneMatch(line -> line.startsWith("frame 114"));
    assertThat(result.framesDropped()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Content.class)
  void run_dumpWithoutObjects_isComplete(Content content) throws Exception {
    Dump dump = ShopDump.main(8).segment(ShopDump::classDumps).end();

    List<String> out = DumpText.of(Passing.singleStream(content, dump));

    assertThat(out).contains("utf8 6 app/Shop", "segment").endsWith("end");
  }

  @Test
  void run_afterTheEnd_doesNotWait() throws Exception {
    TestPipe main = new TestPipe(1 << 16);
    TestPipe segment = new TestPipe(1 << 16);
    main.out.write(ShopDump.main(8).end().bytes());
    segment.out.write(
        Dump.part(8).segment(part -> ShopDump.objects(ShopDump.classDumps(part))).bytes());
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    // neither pipe is closed, as when another process holds their write ends
    Passing.pass(Content.FULL).run(main.in, segment.in, out);

    assertThat(DumpText.of(out.toByteArray())).endsWith("end").contains("segment");
  }

  @Test
  void run_symbolsExceedTheLimit_failsAndPassesNothing() {
    Dump dump = Dump.withHead(8);
    Random random = new Random(5);
    for (int i = 0; i < 2_000; i++) {
      byte[] text = new byte[200];
      random.nextBytes(text);
      dump.record(Tags.UTF8, body -> body.id(random.nextLong()).raw(text));
    }
    HeapDumpPass pass =
        new HeapDumpPass(
            Content.REDACTED, new PassLimits(100_000, 1024, 1 << 20, 200), Passing::thread);
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    assertThatThrownBy(
            () -> pass.run(Passing.in(dump.bytes(), 5000), Passing.in(new byte[0], 1), out))
        .hasMessageContaining("100000 bytes")
        .hasMessageContaining("heap.content=full");
    assertThat(out.size()).isZero();
  }

  @Test
  void run_secretsInEveryPlace_areRemoved() throws Exception {
    byte[] out = Passing.singleStream(Content.REDACTED, ShopDump.oneStream(8));

    String latin = new String(out, StandardCharsets.ISO_8859_1);
    assertThat(latin).doesNotContain("s3cret").contains("app/Shop");
  }
}

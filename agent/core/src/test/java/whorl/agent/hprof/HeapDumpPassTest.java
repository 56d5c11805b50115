package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
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

package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.agent.hprof.format.Tags;

/** Records come in the order that readers of dumps need. */
class HeapDumpOrderTest {
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
}

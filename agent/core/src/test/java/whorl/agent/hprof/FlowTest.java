package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Passes from two pipes that one thread writes, as HotSpot does. */
@Timeout(60)
class FlowTest {
  private final TestPipe main = new TestPipe(64 << 10);
  private final TestPipe segment = new TestPipe(64 << 10);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final AtomicReference<String> hotSpotEnd = new AtomicReference<>();

  @AfterEach
  void closePipes() throws IOException {
    main.in.close();
    segment.in.close();
  }

  /** Writes as HotSpot does, and records how the writing ended. */
  private void hotSpot(Writing writing) {
    Passing.thread(
            () -> {
              try {
                writing.run();
                hotSpotEnd.set("done");
              } catch (IOException e) {
                hotSpotEnd.set(e.getMessage());
              }
            })
        .start();
  }

  private interface Writing {
    void run() throws IOException;
  }

  @ParameterizedTest
  @CsvSource({"1,FULL", "1,REDACTED", "2,FULL", "2,REDACTED", "3,REDACTED", "4,REDACTED"})
  void run_muchOnBothStreamsInAnyOrder_neverBlocks(int seed, Content content) throws Exception {
    Random random = new Random(seed);
    byte[] contents = new byte[3_000];
    int rounds = 60;
    hotSpot(
        () -> {
          main.out.write(ShopDump.main(8).bytes());
          segment.out.write(Dump.part(8).segment(ShopDump::classDumps).bytes());
          for (int round = 0; round < rounds; round++) {
            int arrays = random.nextInt(100);
            Dump objects =
                Dump.part(8)
                    .segment(
                        part -> {
                          for (int i = 0; i <= arrays; i++) {
                            part.byteArray(0x3000 + i, contents);
                          }
                        });
            Dump stacks = Dump.part(8);
            int frames = random.nextInt(3) == 0 ? random.nextInt(8_000) : 3;
            for (int i = 0; i < frames; i++) {
              stacks.frame(0x10000 + i, 13, 14, 15, 3);
            }
            stacks.trace(1000 + round, 2000 + round, 0x10000, 0x10001);
            segment.out.write(objects.bytes());
            main.out.write(stacks.bytes());
          }
          main.out.write(Dump.part(8).end().bytes());
        });

    PassResult result = Passing.pass(content).run(main.in, segment.in, out);

    assertThat(result.twoStreams()).isTrue();
    List<String> lines = DumpText.of(out.toByteArray());
    assertThat(lines).endsWith("end");
    assertThat(lines.stream().filter(line -> line.startsWith("trace 1"))).hasSize(rounds + 1);
    assertThat(lines.stream().filter("segment"::equals)).hasSize(rounds + 1);
    assertThat(result.primitiveArrays())
        .isEqualTo(lines.stream().filter(line -> line.startsWith("primitives")).count());
  }

  @Test
  void run_oneStreamThroughAPipe_passes() throws Exception {
    hotSpot(() -> main.out.write(ShopDump.oneStream(8).bytes()));

    Passing.pass(Content.FULL).run(main.in, segment.in, out);

    assertThat(out.toByteArray()).isEqualTo(ShopDump.oneStream(8).bytes());
  }

  @Test
  void run_namesStayInHotSpotsBuffer_failsWithinTheTimeLimit() {
    hotSpot(
        () -> {
          main.out.write(ShopDump.symbols(Dump.withHead(8)).bytes());
          segment.out.write(Dump.part(8).segment(ShopDump::classDumps).bytes());
        });

    assertThatThrownBy(() -> Passing.pass(Content.FULL).run(main.in, segment.in, out))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no stack within 200 ms");
  }

  @Test
  void run_mainStreamFails_endsWhileTheSegmentWaits() {
    hotSpot(
        () -> {
          main.out.write(ShopDump.main(8).bytes());
          byte[] whole =
              Dump.part(8).segment(part -> ShopDump.objects(ShopDump.classDumps(part))).bytes();
          segment.out.write(whole, 0, whole.length - 3);
          main.out.write(Dump.part(8).record(0x77, body -> body.u4(1)).bytes());
        });

    assertThatThrownBy(() -> Passing.pass(Content.REDACTED).run(main.in, segment.in, out))
        .isInstanceOf(RefusedDumpException.class)
        .hasMessageContaining("0x77");
  }

  @Test
  void run_mainStreamClosedEarly_ends() {
    hotSpot(
        () -> {
          main.out.write(ShopDump.main(8).bytes());
          segment.out.write(Dump.part(8).segment(ShopDump::classDumps).bytes());
          main.out.close();
        });

    assertThatThrownBy(() -> Passing.pass(Content.FULL).run(main.in, segment.in, out))
        .isInstanceOf(RefusedDumpException.class)
        .hasMessageContaining("main stream ends");
  }

  @Test
  void run_lateRecordsWithoutEndWithinASegment_fails() {
    hotSpot(
        () -> {
          main.out.write(ShopDump.main(8).bytes());
          byte[] whole = Dump.part(8).segment(ShopDump::classDumps).bytes();
          segment.out.write(whole, 0, whole.length - 3);
          byte[] trace = Dump.part(8).trace(9, 9, 1, 2, 3, 4, 5).bytes();
          while (true) {
            main.out.write(trace);
          }
        });

    assertThatThrownBy(() -> Passing.pass(Content.FULL).run(main.in, segment.in, out))
        .isInstanceOf(RefusedDumpException.class)
        .hasMessageContaining("segment stream stops");
  }

  @Test
  void run_outputFails_failsAndHotSpotEndsWhenTheCallerCloses() throws Exception {
    hotSpot(
        () -> {
          main.out.write(ShopDump.main(8).bytes());
          while (true) {
            segment.out.write(Dump.part(8).segment(part -> part.byteArray(1, new byte[9])).bytes());
          }
        });

    assertThatThrownBy(
            () -> Passing.pass(Content.FULL).run(main.in, segment.in, Passing.failingAfter(5_000)))
        .hasMessage("collector gone");

    closePipes();
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(hotSpotEnd).hasValue("Broken pipe"));
  }

  @Test
  void run_interrupted_endsWithoutWaiting() throws Exception {
    hotSpot(
        () -> {
          main.out.write(ShopDump.main(8).bytes());
          segment.out.write(Dump.part(8).segment(ShopDump::classDumps).bytes());
        });
    AtomicReference<Throwable> ended = new AtomicReference<>();
    HeapDumpPass pass = Passing.pass(Content.FULL);
    Thread running =
        Passing.thread(() -> runInto(ended::set, () -> pass.run(main.in, segment.in, out)));
    running.start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> pass.bytesIn() > ShopDump.main(8).size());

    running.interrupt();

    running.join(5_000);
    assertThat(ended.get()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void run_mainReaderWaitsForRoom_endsWithTheRun() throws Exception {
    AtomicReference<Thread> reader = new AtomicReference<>();
    HeapDumpPass pass =
        new HeapDumpPass(
            Content.FULL,
            Passing.LIMITS,
            work -> {
              Thread thread = Passing.thread(work);
              reader.set(thread);
              return thread;
            });
    hotSpot(
        () -> {
          main.out.write(ShopDump.main(8).bytes());
          byte[] trace = Dump.part(8).trace(9, 9, 1, 2, 3, 4, 5).bytes();
          while (true) {
            main.out.write(trace);
          }
        });

    assertThatThrownBy(() -> pass.run(main.in, segment.in, Passing.failingAfter(50_000)))
        .hasMessage("collector gone");

    closePipes();
    reader.get().join(5_000);
    assertThat(reader.get().isAlive()).isFalse();
  }

  private static void runInto(Consumer<Throwable> ended, Running running) {
    try {
      running.run();
    } catch (Exception e) {
      ended.accept(e);
    }
  }

  private interface Running {
    void run() throws Exception;
  }
}

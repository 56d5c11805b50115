package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.logging.Logger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Logs the throughput. The required one is far below the intended one, for machines under load. */
class ThroughputTest {
  private static final int SEGMENTS = 400;

  @ParameterizedTest
  @EnumSource(Content.class)
  void run_hundredsOfMegabytes_isFast(Content content) throws Exception {
    byte[] head = ShopDump.main(8).segment(ShopDump::classDumps).bytes();
    byte[] segment = Dump.part(8).segment(ThroughputTest::typical).bytes();
    byte[] end = Dump.part(8).end().bytes();

    pass(content, head, segment, 100, end);
    long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    PassResult result = pass(content, head, segment, SEGMENTS, end);
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;

    assertThat(result.instances()).isEqualTo(SEGMENTS * 10_000L);
    long megabytesPerSecond = result.bytesIn() * 1_000 / Math.max(nanos, 1);
    Logger.getLogger(ThroughputTest.class.getName())
        .info(content + ": " + megabytesPerSecond + " MB/s of one core");
    assertThat(megabytesPerSecond).isGreaterThan(100);
  }

  /** The content of most heaps: strings, their bytes, small objects, small arrays of references. */
  private static void typical(Dump part) {
    for (int i = 0; i < 5_000; i++) {
      part.byteArray(0x3000 + i, new byte[24])
          .instance(0x2001, ShopDump.STRING, values -> values.id(0x2000).u4(0x11223344).u1(1))
          .instance(0x2002, ShopDump.SHOP, values -> values.id(0x2001).u8(0x1122334455667788L))
          .objectArray(0x2004, ShopDump.OBJECT, 0x2001, 0, 0x2003);
    }
  }

  private static PassResult pass(
      Content content, byte[] head, byte[] segment, int segments, byte[] end) throws Exception {
    return Passing.pass(content)
        .run(
            new Repeated(head, segment, segments, end),
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream());
  }

  /** A dump that is generated while it is read. */
  private static final class Repeated extends InputStream {
    private final byte[] head;
    private final byte[] segment;
    private final int segments;
    private final byte[] end;
    private int part = -1;
    private int at;

    Repeated(byte[] head, byte[] segment, int segments, byte[] end) {
      this.head = head;
      this.segment = segment;
      this.segments = segments;
      this.end = end;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      byte[] from = part < 0 ? head : part < segments ? segment : end;
      if (at == from.length) {
        if (from == end) {
          return -1;
        }
        part++;
        at = 0;
        return read(bytes, offset, length);
      }
      int count = Math.min(length, from.length - at);
      System.arraycopy(from, at, bytes, offset, count);
      at += count;
      return count;
    }
  }
}

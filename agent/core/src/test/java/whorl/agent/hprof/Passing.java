package whorl.agent.hprof;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Passes dumps in memory, with reads of any size. */
final class Passing {
  static final PassLimits LIMITS = new PassLimits(8 << 20, 1024, 1 << 20, 200);

  private Passing() {}

  static HeapDumpPass pass(Content content) {
    return new HeapDumpPass(content, LIMITS, Passing::thread);
  }

  static byte[] singleStream(Content content, Dump dump) throws IOException, InterruptedException {
    return run(pass(content), dump.bytes(), new byte[0], Integer.MAX_VALUE);
  }

  static byte[] twoStreams(Content content, Dump main, Dump segment)
      throws IOException, InterruptedException {
    return run(pass(content), main.bytes(), segment.bytes(), Integer.MAX_VALUE);
  }

  /**
   * @param atOnce the most bytes that a read returns
   */
  static byte[] run(HeapDumpPass pass, byte[] main, byte[] segment, int atOnce)
      throws IOException, InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pass.run(in(main, atOnce), in(segment, atOnce), out);
    return out.toByteArray();
  }

  static InputStream in(byte[] bytes, int atOnce) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] into, int offset, int length) {
        return super.read(into, offset, Math.min(length, atOnce));
      }
    };
  }

  /** The output that was written before the pass was refused. */
  static byte[] written(HeapDumpPass pass, byte[] main, byte[] segment) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      pass.run(in(main, 7), in(segment, 7), out);
    } catch (IOException e) {
      return out.toByteArray();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("was not refused");
  }

  static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "test-main-reader");
    thread.setDaemon(true);
    return thread;
  }

  /** An output that fails after this many bytes. */
  static OutputStream failingAfter(int bytes) {
    return new OutputStream() {
      private int left = bytes;

      @Override
      public void write(int value) throws IOException {
        if (left-- <= 0) {
          throw new IOException("collector gone");
        }
      }
    };
  }
}

package whorl.agent.hprof;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A pipe like the kernel's: bounded, with a writer that waits, and a reader that may close. */
final class TestPipe {
  private final byte[] ring;
  private long written;
  private long read;
  private boolean writerGone;
  private boolean readerGone;

  TestPipe(int bytes) {
    this.ring = new byte[bytes];
  }

  final InputStream in =
      new InputStream() {
        @Override
        public int read() throws IOException {
          byte[] buffer = new byte[1];
          return read(buffer, 0, 1) < 0 ? -1 : buffer[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          synchronized (TestPipe.this) {
            while (read == written && !writerGone && !readerGone) {
              await();
            }
            if (read == written || readerGone) {
              return -1;
            }
            int count = (int) Math.min(length, written - read);
            for (int i = 0; i < count; i++) {
              bytes[offset + i] = ring[(int) (read++ % ring.length)];
            }
            TestPipe.this.notifyAll();
            return count;
          }
        }

        @Override
        public int available() {
          synchronized (TestPipe.this) {
            return (int) (written - read);
          }
        }

        @Override
        public void close() {
          synchronized (TestPipe.this) {
            readerGone = true;
            TestPipe.this.notifyAll();
          }
        }
      };

  final OutputStream out =
      new OutputStream() {
        @Override
        public void write(int value) throws IOException {
          write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          synchronized (TestPipe.this) {
            for (int i = 0; i < length; i++) {
              while (written - read == ring.length && !readerGone) {
                await();
              }
              if (readerGone) {
                throw new IOException("Broken pipe");
              }
              ring[(int) (written++ % ring.length)] = bytes[offset + i];
              if (written - read == ring.length || i == length - 1) {
                TestPipe.this.notifyAll();
              }
            }
          }
        }

        @Override
        public void close() {
          synchronized (TestPipe.this) {
            writerGone = true;
            TestPipe.this.notifyAll();
          }
        }
      };

  private void await() throws IOException {
    try {
      wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}

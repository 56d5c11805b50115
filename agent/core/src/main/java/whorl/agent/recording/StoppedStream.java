package whorl.agent.recording;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The contents of a stopped recording, for one thread. JFR keeps the files of its chunks until its
 * stream has read them, also if the stream is closed before: after a copy that fails, they would
 * stay until the JVM ends and fill the disk. So closing reads what is left.
 *
 * @see <a
 *     href="https://github.com/openjdk/jdk/blob/master/src/jdk.jfr/share/classes/jdk/jfr/internal/ChunkInputStream.java">ChunkInputStream</a>
 */
final class StoppedStream extends FilterInputStream {
  private static final int BLOCK_BYTES = 8 << 10;

  /**
   * Made beforehand, because the copy may fail for lack of memory. Nobody uses what is read into it,
   * so all streams share it.
   */
  private static final byte[] UNUSED = new byte[BLOCK_BYTES];

  StoppedStream(InputStream contents) {
    super(contents);
  }

  @Override
  public void close() throws IOException {
    // A file that an interrupted thread reads is closed.
    boolean interrupted = Thread.interrupted();
    try {
      while (in.read(UNUSED) >= 0) {
        continue;
      }
    } finally {
      in.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

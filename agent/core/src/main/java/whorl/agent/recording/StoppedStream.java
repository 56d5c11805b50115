package whorl.agent.recording;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The contents of a stopped recording, for one thread. JFR keeps the files of its chunks until its
 * stream has come past them. In newer JDKs, closing the stream lets go of one chunk alone: after a
 * copy that fails, the files of the others would stay until the JVM ends and fill the disk. So this
 * goes on to the next chunk and closes again, as often as there are chunks.
 *
 * @see <a
 *     href="https://github.com/openjdk/jdk/blob/master/src/jdk.jfr/share/classes/jdk/jfr/internal/ChunkInputStream.java">ChunkInputStream</a>
 */
final class StoppedStream extends FilterInputStream {
  /** More than a recording has. */
  private static final int CHUNKS_MAX = 10_000;

  StoppedStream(InputStream contents) {
    super(contents);
  }

  @Override
  public void close() throws IOException {
    for (int left = CHUNKS_MAX; left > 0; left--) {
      in.close();
      if (isAtEnd()) {
        return;
      }
    }
  }

  /** Opens the next chunk, if there is one. */
  private boolean isAtEnd() {
    try {
      return in.read() < 0;
    } catch (IOException unreadable) {
      return false; // as if somebody deleted its file; it is closed like any other
    }
  }
}

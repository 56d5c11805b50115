package whorl.agent.ship;

import java.io.Closeable;
import java.io.IOException;

/** The bytes of one artifact in the spool. For one thread. */
interface ArtifactReader extends Closeable {
  /**
   * Reads from {@code position} until {@code length} bytes are there.
   *
   * @throws IOException when the artifact ends before that
   */
  void read(long position, byte[] into, int length) throws IOException;

  @Override
  void close() throws IOException;
}

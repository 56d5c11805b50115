package whorl.agent.ship.spool;

import java.io.Closeable;
import java.io.IOException;

/** Reads one artifact in the spool. Used by one thread. */
public interface ArtifactReader extends Closeable {
  /**
   * Reads exactly {@code length} bytes from {@code position}.
   *
   * @throws IOException if the artifact ends before that
   */
  void read(long position, byte[] into, int length) throws IOException;

  @Override
  void close() throws IOException;
}

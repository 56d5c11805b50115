package whorl.collector.timeline.read.rows;

import java.io.Closeable;
import java.io.IOException;

/** Reads one part of the input; used by one thread, from beginning to end. */
public interface ArtifactReader extends Closeable {
  /** The name of its artifact. */
  String artifact();

  /**
   * Adds rows until the block is full or the input ends.
   *
   * @return false if there are no more rows after these
   * @throws IOException only if indexing cannot continue, such as for lack of disk space; damaged
   *     input ends this part and is recorded in the {@link ArtifactOutcome}
   */
  boolean fill(RowBlock block) throws IOException;
}

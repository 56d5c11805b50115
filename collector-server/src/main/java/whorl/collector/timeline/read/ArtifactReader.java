package whorl.collector.timeline.read;

import java.io.Closeable;
import java.io.IOException;

/** A part of the input that one thread reads from its beginning to its end. */
public interface ArtifactReader extends Closeable {
  /** The name of the artifact it is of. */
  String artifact();

  /**
   * Adds rows until the block is full or the input is at its end.
   *
   * @return false when there are no more after these
   * @throws IOException only when nothing can go on, such as for want of disk; input that is
   *     damaged ends the portion, and its {@link ArtifactOutcome} says so
   */
  boolean fill(RowBlock block) throws IOException;
}

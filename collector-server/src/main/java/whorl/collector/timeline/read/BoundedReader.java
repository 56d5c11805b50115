package whorl.collector.timeline.read;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.ArtifactReader;
import whorl.collector.timeline.read.rows.RowBlock;

/**
 * Reads a part of an artifact until the rows of all its parts have so many bytes. A recording names
 * a text once and refers to it in each event, so a small one can have more rows than a disk holds.
 */
final class BoundedReader implements ArtifactReader {
  private final ArtifactReader reader;
  private final ArtifactOutcome artifactOutcome;
  private final long maxBytes;
  private final AtomicLong leftBytes;

  /**
   * @param maxBytes of the rows of all parts
   * @param leftBytes what is left of it; shared by the parts
   */
  BoundedReader(
      ArtifactReader reader, ArtifactOutcome artifactOutcome, long maxBytes, AtomicLong leftBytes) {
    this.reader = reader;
    this.artifactOutcome = artifactOutcome;
    this.maxBytes = maxBytes;
    this.leftBytes = leftBytes;
  }

  @Override
  public String artifact() {
    return reader.artifact();
  }

  @Override
  public boolean fill(RowBlock block) throws IOException {
    if (leftBytes.get() <= 0) {
      return false;
    }
    long before = block.bytes();
    boolean more = reader.fill(block);
    long used = block.bytes() - before;
    long left = leftBytes.addAndGet(-used);
    if (left <= 0 && left + used > 0) {
      artifactOutcome.problem(
          "its rows have more than " + (maxBytes >> 20) + " MiB; the rest of them is left out");
    }
    return more && left > 0;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}

package whorl.collector.timeline.read;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.disk.Lines;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.ArtifactReader;
import whorl.collector.timeline.read.rows.RowBlock;

/** Reads an artifact line by line; a line gives none, one or several rows. */
abstract class LineReader implements ArtifactReader {
  private static final int LINE_MAX_BYTES = 4 << 20;

  /** The maximum number of rows per line. */
  static final int ROWS_OF_LINE_MAX = 8;

  private final Path file;
  private final ArtifactOutcome artifactOutcome;
  private long nextOrdinal;
  private long unread;
  private long firstUnread;
  private @Nullable Lines lines;

  LineReader(Path file, ArtifactOutcome artifactOutcome, long firstOrdinal) {
    this.file = file;
    this.artifactOutcome = artifactOutcome;
    this.nextOrdinal = firstOrdinal;
  }

  /**
   * Adds the rows of one line.
   *
   * @param ordinal of its first row
   * @return the number of rows added
   * @throws IllegalArgumentException if the line is malformed
   */
  abstract int rows(String line, long ordinal, RowBlock block) throws IOException;

  @Override
  public final String artifact() {
    return artifactOutcome.artifact();
  }

  @Override
  public final boolean fill(RowBlock block) throws IOException {
    Lines open = lines;
    if (open == null) {
      open = new Lines(Files.newInputStream(file), LINE_MAX_BYTES);
      lines = open;
    }
    int before = block.size();
    boolean more = true;
    while (more && !block.full() && block.size() <= RowBlock.CAPACITY - ROWS_OF_LINE_MAX) {
      byte[] line = open.next();
      more = line != null;
      if (line != null && line.length > 0) {
        readLine(new String(line, StandardCharsets.UTF_8), open, block);
      }
    }
    artifactOutcome.rows(block.size() - before);
    return more;
  }

  @Override
  public final void close() throws IOException {
    if (lines != null) {
      lines.close();
    }
    if (unread > 0) {
      artifactOutcome.problem(
          unread + " lines can't be read, the first of them line " + firstUnread);
      unread = 0;
    }
  }

  final ArtifactOutcome outcome() {
    return artifactOutcome;
  }

  private void readLine(String line, Lines open, RowBlock block) throws IOException {
    try {
      if (open.cut()) {
        throw new IllegalArgumentException("too long");
      }
      nextOrdinal += rows(line, nextOrdinal, block);
      block.end();
    } catch (IllegalArgumentException unreadable) {
      block.abandon();
      unread++;
      firstUnread = firstUnread == 0 ? open.number() : firstUnread;
    }
  }
}

package whorl.collector.export.formats;

import java.io.IOException;
import java.io.OutputStream;
import whorl.collector.timeline.Row;

/** A row-by-row export format of timelines. Implementations are stateless. */
public interface RowFormat {
  String mediaType();

  /** The extension of the file's name, without a dot. */
  String ending();

  /**
   * Begins a file.
   *
   * @param stacks true if rows include stack traces
   */
  Sink begin(OutputStream out, boolean stacks) throws IOException;

  /** Writes the rows of one file, in order. */
  interface Sink {
    void row(Row row) throws IOException;
  }
}

package whorl.collector.export;

import java.io.IOException;
import java.io.OutputStream;
import whorl.collector.timeline.Row;

/** One form in which a timeline leaves, row by row. Implementations have no state. */
interface RowFormat {
  String mediaType();

  /** Of the file's name, without a dot. */
  String ending();

  /**
   * Begins a file.
   *
   * @param stacks whether rows carry stack traces
   */
  Sink begin(OutputStream out, boolean stacks) throws IOException;

  /** Takes the rows of one file, in order. */
  interface Sink {
    void row(Row row) throws IOException;
  }
}

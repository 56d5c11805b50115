package whorl.collector.cli.timeline;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import whorl.collector.export.formats.ResultFormat;

/** Who answers a question in SQL. */
interface QuerySource {
  /**
   * Writes the result.
   *
   * @param limit of rows; null for the usual one
   * @throws IOException if {@code out} fails; every other failure is a {@link
   *     whorl.collector.cli.terminal.CliException}
   */
  void write(ResultFormat format, @Nullable Integer limit, OutputStream out) throws IOException;
}

package whorl.collector.timeline.write;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBReadableVector;
import org.duckdb.DuckDBScalarFunction;
import org.duckdb.DuckDBWritableVector;
import whorl.collector.timeline.words.WordWriter;

/**
 * {@code whorl_row_words(text, link)} and {@code whorl_stack_words} add a text to the word index
 * and return the number of its block. Rows must come in the order in which they are written. The
 * link may be null.
 */
final class WordFunction implements DuckDBScalarFunction {
  private final WordWriter words;

  WordFunction(WordWriter words) {
    this.words = words;
  }

  static void register(DuckDBConnection base, String name, WordWriter words) throws SQLException {
    DuckDBFunctions.scalarFunction()
        .withName(name)
        .withParameters(DuckDBColumnType.VARCHAR, DuckDBColumnType.BIGINT)
        .withReturnType(DuckDBColumnType.BIGINT)
        .withVectorizedFunction(new WordFunction(words))
        .withVolatile()
        .register(base);
  }

  @Override
  public void apply(DuckDBDataChunkReader in, DuckDBWritableVector out) throws IOException {
    DuckDBReadableVector texts = in.vector(0);
    DuckDBReadableVector links = in.vector(1);
    for (long row = 0; row < in.rowCount(); row++) {
      byte[] text = texts.getString(row).getBytes(StandardCharsets.UTF_8);
      long block = links.isNull(row) ? words.add(text) : words.add(text, links.getLong(row));
      out.setLong(row, block);
    }
  }
}

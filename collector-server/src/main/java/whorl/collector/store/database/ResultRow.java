package whorl.collector.store.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The current row of a query's result. Columns are counted from 1. */
public final class ResultRow {
  private final ResultSet row;
  private final UnaryOperator<String> decoder;

  /**
   * @param decoder turns stored text into the text that was written
   */
  ResultRow(ResultSet row, UnaryOperator<String> decoder) {
    this.row = row;
    this.decoder = decoder;
  }

  /** The text; null if the column is. Callers of columns that are NOT NULL need no check. */
  @SuppressWarnings("NullAway") // as ResultSet: whether null is possible is the schema's matter
  public String getString(int column) throws SQLException {
    return decoded(row.getString(column));
  }

  /** As {@link #getString(int)}, by the column's name. */
  @SuppressWarnings("NullAway") // as ResultSet: whether null is possible is the schema's matter
  public String getString(String column) throws SQLException {
    return decoded(row.getString(column));
  }

  /** The number; 0 if the column is null. */
  public long getLong(int column) throws SQLException {
    return row.getLong(column);
  }

  /** As {@link #getLong(int)}, by the column's name. */
  public long getLong(String column) throws SQLException {
    return row.getLong(column);
  }

  /** The number; 0 if the column is null. */
  public int getInt(int column) throws SQLException {
    return row.getInt(column);
  }

  /** As {@link #getInt(int)}, by the column's name. */
  public int getInt(String column) throws SQLException {
    return row.getInt(column);
  }

  /** The bytes; null if the column is. Callers of columns that are NOT NULL need no check. */
  @SuppressWarnings("NullAway") // as ResultSet: whether null is possible is the schema's matter
  public byte[] getBytes(int column) throws SQLException {
    return row.getBytes(column);
  }

  /** True if the last column that was read is null. */
  public boolean wasNull() throws SQLException {
    return row.wasNull();
  }

  private @Nullable String decoded(@Nullable String stored) {
    return stored == null ? null : decoder.apply(stored);
  }
}

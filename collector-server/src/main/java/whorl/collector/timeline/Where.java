package whorl.collector.timeline;

import java.util.Locale;

/**
 * A condition on one column. {@code contains} and {@code prefix} ignore case; {@code eq} and {@code
 * ne} do not.
 */
public record Where(Column column, Op op, String value) {
  /**
   * @throws IllegalArgumentException if {@code op} is not supported for {@code column}
   */
  public Where {
    boolean text = column.kind() == Column.Kind.TEXT;
    if (!text && (op == Op.CONTAINS || op == Op.PREFIX)) {
      throw new IllegalArgumentException(
          column.columnName() + " is not a text column: use eq, ne, lt or gt");
    }
    if (text && (op == Op.LT || op == Op.GT)) {
      throw new IllegalArgumentException(
          column.columnName() + " is a text column: use eq, ne, contains or prefix");
    }
    if (column.kind() == Column.Kind.NUMBER) {
      Long.parseLong(value);
    } else if (column.kind() == Column.Kind.TIME) {
      throw new IllegalArgumentException("use from and to for times");
    }
  }

  /** How values are compared. */
  public enum Op {
    EQ,
    NE,
    CONTAINS,
    PREFIX,
    LT,
    GT;

    /** The lower-case word of the API. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}

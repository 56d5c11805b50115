package whorl.collector.timeline.read;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;

/**
 * Up to {@link #CAPACITY} rows, column by column: texts as UTF-8, numbers as {@code long}. A reader
 * begins a row, puts its values, and begins the next. For one thread.
 */
@SuppressWarnings("EnumOrdinal") // positions in arrays of this object alone, where each row passes
public final class RowBlock {
  public static final int CAPACITY = 2048;

  /** A longer text is cut here, with a mark. */
  public static final int TEXT_MAX_CHARS = 1 << 20;

  private static final long BYTES_MAX = 16L << 20;
  private static final int BARE_ROW_BYTES = 256;
  private static final int REMEMBERED_MAX = 8_192;
  private static final int REMEMBERED_MAX_CHARS = 128;
  private static final Column[] COLUMNS = Column.values();

  private final byte[][][] texts = new byte[COLUMNS.length][][];
  private final long[][] numbers = new long[COLUMNS.length][];
  private final boolean[][] present = new boolean[COLUMNS.length][];
  private final boolean[] used = new boolean[COLUMNS.length];
  private final long[] ordinals = new long[CAPACITY];
  private final long[] stacks = new long[CAPACITY];
  private final long[] rowBytes = new long[CAPACITY];

  /** What comes again and again is encoded once. */
  private final Map<String, byte[]> remembered = new HashMap<>();

  private int size;
  private long bytes;
  private boolean open;

  public RowBlock() {
    for (Column column : COLUMNS) {
      if (column.kind() == Column.Kind.TEXT) {
        texts[column.ordinal()] = new byte[CAPACITY][];
      } else {
        numbers[column.ordinal()] = new long[CAPACITY];
        present[column.ordinal()] = new boolean[CAPACITY];
      }
    }
  }

  public int size() {
    return size;
  }

  /** Whether no row should be begun: so many rows are there, or so many bytes. */
  boolean full() {
    return size == CAPACITY || bytes >= BYTES_MAX;
  }

  /** About what a row takes. */
  public long bytes(int row) {
    return rowBytes[row];
  }

  /** Forgets all rows. */
  public void clear() {
    for (Column column : COLUMNS) {
      if (used[column.ordinal()]) {
        used[column.ordinal()] = false;
        if (column.kind() == Column.Kind.TEXT) {
          Arrays.fill(texts[column.ordinal()], 0, size, null);
        } else {
          Arrays.fill(present[column.ordinal()], 0, size, false);
        }
      }
    }
    Arrays.fill(stacks, 0, size, 0);
    size = 0;
    bytes = 0;
    open = false;
  }

  /**
   * Begins a row; what is put from now on is its.
   *
   * @param epochNanos by the clock of whoever told it
   * @param ordinal the order among rows of one time; unlike any other's
   * @param ofAgent whether the time is by the agent's clock
   */
  void begin(long epochNanos, long ordinal, boolean ofAgent) {
    ordinals[size] = ordinal;
    rowBytes[size] = BARE_ROW_BYTES;
    bytes += BARE_ROW_BYTES;
    size++;
    open = true;
    put(Column.TIME, epochNanos);
    if (ofAgent) {
      put(Column.AGENT_TIME, epochNanos);
    }
  }

  /** Takes back the row begun last, if its reading was broken off; harmless where it was not. */
  void abandon() {
    if (open) {
      size--;
      for (Column column : COLUMNS) {
        if (column.kind() == Column.Kind.TEXT) {
          texts[column.ordinal()][size] = null;
        } else {
          present[column.ordinal()][size] = false;
        }
      }
      stacks[size] = 0;
      open = false;
    }
  }

  /** The row begun last is whole. */
  void end() {
    open = false;
  }

  /** A value of the row begun last; null is as if it had not been put. */
  void put(Column column, @Nullable String text) {
    if (text != null) {
      put(column, utf8(text));
    }
  }

  /** A value of the row begun last, in UTF-8. */
  void put(Column column, byte[] utf8) {
    byte[] encoded = utf8.length <= TEXT_MAX_CHARS ? utf8 : Utf8.cut(utf8, TEXT_MAX_CHARS);
    used[column.ordinal()] = true;
    texts[column.ordinal()][size - 1] = encoded;
    rowBytes[size - 1] += encoded.length;
    bytes += encoded.length;
  }

  /** A value of the row begun last. */
  void put(Column column, long number) {
    used[column.ordinal()] = true;
    numbers[column.ordinal()][size - 1] = number;
    present[column.ordinal()][size - 1] = true;
  }

  /** Whether the row begun last has a value there. */
  boolean has(Column column) {
    return column.kind() == Column.Kind.TEXT
        ? texts[column.ordinal()][size - 1] != null
        : present[column.ordinal()][size - 1];
  }

  /**
   * @param id of a stack that {@link StackFile} keeps; 0 for none
   */
  void stack(long id) {
    stacks[size - 1] = id;
  }

  /** Whether any row has a value in this column. */
  public boolean uses(Column column) {
    return used[column.ordinal()];
  }

  /** Encoded values, null where there is none; good until {@link #clear}, and as long as it. */
  public byte[][] texts(Column column) {
    byte[][] all = texts[column.ordinal()];
    return size == CAPACITY ? all : Arrays.copyOf(all, size);
  }

  public boolean present(Column column, int row) {
    return present[column.ordinal()][row];
  }

  public long number(Column column, int row) {
    return numbers[column.ordinal()][row];
  }

  public long ordinal(int row) {
    return ordinals[row];
  }

  public long stack(int row) {
    return stacks[row];
  }

  private byte[] utf8(String text) {
    if (text.length() > REMEMBERED_MAX_CHARS) {
      String cut = text.length() <= TEXT_MAX_CHARS ? text : text.substring(0, TEXT_MAX_CHARS) + "…";
      return cut.getBytes(StandardCharsets.UTF_8);
    }
    byte[] known = remembered.get(text);
    if (known == null) {
      known = text.getBytes(StandardCharsets.UTF_8);
      if (remembered.size() >= REMEMBERED_MAX) {
        remembered.clear();
      }
      remembered.put(text, known);
    }
    return known;
  }
}

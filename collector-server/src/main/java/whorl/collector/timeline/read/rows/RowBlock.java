package whorl.collector.timeline.read.rows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.evidence.Text;

/**
 * Up to {@link #CAPACITY} rows, column by column: texts as UTF-8, numbers as {@code long}. A reader
 * begins a row, puts its values, and ends it. For one thread.
 */
@SuppressWarnings("EnumOrdinal") // indexes of arrays that only this object uses, on the hot path
public final class RowBlock {
  public static final int CAPACITY = 2048;

  /** The limit of a text; a longer one is cut and marked. */
  public static final int TEXT_MAX_CHARS = 1 << 20;

  private static final long BYTES_MAX = 16L << 20;
  private static final int BARE_ROW_BYTES = 256;
  private static final int CACHED_MAX = 8_192;
  private static final int CACHED_MAX_CHARS = 128;
  private static final Column[] COLUMNS = Column.values();

  private final byte[][][] texts = new byte[COLUMNS.length][][];
  private final long[][] numbers = new long[COLUMNS.length][];
  private final boolean[][] present = new boolean[COLUMNS.length][];
  private final boolean[] used = new boolean[COLUMNS.length];
  private final long[] ordinals = new long[CAPACITY];
  private final long[] stacks = new long[CAPACITY];
  private final long[] rowBytes = new long[CAPACITY];

  /** Caches the encoding of frequent texts. */
  private final Map<String, byte[]> cached = new HashMap<>();

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

  /** True if no further row should begin: there are too many rows or bytes. */
  public boolean full() {
    return size == CAPACITY || bytes >= BYTES_MAX;
  }

  /** The approximate size of all rows. */
  public long bytes() {
    return bytes;
  }

  /** The approximate size of a row. */
  public long bytes(int row) {
    return rowBytes[row];
  }

  /** Removes all rows. */
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
   * Begins a row; later values belong to it.
   *
   * @param epochNanos by the clock of the event's source
   * @param ordinal orders rows with the same time; unique
   * @param ofAgent true if the time is by the agent's clock
   */
  public void begin(long epochNanos, long ordinal, boolean ofAgent) {
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

  /** Removes the last row if {@link #end} was not called for it. */
  public void abandon() {
    if (open) {
      size--;
      bytes -= rowBytes[size];
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

  /** Completes the last row. */
  public void end() {
    open = false;
  }

  /** Sets a value of the last row; null is ignored. */
  public void put(Column column, @Nullable String text) {
    if (text != null) {
      put(column, utf8(text));
    }
  }

  /** Sets a value of the last row, in UTF-8. */
  public void put(Column column, byte[] utf8) {
    byte[] encoded = utf8.length <= TEXT_MAX_CHARS ? utf8 : Utf8.cut(utf8, TEXT_MAX_CHARS);
    used[column.ordinal()] = true;
    texts[column.ordinal()][size - 1] = encoded;
    rowBytes[size - 1] += encoded.length;
    bytes += encoded.length;
  }

  /** Sets a value of the last row. */
  public void put(Column column, long number) {
    used[column.ordinal()] = true;
    numbers[column.ordinal()][size - 1] = number;
    present[column.ordinal()][size - 1] = true;
  }

  /**
   * @param id of a stack in {@link StackFile}; 0 for none
   */
  public void stack(long id) {
    stacks[size - 1] = id;
  }

  /** True if any row has a value in this column. */
  public boolean uses(Column column) {
    return used[column.ordinal()];
  }

  /** The encoded values, null if absent; one per row, valid until {@link #clear}. */
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
    if (text.length() > CACHED_MAX_CHARS) {
      String cut = Text.atMost(text, TEXT_MAX_CHARS + 1);
      return cut.getBytes(StandardCharsets.UTF_8);
    }
    byte[] known = cached.get(text);
    if (known == null) {
      known = text.getBytes(StandardCharsets.UTF_8);
      if (cached.size() >= CACHED_MAX) {
        cached.clear();
      }
      cached.put(text, known);
    }
    return known;
  }
}

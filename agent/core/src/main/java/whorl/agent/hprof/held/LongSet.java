package whorl.agent.hprof.held;

import java.io.IOException;

/** A set of identifiers other than 0, without boxing. */
public final class LongSet {
  private final HoldBudget budget;
  private long[] slots;
  private int size;

  public LongSet(HoldBudget budget) {
    this.budget = budget;
    this.slots = new long[16];
  }

  /**
   * Adds an identifier; true if it is new.
   *
   * @throws IOException if there is no memory for it
   */
  public boolean add(long id) throws IOException {
    if (id == 0) {
      return false;
    }
    if (size * 2 >= slots.length) {
      grow();
    }
    if (!put(slots, id)) {
      return false;
    }
    size++;
    return true;
  }

  /** True if this identifier was added; false for 0. */
  public boolean contains(long id) {
    long[] table = slots;
    int mask = table.length - 1;
    for (int i = slot(id, mask); ; i = (i + 1) & mask) {
      if (table[i] == id) {
        return id != 0;
      }
      if (table[i] == 0) {
        return false;
      }
    }
  }

  public int size() {
    return size;
  }

  /** Empties the set, and gives its memory back. */
  public void clear() {
    budget.giveBack((slots.length - 16) * 8L);
    slots = new long[16];
    size = 0;
  }

  private void grow() throws IOException {
    budget.take(slots.length * 8L);
    long[] larger = new long[slots.length * 2];
    for (long id : slots) {
      if (id != 0) {
        put(larger, id);
      }
    }
    slots = larger;
  }

  private static boolean put(long[] table, long id) {
    int mask = table.length - 1;
    int i = slot(id, mask);
    while (table[i] != 0) {
      if (table[i] == id) {
        return false;
      }
      i = (i + 1) & mask;
    }
    table[i] = id;
    return true;
  }

  /** Spreads identifiers, which are addresses with similar low bits. */
  public static int slot(long id, int mask) {
    return (int) (id * 0x9E37_79B9_7F4A_7C15L >>> 32) & mask;
  }
}

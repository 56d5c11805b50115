package whorl.collector.heap.graph;

import java.util.Arrays;

/** A map from longs to ints that are not negative, without boxes. For one thread. */
public final class LongIntMap {
  /** What {@link #get} returns for a key that is absent. */
  public static final int ABSENT = -1;

  private long[] keys = new long[1 << 10];
  private int[] values = filled(1 << 10);
  private int size;

  /** The value of the key, or {@link #ABSENT}. */
  public int get(long key) {
    return values[slot(key)];
  }

  /** Replaces the value of the key. */
  public void put(long key, int value) {
    if (value < 0) {
      throw new IllegalArgumentException("value < 0: " + value);
    }
    int slot = slot(key);
    if (values[slot] == ABSENT) {
      size++;
      keys[slot] = key;
    }
    values[slot] = value;
    if (size > keys.length / 2) {
      grow();
    }
  }

  public int size() {
    return size;
  }

  private int slot(long key) {
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 32) & (keys.length - 1);
    while (values[slot] != ABSENT && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    keys = new long[2 * oldKeys.length];
    values = filled(keys.length);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != ABSENT) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }

  private static int[] filled(int length) {
    int[] values = new int[length];
    Arrays.fill(values, ABSENT);
    return values;
  }
}

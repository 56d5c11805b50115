package whorl.collector.recording;

import java.util.concurrent.ThreadLocalRandom;

/**
 * A map from longs to positive ints without boxing; open addressing, at most two thirds full. The
 * hash depends on a secret, so that crafted keys cannot be made to collide.
 */
final class LongTable {
  private static final int INITIAL_SLOTS = 16;

  private final long secret = ThreadLocalRandom.current().nextLong();
  private long[] keys = new long[INITIAL_SLOTS];

  /** 0 marks a free slot. */
  private int[] values = new int[INITIAL_SLOTS];

  private int size;

  int size() {
    return size;
  }

  /** The number of slots. */
  int slots() {
    return keys.length;
  }

  /** The slot of a key's value, valid until the next {@link #put}; -1 if the key has none. */
  int slot(long key) {
    int mask = keys.length - 1;
    int slot = (int) mix(key) & mask;
    while (values[slot] != 0) {
      if (keys[slot] == key) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  int value(int slot) {
    return values[slot];
  }

  /** The key's value; 0 if it has none. */
  int get(long key) {
    int slot = slot(key);
    return slot < 0 ? 0 : values[slot];
  }

  /**
   * @param value greater than 0
   */
  void put(long key, int value) {
    if (size >= keys.length / 3 * 2) {
      grow();
    }
    set(key, value);
  }

  private void set(long key, int value) {
    int mask = keys.length - 1;
    int slot = (int) mix(key) & mask;
    while (values[slot] != 0) {
      if (keys[slot] == key) {
        values[slot] = value;
        return;
      }
      slot = (slot + 1) & mask;
    }
    keys[slot] = key;
    values[slot] = value;
    size++;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new int[oldKeys.length * 2];
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != 0) {
        set(oldKeys[i], oldValues[i]);
      }
    }
  }

  private long mix(long key) {
    long z = (key ^ secret) * 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L + secret;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}

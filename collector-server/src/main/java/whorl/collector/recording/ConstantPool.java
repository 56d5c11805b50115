package whorl.collector.recording;

import org.jspecify.annotations.Nullable;

/** The positions of one type's constants in a chunk, with a cache of their values. */
final class ConstantPool {
  private final LongTable places = new LongTable();
  private @Nullable Object @Nullable [] cached;
  private long @Nullable [] numbers;

  int size() {
    return places.size();
  }

  /**
   * If an id occurs more than once, the constant in the first checkpoint counts, and within that
   * checkpoint the last one: the JDK reads checkpoints from last to first.
   *
   * @param checkpoint where the checkpoint that contains the constant begins
   */
  void put(long id, int place, int checkpoint) {
    int before = places.get(id);
    if (before == 0 || before > checkpoint) {
      places.put(id, place);
    }
  }

  /** The constant's slot; -1 if there is no constant with this id. */
  int slot(long id) {
    return places.slot(id);
  }

  /** The position of the value. */
  int place(int slot) {
    return places.value(slot);
  }

  @Nullable Object cached(int slot) {
    return cached == null ? null : cached[slot];
  }

  void cache(int slot, Object value) {
    if (cached == null) {
      cached = new Object[places.slots()];
    }
    cached[slot] = value;
  }

  /** The number stored by {@link #number(int, long)}; 0 if there is none. */
  long number(int slot) {
    return numbers == null ? 0 : numbers[slot];
  }

  /** Stores a number; {@link #clearCache} does not remove it. */
  void number(int slot, long number) {
    if (numbers == null) {
      numbers = new long[places.slots()];
    }
    numbers[slot] = number;
  }

  void clearCache() {
    cached = null;
  }
}

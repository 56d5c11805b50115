package whorl.collector.recording;

import org.jspecify.annotations.Nullable;

/** Where the constants of one type are in a chunk, and what is remembered of them. */
final class ConstantPool {
  private final LongTable places = new LongTable();
  private @Nullable Object @Nullable [] remembered;
  private long @Nullable [] numbers;

  int size() {
    return places.size();
  }

  /**
   * Of one id's constants the one in the first checkpoint counts, and in it the last one: the JDK
   * reads checkpoints from the last to the first.
   *
   * @param checkpoint where the checkpoint begins that it is in
   */
  void put(long id, int place, int checkpoint) {
    int before = places.get(id);
    if (before == 0 || before > checkpoint) {
      places.put(id, place);
    }
  }

  /** The constant's slot; -1 where there is none of this id. */
  int slot(long id) {
    return places.slot(id);
  }

  /** Where the value is. */
  int place(int slot) {
    return places.value(slot);
  }

  @Nullable Object remembered(int slot) {
    return remembered == null ? null : remembered[slot];
  }

  void remember(int slot, Object value) {
    if (remembered == null) {
      remembered = new Object[places.slots()];
    }
    remembered[slot] = value;
  }

  /** What {@link #number(int, long)} was told; 0 where nothing was. */
  long number(int slot) {
    return numbers == null ? 0 : numbers[slot];
  }

  /** Remembers a number for good. */
  void number(int slot, long number) {
    if (numbers == null) {
      numbers = new long[places.slots()];
    }
    numbers[slot] = number;
  }

  void forget() {
    remembered = null;
  }
}

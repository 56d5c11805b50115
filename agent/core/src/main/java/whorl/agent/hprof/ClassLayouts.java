package whorl.agent.hprof;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import whorl.agent.hprof.held.HoldBudget;
import whorl.agent.hprof.held.LongSet;

/**
 * The fields that are zeroed within the contents of an instance, as ranges of bytes: an offset and
 * a length each, in rising order. HPROF writes the fields of the class itself first, in the order
 * of its CLASS_DUMP, then those of its super class, and so on.
 *
 * <p>A hash is removed because it reveals a short text: the hash of a {@code String}, or of a key,
 * which {@code HashMap.Node} and similar classes store next to the key. So each int and long counts
 * whose field's name contains "hash". Of {@link Content#STRUCTURE}, each primitive field counts.
 */
final class ClassLayouts {
  /** The memory per class: identifiers, sizes, references, the index. */
  private static final int CLASS_BYTES = 64;

  private static final int DEPTH_MAX = 1_000;
  private static final int[] NONE = {};

  private final HoldBudget budget;
  private long[] slots = new long[1024];
  private int[] indexes = new int[1024];
  private long[] superIds = new long[512];
  private int[] ownBytes = new int[512];
  private int[][] ownZeroed = new int[512][];
  private int[] @Nullable [] zeroed = new int[512][];
  private int[] bytes = new int[512];
  private int size;

  private long lastId;
  private int lastIndex = -1;

  ClassLayouts(HoldBudget budget) {
    this.budget = budget;
  }

  /**
   * @param fieldBytes of the class's own instance fields
   * @param zeroedRanges offset and length of each range among them, in rising order
   */
  void add(long id, long superId, int fieldBytes, int[] zeroedRanges) throws IOException {
    if (id == 0) {
      throw new RefusedDumpException("heap dump: a class with the identifier 0");
    }
    budget.take(CLASS_BYTES + zeroedRanges.length * 4L);
    if (size == superIds.length) {
      grow();
    }
    int slot = slot(slots, id);
    if (slots[slot] == id) {
      throw new RefusedDumpException("heap dump: class 0x" + Long.toHexString(id) + " comes twice");
    }
    slots[slot] = id;
    indexes[slot] = size;
    superIds[size] = superId;
    ownBytes[size] = fieldBytes;
    ownZeroed[size] = zeroedRanges.length == 0 ? NONE : zeroedRanges;
    size++;
  }

  /**
   * Offset and length of each range in the contents of an instance, in rising order; null if the
   * class is not known, or its instances have another length.
   */
  int @Nullable [] zeroed(long id, int length) throws IOException {
    int index = lastIndex;
    if (id != lastId || index < 0) {
      index = index(id);
      if (index < 0) {
        return null;
      }
      lastId = id;
      lastIndex = index;
    }
    int[] known = zeroed[index];
    if (known == null) {
      known = resolve(index);
    }
    return bytes[index] == length ? known : null;
  }

  /** True if this class is known and has a field of its own that is zeroed. */
  boolean hasZeroed(long id) {
    int index = index(id);
    return index >= 0 && ownZeroed[index].length > 0;
  }

  int size() {
    return size;
  }

  private int index(long id) {
    int slot = slot(slots, id);
    return id != 0 && slots[slot] == id ? indexes[slot] : -1;
  }

  private int[] resolve(int start) throws IOException {
    int total = 0;
    int[] all = NONE;
    int depth = 0;
    int index = start;
    while (true) {
      int[] own = ownZeroed[index];
      int known = all.length;
      all = Arrays.copyOf(all, known + own.length);
      for (int i = 0; i < own.length; i += 2) {
        all[known + i] = total + own[i];
        all[known + i + 1] = own[i + 1];
      }
      total += ownBytes[index];
      long superId = superIds[index];
      if (superId == 0) {
        break;
      }
      index = index(superId);
      if (index < 0 || ++depth > DEPTH_MAX || total < 0) {
        // matches no length, so that the instances are blanked whole
        total = -1;
        break;
      }
    }
    budget.take(all.length * 4L);
    zeroed[start] = all;
    bytes[start] = total;
    return all;
  }

  private void grow() {
    int capacity = size * 2;
    superIds = Arrays.copyOf(superIds, capacity);
    ownBytes = Arrays.copyOf(ownBytes, capacity);
    ownZeroed = Arrays.copyOf(ownZeroed, capacity);
    zeroed = Arrays.copyOf(zeroed, capacity);
    bytes = Arrays.copyOf(bytes, capacity);
    long[] largerSlots = new long[capacity * 2];
    int[] largerIndexes = new int[capacity * 2];
    for (int i = 0; i < slots.length; i++) {
      if (slots[i] != 0) {
        int slot = slot(largerSlots, slots[i]);
        largerSlots[slot] = slots[i];
        largerIndexes[slot] = indexes[i];
      }
    }
    slots = largerSlots;
    indexes = largerIndexes;
  }

  private static int slot(long[] table, long id) {
    int mask = table.length - 1;
    int slot = LongSet.slot(id, mask);
    while (table[slot] != 0 && table[slot] != id) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}

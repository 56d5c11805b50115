package whorl.collector.heap.dump;

import java.util.Arrays;
import java.util.List;
import whorl.collector.heap.graph.IntList;

/** Class, size and references of each object. For one thread. */
final class ReferenceTable {
  private static final int UNIT_BYTES = 8;
  private static final int NOT_SEEN = -1;

  private final int[] types;
  private final int[] units;
  private final int[] starts;
  private final int[] counts;
  private final IntList targets = new IntList();

  ReferenceTable(int objects) {
    types = new int[objects];
    Arrays.fill(types, NOT_SEEN);
    units = new int[objects];
    starts = new int[objects];
    counts = new int[objects];
  }

  /** False if it was there before: one object that is dumped twice counts once. */
  boolean begin(int object, int type, long bytes) {
    if (types[object] != NOT_SEEN) {
      return false;
    }
    types[object] = type;
    units[object] = (int) Math.min(Integer.MAX_VALUE, bytes / UNIT_BYTES);
    starts[object] = targets.size();
    return true;
  }

  /** Adds a reference of the object that was begun last. */
  void add(int object, int target) {
    targets.add(target);
    counts[object]++;
  }

  /** Adds references to any object. */
  void append(int object, List<Integer> more) {
    int from = starts[object];
    int start = targets.size();
    for (int i = 0; i < counts[object]; i++) {
      targets.add(targets.get(from + i));
    }
    more.forEach(targets::add);
    starts[object] = start;
    counts[object] += more.size();
  }

  int type(int object) {
    return Math.max(ClassTable.UNKNOWN, types[object]);
  }

  long bytes(int object) {
    return (long) units[object] * UNIT_BYTES;
  }

  int count(int object) {
    return counts[object];
  }

  int target(int object, int reference) {
    return targets.get(starts[object] + reference);
  }
}

package whorl.collector.heap.dump;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.DoubleConsumer;
import shark.HprofRecordTag;
import whorl.collector.heap.graph.IntList;
import whorl.collector.heap.graph.LongIntMap;

/**
 * How many strings have the same text, by a hash of 64 bits of the bytes of their arrays. Strings
 * that share one array count once, because they waste nothing. For one thread.
 */
public final class StringCounts {
  private static final int DISTINCT_MAX = 4_000_000;
  private static final long SEED = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  /**
   * Strings that are equal.
   *
   * @param array one of their arrays
   * @param bytes of one array
   */
  public record Equal(long hash, long count, int array, long bytes) {
    /** What all but one take. */
    public long wasted() {
      return (count - 1) * bytes;
    }
  }

  private final HeapDump dump;
  private final LongIntMap numbers = new LongIntMap();
  private final IntList arrays = new IntList();
  private int[] counts = new int[1 << 10];
  private long[] hashes = new long[1 << 10];
  private long counted;
  private long notCounted;

  StringCounts(HeapDump dump) {
    this.dump = dump;
  }

  void read(DumpFile file, DoubleConsumer progress) {
    file.read(
        EnumSet.of(HprofRecordTag.PRIMITIVE_ARRAY_DUMP),
        (tag, length, reader) -> {
          int object = dump.object(reader.readId());
          reader.skip(4);
          long bytes = FirstPass.length(reader.readInt());
          bytes *= FieldTypes.bytes(reader.readUnsignedByte());
          if (object < 0 || !dump.values().isText(object)) {
            reader.skip(bytes);
            return;
          }
          long hash = (SEED ^ (dump.values().isWide(object) ? 1 : 0)) * PRIME;
          for (long i = 0; i < bytes; i++) {
            hash = (hash ^ (reader.readByte() & 0xff)) * PRIME;
          }
          count(hash, object);
        },
        progress);
  }

  /** How many arrays of strings there are. */
  public long arrays() {
    return counted + notCounted;
  }

  /** How many texts differ. */
  public int distinct() {
    return numbers.size();
  }

  /** How many could not be counted, because too many differ. */
  public long notCounted() {
    return notCounted;
  }

  /** What would be free if each text were there once. */
  public long wasted() {
    long wasted = 0;
    for (int i = 0; i < arrays.size(); i++) {
      wasted += equal(i).wasted();
    }
    return wasted;
  }

  /** Those that waste most. */
  public List<Equal> biggest(int max) {
    Comparator<Equal> least =
        Comparator.comparingLong(Equal::wasted).thenComparingLong(Equal::hash);
    PriorityQueue<Equal> biggest = new PriorityQueue<>(least);
    for (int i = 0; i < arrays.size(); i++) {
      if (counts[i] > 1) {
        biggest.add(equal(i));
        if (biggest.size() > max) {
          biggest.poll();
        }
      }
    }
    List<Equal> sorted = new ArrayList<>(biggest);
    sorted.sort(least.reversed());
    return sorted;
  }

  private Equal equal(int number) {
    int array = arrays.get(number);
    return new Equal(hashes[number], counts[number], array, dump.bytes(array));
  }

  private void count(long hash, int array) {
    int number = numbers.get(hash);
    if (number == LongIntMap.ABSENT) {
      if (numbers.size() == DISTINCT_MAX) {
        notCounted++;
        return;
      }
      number = arrays.size();
      numbers.put(hash, number);
      arrays.add(array);
      if (number == counts.length) {
        counts = Arrays.copyOf(counts, 2 * number);
        hashes = Arrays.copyOf(hashes, 2 * number);
      }
      hashes[number] = hash;
    }
    counts[number]++;
    counted++;
  }
}

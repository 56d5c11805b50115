package whorl.collector.performance.series;

import java.util.Map;
import java.util.TreeMap;

/** The values of one measure by bucket. Not thread-safe. */
final class Track {
  private TreeMap<Long, Bucket> buckets = new TreeMap<>();

  /** What the values of one bucket amount to. */
  static final class Bucket {
    private long count;
    private double sum;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;

    private void add(double value) {
      count++;
      sum += value;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }

    private void add(Bucket other) {
      count += other.count;
      sum += other.sum;
      min = Math.min(min, other.min);
      max = Math.max(max, other.max);
    }

    long count() {
      return count;
    }

    double sum() {
      return sum;
    }

    double mean() {
      return sum / count;
    }

    double min() {
      return min;
    }

    double max() {
      return max;
    }
  }

  void add(long bucket, double value) {
    buckets.computeIfAbsent(bucket, number -> new Bucket()).add(value);
  }

  /** Merges buckets; called by the grid. */
  void widen(int factor) {
    TreeMap<Long, Bucket> wider = new TreeMap<>();
    buckets.forEach(
        (number, bucket) ->
            wider.computeIfAbsent(number / factor, merged -> new Bucket()).add(bucket));
    buckets = wider;
  }

  /** The buckets that have values, by number, in order. */
  Map<Long, Bucket> buckets() {
    return buckets;
  }
}

package whorl.collector.performance.series;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes series of the tracks of a grid. Values have four significant digits. */
final class SeriesOfTracks {
  private static final MathContext DIGITS = new MathContext(4);
  private static final double NANOS_PER_SECOND = 1e9;

  private final Grid grid;
  private final double bucketSeconds;

  SeriesOfTracks(Grid grid) {
    this.grid = grid;
    this.bucketSeconds = grid.widthNanos() / NANOS_PER_SECOND;
  }

  /**
   * @param tracks that are added up; not empty
   * @return null if nothing can be said, as of a counter that was read once
   */
  @Nullable Series of(Measure measure, Collection<Track> tracks) {
    Series sum = null;
    for (Track track : tracks) {
      Series one =
          switch (measure.kind()) {
            case LEVEL -> level(measure, track);
            case AMOUNT, SHARE -> amount(measure, track);
            case COUNTER -> counter(measure, track);
          };
      sum = sum == null || one == null ? (sum == null ? one : sum) : added(sum, one);
    }
    return sum;
  }

  private Series level(Measure measure, Track track) {
    List<@Nullable Double> values = empty();
    List<@Nullable Double> low = empty();
    List<@Nullable Double> high = empty();
    boolean single = true;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    long count = 0;
    for (Map.Entry<Long, Track.Bucket> each : track.buckets().entrySet()) {
      int at = (int) (each.getKey() - grid.first());
      Track.Bucket bucket = each.getValue();
      values.set(at, rounded(bucket.mean()));
      low.set(at, rounded(bucket.min()));
      high.set(at, rounded(bucket.max()));
      single &= bucket.min() == bucket.max();
      min = Math.min(min, bucket.min());
      max = Math.max(max, bucket.max());
      sum += bucket.sum();
      count += bucket.count();
    }
    return new Series(
        measure.series(),
        measure.unit(),
        rounded(min),
        rounded(sum / count),
        rounded(max),
        null,
        values,
        single ? List.of() : low,
        single ? List.of() : high);
  }

  private Series amount(Measure measure, Track track) {
    List<@Nullable Double> values = new ArrayList<>(Collections.nCopies(grid.size(), 0.0));
    double total = 0;
    for (Map.Entry<Long, Track.Bucket> each : track.buckets().entrySet()) {
      double sum = each.getValue().sum();
      total += sum;
      values.set((int) (each.getKey() - grid.first()), rounded(sum / bucketSeconds));
    }
    return whole(measure.series(), measure.unit(), values, total);
  }

  /** By how much it grew from one reading to the next, evenly over the time between them. */
  private @Nullable Series counter(Measure measure, Track track) {
    List<@Nullable Double> values = empty();
    double total = 0;
    boolean grew = false;
    long before = 0;
    double countBefore = Double.NaN;
    for (Map.Entry<Long, Track.Bucket> each : track.buckets().entrySet()) {
      double growth = each.getValue().max() - countBefore;
      if (growth >= 0) { // neither the first reading, nor that of another JVM
        double rate = rounded(growth / ((each.getKey() - before) * bucketSeconds));
        for (long at = before + 1; at <= each.getKey(); at++) {
          values.set((int) (at - grid.first()), rate);
        }
        total += growth;
        grew = true;
      }
      before = each.getKey();
      countBefore = each.getValue().max();
    }
    return grew ? whole(measure.series(), measure.unit(), values, total) : null;
  }

  private static Series whole(
      String name, String unit, List<@Nullable Double> values, @Nullable Double total) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    int count = 0;
    for (Double value : values) {
      if (value != null) {
        min = Math.min(min, value);
        max = Math.max(max, value);
        sum += value;
        count++;
      }
    }
    return new Series(
        name,
        unit,
        rounded(min),
        rounded(sum / count),
        rounded(max),
        total == null ? null : rounded(total),
        values,
        List.of(),
        List.of());
  }

  private static Series added(Series one, Series other) {
    List<@Nullable Double> values = new ArrayList<>(one.values());
    for (int i = 0; i < values.size(); i++) {
      Double left = values.get(i);
      Double right = other.values().get(i);
      if (right != null) {
        values.set(i, left == null ? right : Double.valueOf(rounded(left + right)));
      }
    }
    Double total = one.total();
    Double more = other.total();
    return whole(
        one.name(), one.unit(), values, total == null || more == null ? null : total + more);
  }

  private List<@Nullable Double> empty() {
    return new ArrayList<>(Collections.<@Nullable Double>nCopies(grid.size(), null));
  }

  private static double rounded(double value) {
    return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : 0;
  }
}

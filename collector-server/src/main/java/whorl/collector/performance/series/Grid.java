package whorl.collector.performance.series;

import java.util.ArrayList;
import java.util.List;

/**
 * Buckets of equal width that cover all times seen so far. There are never more than {@link
 * #BUCKETS_MAX}: when a time is too far away, the buckets become wider, and those of all tracks are
 * merged. Not thread-safe.
 */
final class Grid {
  static final int BUCKETS_MAX = 1_000;

  private static final long NARROWEST_NANOS = 100_000_000L;

  private final List<Track> tracks = new ArrayList<>();
  private long widthNanos = NARROWEST_NANOS;
  private boolean doubleNext = true;
  private boolean empty = true;
  private long first;
  private long last;

  /** Makes a track whose buckets are merged when they become wider. */
  Track track() {
    Track track = new Track();
    tracks.add(track);
    return track;
  }

  /**
   * The number of the bucket of a time.
   *
   * @param nanos since 1970; not negative
   */
  long bucket(long nanos) {
    include(nanos);
    return nanos / widthNanos;
  }

  /** Makes the buckets cover both times; returns their width in nanoseconds. */
  long cover(long from, long to) {
    include(from);
    include(to);
    return widthNanos;
  }

  private void include(long nanos) {
    long bucket = nanos / widthNanos;
    first = empty ? bucket : Math.min(first, bucket);
    last = empty ? bucket : Math.max(last, bucket);
    empty = false;
    while (last - first >= BUCKETS_MAX) {
      widen();
    }
  }

  /** 100 ms, 200 ms, 1 s, 2 s, 10 s and so on. */
  private void widen() {
    int factor = doubleNext ? 2 : 5;
    doubleNext = !doubleNext;
    widthNanos *= factor;
    first /= factor;
    last /= factor;
    tracks.forEach(track -> track.widen(factor));
  }

  boolean isEmpty() {
    return empty;
  }

  long widthNanos() {
    return widthNanos;
  }

  /** The number of the first bucket. */
  long first() {
    return first;
  }

  /** The number of buckets; 0 if there are none. */
  int size() {
    return empty ? 0 : (int) (last - first + 1);
  }
}

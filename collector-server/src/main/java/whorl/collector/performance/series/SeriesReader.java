package whorl.collector.performance.series;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import whorl.collector.recording.Chunk;
import whorl.collector.recording.Cursor;
import whorl.collector.recording.DamagedRecordingException;
import whorl.collector.recording.Type;
import whorl.collector.timeline.read.recording.RecordingChunk;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.EpochNanos;
import whorl.evidence.Text;

/**
 * Reads series from chunks of recordings. An event counts when it ends. Damage costs only the rest
 * of its chunk, and events whose time is far from that of their chunk are left out, because one of
 * them would make all buckets too wide to show anything. Not thread-safe.
 */
final class SeriesReader {
  private static final long BEFORE_CHUNK_MAX_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long AFTER_CHUNK_MAX_NANOS = TimeUnit.DAYS.toNanos(1);
  private static final int PARTS_MAX = 16;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double SHARE_MAX_SECONDS = 3_600;

  private final long offsetNanos;
  private final Grid grid = new Grid();
  private final Map<Measure, Map<String, Track>> tracks = new HashMap<>();
  private final EventValues values = new EventValues();
  private long outside;

  /**
   * @param offsetNanos is added to all times
   */
  SeriesReader(long offsetNanos) {
    this.offsetNanos = offsetNanos;
  }

  /** The measures of one type of a chunk. */
  private record Plan(List<Measure> measures, Set<String> fields) {
    static final Plan NONE = new Plan(List.of(), Set.of());

    static Plan of(Type type) {
      List<Measure> measures =
          Measures.ALL.stream().filter(each -> each.event().equals(type.name())).toList();
      return measures.isEmpty() ? NONE : new Plan(measures, Measures.fields(measures));
    }
  }

  /** Reads a chunk as far as possible; what could not be read becomes a problem. */
  void read(RecordingChunk location, ArtifactOutcome outcome) throws IOException {
    if (location.size() > Integer.MAX_VALUE) {
      outcome.problem("chunk " + location.number() + " is too long to be read");
      return;
    }
    long unread = 0;
    try {
      Chunk chunk = Chunk.of(location.map(), frames -> 0);
      unread = read(chunk);
      if (chunk.damage() != null) {
        outcome.problem("chunk " + location.number() + " is damaged: " + chunk.damage());
      }
    } catch (DamagedRecordingException | RuntimeException damaged) {
      outcome.problem("chunk " + location.number() + " can't be read: " + damaged.getMessage());
    }
    if (unread > 0) {
      outcome.problem(
          Text.counted(unread, "event") + " of chunk " + location.number() + " can't be read");
    }
  }

  /** Returns the number of events that could not be read. */
  private long read(Chunk chunk) throws IOException {
    Cursor cursor = chunk.events();
    @Nullable Plan[] plans = new Plan[chunk.types()];
    long unread = 0;
    while (true) {
      try {
        Type type = cursor.next();
        if (type == null) {
          return unread;
        }
        Plan plan = plans[type.number()];
        if (plan == null) {
          plan = Plan.of(type);
          plans[type.number()] = plan;
        }
        if (plan != Plan.NONE) {
          event(cursor, type, plan, chunk.startNanos());
        }
      } catch (DamagedRecordingException | RuntimeException damaged) {
        unread++;
      }
    }
  }

  private void event(Cursor cursor, Type type, Plan plan, long chunkNanos)
      throws DamagedRecordingException {
    long end = EpochNanos.of(cursor.startNanos() + cursor.durationNanos());
    long time = end == EpochNanos.NONE ? end : EpochNanos.of(end + offsetNanos);
    if (time == EpochNanos.NONE
        || end < chunkNanos - BEFORE_CHUNK_MAX_NANOS
        || end > chunkNanos + AFTER_CHUNK_MAX_NANOS) {
      outside++;
      return;
    }
    values.read(cursor, type, plan.fields());
    for (Measure measure : plan.measures()) {
      double value = measure.value().of(values);
      Track track = Double.isFinite(value) ? track(measure) : null;
      if (track != null && measure.kind() == Measure.Kind.SHARE) {
        spread(track, Math.max(time - nanos(value), chunkNanos + offsetNanos), time);
      } else if (track != null) {
        track.add(grid.bucket(time), value);
      }
    }
  }

  private static long nanos(double seconds) {
    return (long) (Math.min(seconds, SHARE_MAX_SECONDS) * NANOS_PER_SECOND);
  }

  /** Adds the seconds from one time to another to the buckets in which they are. */
  private void spread(Track track, long from, long to) {
    long begin = Math.max(0, Math.min(from, to));
    long width = grid.cover(begin, to);
    for (long bucket = begin / width; bucket <= to / width; bucket++) {
      long nanos = Math.min(to, (bucket + 1) * width) - Math.max(begin, bucket * width);
      track.add(bucket, Math.max(0, nanos) / NANOS_PER_SECOND);
    }
  }

  private @Nullable Track track(Measure measure) {
    String by = measure.by();
    Map<String, Track> parts = tracks.computeIfAbsent(measure, each -> new LinkedHashMap<>());
    String part = by == null ? "" : values.text(by);
    Track track = parts.get(part);
    if (track == null && parts.size() < PARTS_MAX) {
      track = grid.track();
      parts.put(part, track);
    }
    return track;
  }

  /** What was read, without the series. */
  RecordingSeries summary(
      @Nullable Long clockOffsetMillis, List<String> recordings, List<String> problems) {
    List<String> all = new ArrayList<>(problems);
    if (outside > 0) {
      all.add(outside + " events have times that can't be, and are left out");
    }
    return new RecordingSeries(
        grid.isEmpty()
            ? null
            : Instant.ofEpochMilli(TimeUnit.NANOSECONDS.toMillis(grid.first() * grid.widthNanos())),
        grid.isEmpty() ? 0 : TimeUnit.NANOSECONDS.toMillis(grid.widthNanos()),
        grid.size(),
        clockOffsetMillis,
        recordings,
        all,
        List.of());
  }

  /** The series that have values, in the order of {@link Measures#ALL}. */
  List<Series> series() {
    SeriesOfTracks maker = new SeriesOfTracks(grid);
    List<Series> series = new ArrayList<>();
    for (Measure measure : Measures.ALL) {
      Map<String, Track> parts = tracks.get(measure);
      Series one = parts == null || parts.isEmpty() ? null : maker.of(measure, parts.values());
      if (one != null) {
        series.add(one);
      }
    }
    return series;
  }
}

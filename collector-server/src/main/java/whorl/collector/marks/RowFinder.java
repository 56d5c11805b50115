package whorl.collector.marks;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.marks.MarkedRow;
import whorl.collector.store.marks.RowMark;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.RowChoice;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * Finds the rows of marks. A mark names its row by number and by {@link RowIdentity}. If the row of
 * that number is another one, because the evidence was indexed anew, the row is looked for by the
 * time of its source; if there is none, the mark has no row, and is never given to another. However
 * many rows there are of one time, no more is kept of them than marks ask for.
 */
final class RowFinder {
  private static final int MESSAGE_CHARS = 500;

  private final Timeline timeline;

  RowFinder(Timeline timeline) {
    this.timeline = timeline;
  }

  /** A row to be marked; null if the timeline has no such row. */
  @Nullable MarkedRow row(Id evidence, long number) throws IOException {
    List<Row> found = new ArrayList<>();
    each(evidence, RowChoice.By.NUMBER, List.of(number), found::add);
    if (found.isEmpty()) {
      return null;
    }
    Row row = found.get(0);
    String identity = RowIdentity.of(row);
    long nanos = RowChoice.sourceNanos(row);
    AtomicInteger ordinal = new AtomicInteger();
    each(
        evidence,
        RowChoice.By.SOURCE_TIME,
        List.of(nanos),
        other -> {
          if (other.number() < number && RowIdentity.of(other).equals(identity)) {
            ordinal.incrementAndGet();
          }
        });
    String message = row.text(Column.MESSAGE);
    Instant time = row.time();
    return new MarkedRow(
        identity,
        ordinal.get(),
        number,
        nanos,
        time,
        row.action(),
        message == null ? "" : cut(message));
  }

  /** The number of each mark's row, by the mark; marks whose row is gone are left out. */
  Map<Long, Long> rows(Id evidence, List<RowMark.Key> keys) throws IOException {
    Map<Long, String> identities = new HashMap<>();
    each(
        evidence,
        RowChoice.By.NUMBER,
        keys.stream().map(RowMark.Key::number).toList(),
        row -> identities.put(row.number(), RowIdentity.of(row)));
    Set<String> moved = new HashSet<>();
    for (RowMark.Key key : keys) {
      if (!key.identity().equals(identities.get(key.number()))) {
        moved.add(key.identity()); // and all that are equal to it
      }
    }
    Map<Long, Long> found = new HashMap<>();
    for (RowMark.Key key : keys) {
      if (!moved.contains(key.identity())) {
        found.put(key.seq(), key.number());
      }
    }
    if (!moved.isEmpty()) {
      find(evidence, keys.stream().filter(key -> moved.contains(key.identity())).toList(), found);
    }
    return found;
  }

  private void find(Id evidence, List<RowMark.Key> keys, Map<Long, Long> found) throws IOException {
    Map<String, Integer> seen = new HashMap<>();
    Map<Place, Long> numbers = new HashMap<>();
    Set<Place> wanted = new HashSet<>();
    for (RowMark.Key key : keys) {
      seen.put(key.identity(), 0);
      wanted.add(new Place(key.identity(), key.ordinal()));
    }
    each(
        evidence,
        RowChoice.By.SOURCE_TIME,
        keys.stream().map(RowMark.Key::sourceNanos).toList(),
        row -> {
          String identity = RowIdentity.of(row);
          Integer count = seen.computeIfPresent(identity, (same, before) -> before + 1);
          if (count != null) {
            Place place = new Place(identity, count - 1);
            if (wanted.contains(place)) {
              numbers.put(place, row.number());
            }
          }
        });
    for (RowMark.Key key : keys) {
      Long number = numbers.get(new Place(key.identity(), key.ordinal()));
      if (number != null) {
        found.put(key.seq(), number);
      }
    }
  }

  /** Which of the rows with an identity. */
  private record Place(String identity, int ordinal) {}

  /** Passes on rows in the order of their numbers, with the columns of the identity. */
  private void each(
      Id evidence, RowChoice.By by, Collection<Long> values, Timeline.RowConsumer rows)
      throws IOException {
    List<Long> distinct = List.copyOf(new LinkedHashSet<>(values));
    if (!distinct.isEmpty()) {
      timeline.each(
          TimelineQuery.of(evidence).only(new RowChoice(by, Map.of(evidence, distinct))),
          RowIdentity.COLUMNS,
          rows);
    }
  }

  private static String cut(String text) {
    return Text.atMost(text, MESSAGE_CHARS + 1);
  }
}

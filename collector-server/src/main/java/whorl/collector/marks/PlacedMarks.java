package whorl.collector.marks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.export.MarkedRows;
import whorl.collector.store.marks.MarkLedger;
import whorl.collector.store.marks.RowMark;
import whorl.collector.timeline.RowMarks;

/** The marks on one piece of evidence, by the rows that its index has now. */
final class PlacedMarks implements MarkedRows.Placed {
  private final MarkLedger ledger;
  private final Map<Long, List<RowMark.Key>> byRow = new HashMap<>();
  private final Map<Long, Long> rows;

  /**
   * @param rows the row of each mark; those that the index does not have are not in it
   */
  PlacedMarks(MarkLedger ledger, List<RowMark.Key> keys, Map<Long, Long> rows) {
    this.ledger = ledger;
    this.rows = Map.copyOf(rows);
    for (RowMark.Key key : keys) {
      Long row = rows.get(key.seq());
      if (row != null) {
        byRow.computeIfAbsent(row, any -> new ArrayList<>()).add(key);
      }
    }
  }

  /** The row that has this mark; null if the index has no such row any more. */
  @Nullable Long rowOf(long seq) {
    return rows.get(seq);
  }

  @Override
  public List<Long> rows(boolean starred, Set<String> tags) {
    List<Long> found = new ArrayList<>();
    byRow.forEach(
        (row, keys) -> {
          boolean hasStar = keys.stream().anyMatch(RowMark.Key::star);
          boolean hasTag =
              keys.stream().anyMatch(key -> key.tags().stream().anyMatch(tags::contains));
          if ((hasStar || !starred) && (hasTag || tags.isEmpty())) {
            found.add(row);
          }
        });
    return found.stream().sorted().toList();
  }

  @Override
  public @Nullable RowMarks at(long row) throws IOException {
    List<RowMark.Key> keys = byRow.get(row);
    if (keys == null) {
      return null;
    }
    boolean star = false;
    Set<String> tags = new TreeSet<>();
    List<Long> noted = new ArrayList<>();
    for (RowMark.Key key : keys) {
      star |= key.star();
      tags.addAll(key.tags());
      if (key.noted()) {
        noted.add(key.seq());
      }
    }
    List<RowMarks.Note> notes = new ArrayList<>();
    for (RowMark mark : ledger.marks(noted)) {
      String note = mark.content().note();
      if (note != null) {
        notes.add(new RowMarks.Note(mark.by(), note));
      }
    }
    return new RowMarks(star, List.copyOf(tags), notes);
  }
}

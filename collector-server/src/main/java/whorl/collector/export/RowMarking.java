package whorl.collector.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.RowMarks;
import whorl.evidence.Id;

/** Adds to rows what people have marked on them. For one answer, by one thread. */
final class RowMarking {
  private final MarkedRows marks;
  private final Map<Id, MarkedRows.Placed> placed = new HashMap<>();

  RowMarking(MarkedRows marks) {
    this.marks = marks;
  }

  List<Row> of(List<Row> rows) throws IOException {
    List<Row> marked = new ArrayList<>(rows.size());
    for (Row row : rows) {
      marked.add(of(row));
    }
    return marked;
  }

  Row of(Row row) throws IOException {
    MarkedRows.Placed those = placed.get(row.evidence());
    if (those == null) {
      those = marks.of(row.evidence());
      placed.put(row.evidence(), those);
    }
    RowMarks found = those.at(row.number());
    return found == null ? row : row.with(found);
  }
}

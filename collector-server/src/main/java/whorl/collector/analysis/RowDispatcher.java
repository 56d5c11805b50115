package whorl.collector.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.Id;

/** One walk over a timeline for all who want rows of some types, however many they are. */
final class RowDispatcher {
  private final Map<String, List<SeenConsumer>> wanted = new LinkedHashMap<>();

  /** Takes rows. */
  @FunctionalInterface
  interface SeenConsumer {
    void accept(RowView row) throws IOException;
  }

  /** Rows of these types are to be handed on, oldest first. */
  void each(List<String> types, SeenConsumer rows) {
    for (String type : types) {
      wanted.computeIfAbsent(type, any -> new ArrayList<>()).add(rows);
    }
  }

  /** Hands them on, each to those who want it in the order in which they said so. */
  void read(Timeline timeline, Id evidence) throws IOException {
    if (wanted.isEmpty()) {
      return;
    }
    timeline.each(
        TimelineQuery.of(evidence).types(wanted.keySet().toArray(String[]::new)),
        RowView.COLUMNS,
        row -> {
          RowView rowView = new RowView(row);
          for (SeenConsumer each : wanted.getOrDefault(row.action(), List.of())) {
            each.accept(rowView);
          }
        });
  }
}

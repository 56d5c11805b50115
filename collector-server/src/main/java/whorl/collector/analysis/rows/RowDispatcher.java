package whorl.collector.analysis.rows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.Id;

/** Reads a timeline once and dispatches its rows by type to all subscribers. */
public final class RowDispatcher {
  private final ShortRows shortRows = new ShortRows();
  private final Map<String, List<RowConsumer>> subscribers = new LinkedHashMap<>();

  /** Consumes rows. */
  @FunctionalInterface
  public interface RowConsumer {
    void accept(RowView row) throws IOException;
  }

  /** Subscribes to rows of these types, oldest first. */
  public void subscribe(List<String> types, RowConsumer consumer) {
    for (String type : types) {
      subscribers.computeIfAbsent(type, any -> new ArrayList<>()).add(consumer);
    }
  }

  /** Dispatches the rows. Subscribers of one type are called in the order of their subscription. */
  public void read(Timeline timeline, Id evidence) throws IOException {
    if (subscribers.isEmpty()) {
      return;
    }
    timeline.each(
        TimelineQuery.of(evidence).types(subscribers.keySet().toArray(String[]::new)),
        RowView.COLUMNS,
        row -> {
          RowView rowView = new RowView(shortRows.of(row));
          for (RowConsumer subscriber : subscribers.getOrDefault(row.action(), List.of())) {
            subscriber.accept(rowView);
          }
        });
  }

  /** The number of rows whose texts were cut, because there were very many long ones. */
  public long cut() {
    return shortRows.cut();
  }
}

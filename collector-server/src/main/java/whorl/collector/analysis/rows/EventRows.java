package whorl.collector.analysis.rows;

import java.io.IOException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.Id;

/** Reads the events of a timeline as rules evaluate them, with their requests and stacks. */
public final class EventRows {
  private static final int REQUESTS_MAX = 50_000;
  private static final int STACKS_REMEMBERED = 4_000;

  private final Timeline timeline;
  private final Id evidence;
  private final Map<String, Request> requests = new HashMap<>();

  /** Most rows share their stack with others. */
  private final Map<String, Frames> stacks = new LinkedHashMap<>();

  private EventRows(Timeline timeline, Id evidence) {
    this.timeline = timeline;
    this.evidence = evidence;
  }

  /** Receives events. */
  @FunctionalInterface
  public interface Consumer {
    /**
     * @param row of the event
     * @throws IOException to stop reading
     */
    void accept(RowView row, AgentEvent event) throws IOException;
  }

  /**
   * Reads all events of these types, by time. The request of an event has its method and path if it
   * was answered within the evidence.
   *
   * @param withStacks false if no stack is needed, which is faster
   */
  public static void read(
      Timeline timeline,
      Id evidence,
      Collection<EventType> types,
      boolean withStacks,
      Consumer consumer)
      throws IOException {
    EventRows rows = new EventRows(timeline, evidence);
    if (types.isEmpty()) {
      return;
    }
    rows.readRequests();
    rows.readEvents(types, withStacks, consumer);
  }

  private void readRequests() throws IOException {
    ShortRows shortRows = new ShortRows();
    timeline.each(
        TimelineQuery.of(evidence).types(EventType.HTTP_REQUEST.jfrName()),
        RowView.COLUMNS,
        row -> {
          RowView view = new RowView(shortRows.of(row));
          String id = view.request();
          if (id != null && requests.size() < REQUESTS_MAX) {
            requests.putIfAbsent(id, Request.answered(id, view));
          }
        });
  }

  private void readEvents(Collection<EventType> types, boolean withStacks, Consumer consumer)
      throws IOException {
    EnumSet<Column> columns = EnumSet.copyOf(RowView.COLUMNS);
    if (withStacks) {
      columns.add(Column.STACK_TRACE);
    }
    String[] names = types.stream().map(EventType::jfrName).toArray(String[]::new);
    timeline.each(
        TimelineQuery.of(evidence).types(names).withStacks(withStacks),
        columns,
        row -> {
          RowView view = new RowView(row);
          String id = view.request();
          AgentEvent event =
              RowEvents.event(
                  new RowContext(
                      view,
                      withStacks ? frames(row.text(Column.STACK_TRACE)) : Frames.NONE,
                      id == null ? null : requests.get(id),
                      Set.of()));
          if (event != null) {
            consumer.accept(view, event);
          }
        });
  }

  private Frames frames(@Nullable String stack) {
    if (stack == null || stack.isEmpty()) {
      return Frames.NONE;
    }
    String text = stack.substring(0, Math.min(Frames.TEXT_CHARS, stack.length()));
    Frames known = stacks.get(text);
    if (known == null) {
      known = Frames.parse(text);
      if (stacks.size() >= STACKS_REMEMBERED) {
        stacks.remove(stacks.keySet().iterator().next());
      }
      stacks.put(text, known);
    }
    return known;
  }
}

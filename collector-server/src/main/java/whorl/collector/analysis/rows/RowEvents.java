package whorl.collector.analysis.rows;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.detect.BuiltInRules;
import whorl.collector.detect.Detection;
import whorl.collector.detect.StoredEvents;
import whorl.collector.timeline.Column;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

/** Rows of events in the form that rules evaluate, and the built-in rules that match them. */
public final class RowEvents {
  private RowEvents() {}

  /** The rules that match the row; none if no rule sees rows of this type. */
  public static Detection detect(RowContext rowContext) {
    AgentEvent event = event(rowContext);
    return event == null ? Detection.NONE : BuiltInRules.detect(event);
  }

  /** Returns the event of the row; null if no rule sees rows of this type. */
  public static @Nullable AgentEvent event(RowContext rowContext) {
    RowView row = rowContext.row();
    EventType type = StoredEvents.type(row.action());
    return type == null || type.category() == null
        ? null
        : StoredEvents.event(
            type,
            row.number(),
            row.time(),
            row.text(Column.THREAD_NAME),
            stack(rowContext.frames()),
            request(row, rowContext.request()),
            row::value);
  }

  /**
   * All frames of the row. Those of the agent were left out when it was indexed; a name alone must
   * not hide a frame, because anyone can name a class {@code whorl.X}.
   */
  private static StackTraceElement @Nullable [] stack(Frames frames) {
    List<Frames.Frame> list = frames.list();
    return list.isEmpty()
        ? null
        : list.stream()
            .map(frame -> new StackTraceElement(frame.type(), frame.method(), null, -1))
            .toArray(StackTraceElement[]::new);
  }

  /** The row's request; without its method and path, its id only names it. */
  private static @Nullable RequestContext request(RowView row, @Nullable Request request) {
    String id = row.request();
    if (id == null) {
      return null;
    }
    return request == null
        ? new RequestContext(
            id,
            text(row.field("request.method")),
            text(row.field("request.path")),
            text(row.field("request.remoteAddress")))
        : RequestContext.stored(
            id, request.method(), request.path(), request.query(), text(request.source()));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}

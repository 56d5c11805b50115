package whorl.agent.event;

import org.jspecify.annotations.Nullable;
import whorl.event.EventType;

/**
 * Emits the events of tampering, and those of alerts.
 *
 * <p>A method has one parameter for each field, with the field's name, in the order of {@link
 * EventType#fields}; {@code EventReportsTest} proves it. So a caller cannot swap values of
 * different types. It allocates no more than {@link EventSink#emit} itself.
 */
public final class WatchReports {
  private WatchReports() {}

  public static void tampered(
      EventSink sink, String what, @Nullable String target, @Nullable String detail) {
    sink.emit(EventType.TAMPER, what, target, detail);
  }

  public static void alerted(EventSink sink, String id, String rule, String level, String title) {
    sink.emit(EventType.ALERT, id, rule, level, title);
  }
}

package whorl.agent.event;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.EventType;

/**
 * Emits the events of method probes.
 *
 * <p>A method has one parameter for each field, with the field's name, in the order of {@link
 * EventType#fields}; {@code EventReportsTest} proves it. So a caller cannot swap values of
 * different types. It allocates no more than {@link EventSink#emit} itself.
 */
public final class ProbeReports {
  private ProbeReports() {}

  /**
   * @param thrown the class of the exception; null if the call returned
   * @param elapsed in nanoseconds
   */
  public static void methodCalled(
      EventSink sink,
      String probe,
      String className,
      String method,
      List<String> arguments,
      @Nullable String thrown,
      long elapsed) {
    sink.emit(EventType.METHOD_CALL, probe, className, method, arguments, thrown, elapsed);
  }
}

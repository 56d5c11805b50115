package whorl.agent.event;

import org.jspecify.annotations.Nullable;
import whorl.event.EventType;

/**
 * Emits the events of processes, and their output.
 *
 * <p>A method has one parameter for each field, with the field's name, in the order of {@link
 * EventType#fields}; {@code EventReportsTest} proves it. So a caller cannot swap values of
 * different types. It allocates no more than {@link EventSink#emit} itself.
 */
public final class ProcessReports {
  private ProcessReports() {}

  /**
   * @param pid -1 if the process could not be started; null if it is not known yet
   * @param origin null for a process that the usual method started
   */
  public static void started(
      EventSink sink,
      String command,
      @Nullable String directory,
      @Nullable Long pid,
      @Nullable String origin) {
    sink.emit(EventType.PROCESS_START, command, directory, pid, origin);
  }

  /**
   * @param exitCode boxed, as the JDK has it
   */
  public static void exited(EventSink sink, long pid, Integer exitCode) {
    sink.emit(EventType.PROCESS_EXIT, pid, exitCode);
  }

  /**
   * @param stream {@code out} or {@code err}
   * @param line masked
   */
  public static void printed(EventSink sink, String stream, String line) {
    sink.emit(EventType.CONSOLE, stream, line);
  }
}

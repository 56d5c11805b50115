package whorl.agent.event;

import org.jspecify.annotations.Nullable;
import whorl.event.EventType;

/**
 * Emits the events of code: classes, libraries, scripts, agents, and components of servers.
 *
 * <p>A method has one parameter for each field, with the field's name, in the order of {@link
 * EventType#fields}; {@code EventReportsTest} proves it. So a caller cannot swap values of
 * different types. It allocates no more than {@link EventSink#emit} itself.
 */
public final class CodeReports {
  private CodeReports() {}

  public static void classLoaded(
      EventSink sink, String className, String loader, @Nullable String codeSource) {
    sink.emit(EventType.CLASS_LOAD, className, loader, codeSource);
  }

  /** Reports a class that is loaded while JFR writes another event of this thread. */
  public static void classLoadedPastRecording(
      EventSink sink, String className, String loader, @Nullable String codeSource) {
    sink.emitPastRecording(EventType.CLASS_LOAD, className, loader, codeSource);
  }

  /**
   * @param stack without frames of Whorl; must not be changed
   * @param size in bytes
   * @param generator null if it is unknown
   */
  public static void classDefined(
      EventSink sink,
      StackTraceElement[] stack,
      String className,
      String loader,
      String origin,
      long size,
      String sha256,
      boolean hidden,
      @Nullable String generator) {
    sink.emit(
        stack, EventType.CLASS_DEFINE, className, loader, origin, size, sha256, hidden, generator);
  }

  /** Reports a class that is defined while JFR writes another event of this thread. */
  public static void classDefinedPastRecording(
      EventSink sink,
      String className,
      String loader,
      String origin,
      long size,
      String sha256,
      boolean hidden,
      @Nullable String generator) {
    sink.emitPastRecording(
        EventType.CLASS_DEFINE, className, loader, origin, size, sha256, hidden, generator);
  }

  public static void classDefinedEarlier(
      EventSink sink,
      EventContext context,
      String className,
      String loader,
      String origin,
      long size,
      String sha256,
      boolean hidden,
      @Nullable String generator) {
    sink.emitLate(
        EventType.CLASS_DEFINE,
        context,
        className,
        loader,
        origin,
        size,
        sha256,
        hidden,
        generator);
  }

  public static void libraryLoaded(EventSink sink, @Nullable String path) {
    sink.emit(EventType.LIBRARY_LOAD, path);
  }

  public static void symbolLookedUp(EventSink sink, String symbol) {
    sink.emit(EventType.NATIVE_SYMBOL, symbol);
  }

  /**
   * @param repeated how many of the same source were not reported before
   */
  public static void scriptParsed(EventSink sink, String engine, String source, long repeated) {
    sink.emit(EventType.SCRIPT_EVAL, engine, source, repeated);
  }

  public static void registered(
      EventSink sink, String kind, @Nullable String className, @Nullable String target) {
    sink.emit(EventType.REGISTRATION, kind, className, target);
  }

  public static void registeredEarlier(
      EventSink sink,
      EventContext context,
      String kind,
      @Nullable String className,
      @Nullable String target) {
    sink.emitLate(EventType.REGISTRATION, context, kind, className, target);
  }

  public static void agentLoaded(
      EventSink sink, @Nullable String jar, @Nullable String options, @Nullable String className) {
    sink.emit(EventType.AGENT_LOAD, jar, options, className);
  }
}

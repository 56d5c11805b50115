package whorl.agent.hook.end;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the JVM ends.
 *
 * @param status the exit status that the parent process sees
 * @param thread the name of the thread that ends it
 * @param stack of that thread, the innermost frame first
 * @param uncaught the exception that ended the thread {@code main} before; null if there was none
 * @param sinceNanos when the end began, by {@link System#nanoTime}
 */
public record Ending(
    Kind kind,
    int status,
    String thread,
    List<String> stack,
    @Nullable Uncaught uncaught,
    long sinceNanos) {
  /** The cause of the end. */
  public enum Kind {
    /** The program, by {@code System.exit} or {@code Runtime.exit}. */
    EXIT,
    /** A signal that only the JVM handles: SIGTERM, SIGINT or SIGHUP. */
    SIGNAL,
    /** The last thread that is no daemon has ended. */
    LAST_THREAD
  }

  /**
   * An exception that ended the thread {@code main}.
   *
   * @param type its class
   */
  public record Uncaught(String type, @Nullable String message, List<String> stack) {
    @Override
    public String toString() {
      return message == null ? type : type + ": " + message;
    }
  }

  public Ending {
    stack = List.copyOf(stack);
  }

  /** Describes the end in a sentence. */
  public String describe() {
    String how =
        switch (kind) {
          case EXIT -> "exit status " + status + " by System.exit" + place();
          case SIGNAL -> "ended by " + signal();
          case LAST_THREAD -> "the last thread ended";
        };
    return uncaught == null ? how : how + ", after " + uncaught + " ended main";
  }

  /** The signal's name, such as {@code SIGTERM}. */
  private String signal() {
    int space = thread.indexOf(' ');
    return thread.startsWith("SIG") && space > 0
        ? thread.substring(0, space)
        : "signal " + (status - 128);
  }

  /** The first frame outside the JDK's exit methods. */
  private String place() {
    for (String frame : stack) {
      String name = frame.substring(frame.lastIndexOf('/') + 1);
      if (!name.startsWith("java.lang.Shutdown.")
          && !name.startsWith("java.lang.Runtime.")
          && !name.startsWith("java.lang.System.")) {
        return " at " + frame;
      }
    }
    return "";
  }
}

package whorl.collector.cli.client;

import java.time.Duration;
import java.util.function.Supplier;
import whorl.collector.cli.terminal.CommandContext;

/** Waits while the collector indexes a timeline. */
public final class Indexing {
  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(10);

  private Indexing() {}

  /**
   * Repeats {@code question} until the timeline is ready; prints the state to standard error.
   *
   * @throws NotReadyException if it is not ready after half an hour
   */
  public static <T> T await(CommandContext commandContext, Supplier<T> question) {
    long startNanos = commandContext.nanos().getAsLong();
    String reported = "";
    while (true) {
      try {
        return question.get();
      } catch (NotReadyException e) {
        if (commandContext.nanos().getAsLong() - startNanos > PATIENCE.toNanos()) {
          throw e;
        }
        if (!e.getMessage().equals(reported)) {
          reported = e.getMessage();
          commandContext.terminal().note("whorl: " + reported);
        }
        CommandContext.pause(pause(commandContext, e));
      }
    }
  }

  private static Duration pause(CommandContext commandContext, NotReadyException e) {
    Duration pauseMin = commandContext.pace().poll();
    Duration requested = e.after().compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : e.after();
    return requested.compareTo(pauseMin) > 0 ? requested : pauseMin;
  }
}

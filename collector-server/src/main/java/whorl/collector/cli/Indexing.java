package whorl.collector.cli;

import java.time.Duration;
import java.util.function.Supplier;

/** Waits while the collector indexes a timeline. */
final class Indexing {
  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private Indexing() {}

  /**
   * Repeats {@code question} until the timeline is ready; prints the state to standard error.
   *
   * @throws NotReadyException if it is not ready after half an hour
   */
  static <T> T awaited(CommandContext commandContext, Supplier<T> question) {
    long startNanos = commandContext.nanos().getAsLong();
    String told = "";
    while (true) {
      try {
        return question.get();
      } catch (NotReadyException e) {
        if (commandContext.nanos().getAsLong() - startNanos > PATIENCE.toNanos()) {
          throw e;
        }
        if (!e.getMessage().equals(told)) {
          told = e.getMessage();
          commandContext.terminal().note("whorl: " + told);
        }
        CommandContext.pause(pause(commandContext, e));
      }
    }
  }

  private static Duration pause(CommandContext commandContext, NotReadyException e) {
    Duration least = commandContext.pace().poll();
    Duration wanted = e.after().compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : e.after();
    return wanted.compareTo(least) > 0 ? wanted : least;
  }
}

package whorl.collector.cli;

import java.time.Duration;
import java.util.function.Supplier;

/** Waits where the collector has evidence but has not read it into a timeline yet. */
final class Indexing {
  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private Indexing() {}

  /**
   * What {@code question} answers once the timeline is ready; says beside the result how far it is.
   *
   * @throws NotReadyException when half an hour was not enough
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

package whorl.collector.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The collector is still at work on what was asked for: asking again later will help. */
final class NotReadyException extends CliException {
  private final Duration after;

  NotReadyException(String message, @Nullable String remedy, Duration after) {
    super(ExitStatus.FAILED, message, remedy);
    this.after = after;
  }

  /** When to ask again, as the collector said. */
  Duration after() {
    return after;
  }
}

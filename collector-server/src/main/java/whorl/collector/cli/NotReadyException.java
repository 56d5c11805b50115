package whorl.collector.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The collector is still indexing; a later retry will help. */
final class NotReadyException extends CliException {
  private final Duration after;

  NotReadyException(String message, @Nullable String remedy, Duration after) {
    super(ExitStatus.FAILED, message, remedy);
    this.after = after;
  }

  /** The time until the retry, as given by the collector. */
  Duration after() {
    return after;
  }
}

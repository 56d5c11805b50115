package whorl.collector.cli.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.ExitStatus;

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

package whorl.collector.cli.client;

import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.ExitStatus;

/** The collector could not be reached, or the connection broke; a retry may help. */
public final class UnreachableException extends CliException {
  UnreachableException(String message, @Nullable String remedy) {
    super(ExitStatus.FAILED, message, remedy);
  }
}

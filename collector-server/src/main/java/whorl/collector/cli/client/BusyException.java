package whorl.collector.cli.client;

import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.ExitStatus;

/** The collector is reachable but cannot answer now; a retry may help. */
public final class BusyException extends CliException {
  BusyException(String message, @Nullable String remedy) {
    super(ExitStatus.FAILED, message, remedy);
  }
}

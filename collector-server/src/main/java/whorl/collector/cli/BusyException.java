package whorl.collector.cli;

import org.jspecify.annotations.Nullable;

/** The collector is reachable but cannot answer now; a retry may help. */
final class BusyException extends CliException {
  BusyException(String message, @Nullable String remedy) {
    super(ExitStatus.FAILED, message, remedy);
  }
}

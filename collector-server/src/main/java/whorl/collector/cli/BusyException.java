package whorl.collector.cli;

import org.jspecify.annotations.Nullable;

/** The collector is there and can't answer now: asking again may help. */
final class BusyException extends CliException {
  BusyException(String message, @Nullable String remedy) {
    super(ExitStatus.FAILED, message, remedy);
  }
}

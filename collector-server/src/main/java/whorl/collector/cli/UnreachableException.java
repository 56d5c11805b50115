package whorl.collector.cli;

import org.jspecify.annotations.Nullable;

/** The collector could not be reached, or the connection broke; a retry may help. */
final class UnreachableException extends CliException {
  UnreachableException(String message, @Nullable String remedy) {
    super(ExitStatus.FAILED, message, remedy);
  }
}

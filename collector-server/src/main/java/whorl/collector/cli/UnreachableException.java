package whorl.collector.cli;

import org.jspecify.annotations.Nullable;

/** The collector could not be reached, or broke off: asking again may help. */
final class UnreachableException extends CliException {
  UnreachableException(String message, @Nullable String remedy) {
    super(ExitStatus.FAILED, message, remedy);
  }
}

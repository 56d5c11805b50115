package whorl.collector.cli.terminal;

import org.jspecify.annotations.Nullable;

/**
 * Ends a command with an exit status, a line that names the problem, and a line with the remedy.
 * Neither ever contains a token.
 */
public class CliException extends RuntimeException {
  private final int exitStatus;
  private final @Nullable String remedy;

  public CliException(int exitStatus, String message, @Nullable String remedy) {
    super(message, null, false, false);
    this.exitStatus = exitStatus;
    this.remedy = remedy;
  }

  public static CliException failed(String message, @Nullable String remedy) {
    return new CliException(ExitStatus.FAILED, message, remedy);
  }

  public static CliException usage(String message, @Nullable String remedy) {
    return new CliException(ExitStatus.WRONG_USAGE, message, remedy);
  }

  public int exitStatus() {
    return exitStatus;
  }

  public @Nullable String remedy() {
    return remedy;
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? "" : message;
  }
}

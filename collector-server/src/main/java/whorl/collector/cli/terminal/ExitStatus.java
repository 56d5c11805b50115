package whorl.collector.cli.terminal;

/** The exit statuses of the command line. */
public final class ExitStatus {
  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int WRONG_USAGE = 2;
  public static final int VERIFICATION_FAILED = 3;
  public static final int NOTHING_MATCHED = 4;

  private ExitStatus() {}
}

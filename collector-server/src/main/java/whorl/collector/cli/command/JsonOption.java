package whorl.collector.cli.command;

import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;

/** {@code --json} of commands that also have {@code --format}: the same as {@code json}. */
public final class JsonOption {
  private static final String JSON = "json";

  private JsonOption() {}

  /**
   * The format that is wanted.
   *
   * @param json true if {@code --json} is given
   * @param format null if it is not given
   * @param otherwise if neither is given
   */
  public static String format(boolean json, @Nullable String format, String otherwise) {
    String wanted = format(json, format);
    return wanted == null ? otherwise : wanted;
  }

  /** The same; null if neither is given. */
  public static @Nullable String format(boolean json, @Nullable String format) {
    if (json && format != null && !format.equals(JSON)) {
      throw CliException.usage("--json and --format " + format + " exclude each other", null);
    }
    return json ? JSON : format;
  }
}

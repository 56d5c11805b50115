package whorl.collector.store.database;

import java.util.Locale;

/** Patterns of SQL's LIKE for texts that are searched as they are. */
public final class LikePattern {
  /** Compares a lower-case column with a pattern of this class, in SQLite and PostgreSQL. */
  public static final String CONDITION = "LIKE ? ESCAPE '!'";

  private LikePattern() {}

  /** Everything that contains this text, in lower case. */
  public static String containing(String text) {
    return "%"
        + text.toLowerCase(Locale.ROOT).replace("!", "!!").replace("%", "!%").replace("_", "!_")
        + "%";
  }
}

package whorl.collector.testkit;

/** How much the longest tests do: all with {@code -Dwhorl.sizes=full}, else a third of it. */
public final class Sizes {
  private static final boolean FULL = "full".equals(System.getProperty("whorl.sizes"));
  private static final int PART = 3;

  private Sizes() {}

  /** So much, or a third of it. */
  public static int of(int full) {
    return FULL ? full : full / PART;
  }

  /** Whether all is done, and not what covers each case once. */
  public static boolean full() {
    return FULL;
  }

  /** One of how many cases is tried: each, or every third. */
  public static int step() {
    return FULL ? 1 : PART;
  }
}

package whorl.collector.search;

import java.time.Duration;

/** The limits of searches over rows. {@code docs/timeline.md} lists them. */
public final class RowSearchLimits {
  /** Running searches of one person. */
  public static final int MAX_OF_PERSON = 1;

  /** Running searches of all people, at all collectors. */
  public static final int MAX_RUNNING = 2;

  /** Pieces of evidence that one search looks at. */
  static final int EVIDENCE_MAX = 500;

  static final int ROWS_MAX = 1_000;
  static final int ROWS_OF_EVIDENCE = 50;

  /** After this time a search stops, and says where it can go on. */
  static final Duration TIME = Duration.ofSeconds(60);

  /** What is searched if no time is given. */
  static final Duration SINCE_DEFAULT = Duration.ofDays(7);

  static final int WORDS_MAX_CHARS = 200;
  static final int WORD_MIN_CHARS = 3;
  static final int WORDS_MAX = 19;

  private RowSearchLimits() {}
}

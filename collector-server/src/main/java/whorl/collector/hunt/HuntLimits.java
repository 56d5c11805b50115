package whorl.collector.hunt;

import java.time.Duration;

/** The limits of hunts. {@code docs/hunting.md} lists them. */
public final class HuntLimits {
  /** Running hunts of one person. */
  public static final int MAX_OF_PERSON = 2;

  /** Running hunts of all people: as many as can wait at an agent. */
  public static final int MAX_RUNNING = 4;

  /** An agent works on a hunt for at most 30 seconds, and four others may come before it. */
  static final Duration ANSWER_WITHIN = Duration.ofSeconds(150);

  /** How long a hunt waits for agents that were connected when it began. */
  static final Duration ENDS_AFTER = Duration.ofSeconds(180);

  /** After this time, an agent that is connected nowhere is not waited for. */
  static final Duration AWAY_AFTER = Duration.ofSeconds(30);

  static final Duration EXPIRES_MAX = Duration.ofHours(1);
  static final Duration WINDOW_MAX = Duration.ofHours(24);
  static final int LIMIT_DEFAULT = 20;

  /** Bytes of answers that wait to be written. */
  static final long PENDING_MAX_BYTES = 64L << 20;

  /** The rows of one JVM, as the agent counts them too. */
  static final int ANSWER_MAX_CHARS = 256 << 10;

  /** A longer row is left out. */
  static final int ROW_MAX_CHARS = 64 << 10;

  static final int REASON_MAX_CHARS = 1_000;

  private HuntLimits() {}
}

package whorl.collector.probe;

import java.time.Duration;

/** The limits of probes. {@code docs/probes.md} lists them. */
public final class ProbeLimits {
  /** Running probes of one person. */
  public static final int MAX_OF_PERSON = 2;

  /** Running probes of all people: as many as an agent takes. */
  public static final int MAX_RUNNING = 4;

  /** Agents of one probe. */
  static final int AGENTS_MAX = 4;

  /** After its time, a probe waits so long for the last reports. */
  static final Duration GRACE = Duration.ofSeconds(60);

  /** A probe that was not sent by then is not sent any more. */
  static final Duration ASK_WITHIN = Duration.ofSeconds(30);

  /** Bytes of reports that wait to be written. */
  static final long PENDING_MAX_BYTES = 32L << 20;

  /** A longer call is left out. */
  static final int CALL_MAX_CHARS = 64 << 10;

  static final int REASON_MAX_CHARS = 1_000;

  private ProbeLimits() {}
}

package whorl.collector.people.tokens;

import java.util.concurrent.atomic.LongAdder;

/** What happened to API tokens at this collector. Thread-safe. */
public final class TokenCounters {
  final LongAdder lookups = new LongAdder();
  final LongAdder unknown = new LongAdder();
  final LongAdder powerless = new LongAdder();
  final LongAdder limited = new LongAdder();

  /** Looks into the database. */
  public long lookups() {
    return lookups.sum();
  }

  /** Requests with tokens that are unknown, expired or revoked. */
  public long unknown() {
    return unknown.sum();
  }

  /** Requests with tokens that give nothing now. */
  public long powerless() {
    return powerless.sum();
  }

  /** Requests that were refused without a look, after too many unknown tokens. */
  public long limited() {
    return limited.sum();
  }
}

package whorl.collector.identity;

import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import whorl.collector.identity.keys.KeyCounters;
import whorl.collector.identity.keys.Refusal;
import whorl.collector.identity.keys.RefusalCounters;

/** Counters of proofs since the start. Safe for use by several threads. */
public final class IdentityCounters {
  private final RefusalCounters refused =
      new RefusalCounters(EnumSet.range(Refusal.MALFORMED, Refusal.SERVICE));
  final LongAdder verified = new LongAdder();
  final KeyCounters keys = new KeyCounters();
  final LongAdder bound = new LongAdder();
  final LongAdder heirs = new LongAdder();
  final LongAdder corrected = new LongAdder();
  final LongAdder overBudget = new LongAdder();

  void refused(Refusal why) {
    refused.count(why);
  }

  /** Refusals by reason. */
  public Map<String, Double> refused() {
    return refused.byReason();
  }

  /** Signatures of tokens that were verified; a token that comes again costs none. */
  public long verified() {
    return verified.sum();
  }

  public long keyReads() {
    return keys.reads();
  }

  public long keyFailures() {
    return keys.failures();
  }

  /** Agents that were bound to an identity. */
  public long bound() {
    return bound.sum();
  }

  /** Uploads that had to wait because their identity has sent too much. */
  public long overBudget() {
    return overBudget.sum();
  }

  /** Agents that named another namespace, pod or pod uid than they proved. */
  public long corrected() {
    return corrected.sum();
  }

  /** Requests for uploads of agents that are gone, by a later pod of the same service account. */
  public long heirs() {
    return heirs.sum();
  }
}

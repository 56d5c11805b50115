package whorl.collector.alerts;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.limits.CooldownLedger;
import whorl.collector.store.limits.CooldownLedger.Claim;
import whorl.evidence.Id;

/**
 * Lets the repetitions of an external alert join the capture that it started. Of equal alerts that
 * arrive at the same moment, here or at another collector, one decides about the capture and the
 * others wait for its decision. Safe for use by several threads.
 */
final class Cooldown {
  /** Longer than a claim lasts, so that a waiting alert gets the claim of a collector that died. */
  private static final Duration MAX_WAIT = CooldownLedger.CLAIM.multipliedBy(2);

  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long MAX_PAUSE_MILLIS = 200;

  private final CooldownLedger ledger;

  Cooldown(CooldownLedger ledger) {
    this.ledger = ledger;
  }

  /**
   * Claims the alert on this agent, and waits while somebody else decides about it.
   *
   * @param ended a capture that no repetition should join any more; null if there is none
   * @return {@link Claim.Pending} only if it takes very long
   */
  Claim claim(Id agent, String fingerprint, @Nullable Id ended) throws IOException {
    long begun = System.nanoTime();
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      Claim claim = ledger.claim(agent, fingerprint, ended);
      if (!(claim instanceof Claim.Pending) || System.nanoTime() - begun > MAX_WAIT.toNanos()) {
        return claim;
      }
      pause(pause);
      pause = Math.min(2 * pause, MAX_PAUSE_MILLIS);
    }
  }

  void begun(Claim.Mine claim, Id capture) throws IOException {
    ledger.begun(claim, capture);
  }

  void release(Claim.Mine claim) throws IOException {
    ledger.release(claim);
  }

  private static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException stopping =
          new InterruptedIOException("the collector stops; send the alert again");
      stopping.initCause(e);
      throw stopping;
    }
  }
}

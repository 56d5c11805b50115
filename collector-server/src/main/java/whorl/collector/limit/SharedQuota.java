package whorl.collector.limit;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import whorl.collector.recent.RecentMap;
import whorl.collector.store.limits.QuotaLedger;

/**
 * A quota that all collectors share. A collector takes as much of a client's quota from the records
 * at once as it has taken before in the window, at most a 64th, and then serves from it without a
 * statement. What is left of such a part when the collector ends or the window closes is lost. So a
 * collector that is killed again and again loses no more than it has used: clients may get less
 * than the quota, and never more. An exhausted quota costs no statements either.
 */
public final class SharedQuota implements Quota {
  private static final Logger LOG = LoggerFactory.getLogger(SharedQuota.class);
  private static final int PARTS = 64;
  private static final int STRIPES = 64;
  private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();

  /** What happens while the database cannot be asked. */
  public enum WhenAway {
    /** Everything beyond the parts in hand is refused, for what costs room. */
    REFUSE,
    /** The caller gets the error. */
    FAIL
  }

  private final QuotaLedger ledger;
  private final QuotaLedger.Terms terms;
  private final WhenAway whenAway;
  private final LongSupplier nanos;
  private final long partUnits;
  private final Stripe[] stripes = new Stripe[STRIPES];

  /** How often the database could not be asked; the first time is logged at WARN. */
  private final AtomicLong failures = new AtomicLong();

  /** When the database last failed; null if it answered since. */
  private volatile @Nullable Long failedNanos;

  private final AtomicBoolean probing = new AtomicBoolean();

  /**
   * @param name the same at all collectors, such as {@code journal-kibibytes}
   * @param max quota of one client in a window
   * @param nanos as {@link System#nanoTime}
   */
  public SharedQuota(
      QuotaLedger ledger,
      String name,
      int max,
      Duration window,
      WhenAway whenAway,
      LongSupplier nanos) {
    this.ledger = ledger;
    this.terms = new QuotaLedger.Terms(name, max, window);
    this.whenAway = whenAway;
    this.nanos = nanos;
    this.partUnits = Math.max(1, max / PARTS);
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  @Override
  public int max() {
    return (int) terms.max();
  }

  @Override
  public Duration window() {
    return terms.window();
  }

  @Override
  public boolean take(String client, int count) throws IOException {
    try {
      return stripes[Math.floorMod(client.hashCode(), STRIPES)].take(client, count);
    } catch (IOException e) {
      LOG.atLevel(failures.incrementAndGet() == 1 ? Level.WARN : Level.DEBUG)
          .log("quota {} cannot be read from the records: {}", terms.name(), e.getMessage());
      if (whenAway == WhenAway.FAIL) {
        throw e;
      }
      return false;
    }
  }

  /** Deletes the windows that have ended; to be called now and then. */
  public void forget() throws IOException {
    ledger.forget(terms);
  }

  /**
   * True if the database may be asked. After a failure, a quota that refuses asks once in five
   * seconds, on one thread, so that no other waits for a database that does not answer.
   */
  private boolean mayAsk(long now) {
    Long failed = failedNanos;
    return whenAway == WhenAway.FAIL
        || failed == null
        || (now - failed >= PAUSE_NANOS && probing.compareAndSet(false, true));
  }

  /**
   * What is in hand of a client's quota.
   *
   * @param taken what was taken in this window
   * @param left an upper limit of what the records still have
   * @param endNanos when the client's window ends
   */
  private record Balance(long units, long taken, long left, long endNanos) {}

  /** The clients whose names have the same hash; only they wait for each other. */
  private final class Stripe {
    /** The client seen last is at the end; what is in hand of the first is given up. */
    private final Map<String, Balance> balances =
        RecentMap.byUse(QuotaLedger.MAX_CLIENTS / STRIPES);

    synchronized boolean take(String client, int count) throws IOException {
      long now = nanos.getAsLong();
      Balance balance = balances.get(client);
      if (balance == null || now - balance.endNanos() > 0) {
        balance = new Balance(0, 0, Long.MAX_VALUE, now);
      }
      long missing = count - balance.units();
      if (missing > 0) {
        if (missing > balance.left() || !mayAsk(now)) {
          return false;
        }
        balance = refilled(client, balance, missing, now);
      }
      boolean enough = balance.units() >= count;
      balances.put(
          client,
          enough
              ? new Balance(
                  balance.units() - count, balance.taken(), balance.left(), balance.endNanos())
              : balance);
      return enough;
    }

    private Balance refilled(String client, Balance balance, long missing, long now)
        throws IOException {
      QuotaLedger.Grant grant;
      try {
        long wanted = Math.max(missing, Math.min(balance.taken(), partUnits));
        grant = ledger.take(terms, client, missing, wanted);
        failedNanos = null;
      } catch (IOException e) {
        failedNanos = nanos.getAsLong();
        throw e;
      } finally {
        probing.set(false);
      }
      return new Balance(
          balance.units() + grant.units(),
          balance.taken() + grant.units(),
          Math.max(0, grant.left()),
          now + Duration.ofMillis(grant.endsInMillis()).toNanos());
    }
  }
}

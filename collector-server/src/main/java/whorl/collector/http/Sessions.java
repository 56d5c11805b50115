package whorl.collector.http;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who is logged in at the page. A session's id is known to the browser alone: here is its digest,
 * in memory only, so that a restart ends all of them. Thread-safe.
 */
public final class Sessions {
  /** A session ends so long after its login, whatever is done in it. */
  static final Duration LONGEST = Duration.ofHours(12);

  /** And so long after its last request. */
  static final Duration IDLE = Duration.ofHours(1);

  /** Of all, and of one token; where there are more, those unused for longest end. */
  static final int MAX = 1_000;

  static final int MAX_OF_ONE = 32;

  private static final int RANDOM_BYTES = 32;
  private static final int ID_CHARS = 43;

  /**
   * A session that has not ended.
   *
   * @param csrf what the page sends in {@code X-CSRF-Token}
   */
  record Session(Principal principal, String csrf) {
    /** Whether this is the session's token, in a time that does not tell how near it is. */
    boolean hasCsrf(@Nullable String sent) {
      return sent != null && MessageDigest.isEqual(Tokens.sha256(csrf), Tokens.sha256(sent));
    }
  }

  /**
   * One that has just begun.
   *
   * @param id the cookie's value, which is kept nowhere
   */
  record Opened(String id, Session session) {}

  private static final class Kept {
    final Session session;
    final long openedNanos;
    long usedNanos;

    Kept(Session session, long nowNanos) {
      this.session = session;
      this.openedNanos = nowNanos;
      this.usedNanos = nowNanos;
    }
  }

  private final LongSupplier nanos;
  private final SecureRandom random;

  /** By the id's digest, the one used last at the end. */
  private final Map<String, Kept> byDigest = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param nanos a clock that never goes back, as {@code System::nanoTime}
   */
  public Sessions(LongSupplier nanos, SecureRandom random) {
    this.nanos = nanos;
    this.random = random;
  }

  /** Begins one. */
  synchronized Opened open(Principal principal) {
    long now = nanos.getAsLong();
    byDigest.values().removeIf(kept -> ended(kept, now));
    endOldestOf(principal);
    if (byDigest.size() >= MAX) {
      endFirst(byDigest.values().iterator());
    }
    String id = secret();
    Session session = new Session(principal, secret());
    byDigest.put(digest(id), new Kept(session, now));
    return new Opened(id, session);
  }

  /** The session with this id, which is used herewith; null when there is none, or it has ended. */
  synchronized @Nullable Session use(String id) {
    if (id.length() != ID_CHARS) {
      return null;
    }
    String digest = digest(id);
    Kept kept = byDigest.get(digest);
    if (kept == null) {
      return null;
    }
    long now = nanos.getAsLong();
    if (ended(kept, now)) {
      byDigest.remove(digest);
      return null;
    }
    kept.usedNanos = now;
    return kept.session;
  }

  /** Ends it, where there is one. */
  synchronized void end(String id) {
    byDigest.remove(digest(id));
  }

  /** How many there are. */
  public synchronized int size() {
    long now = nanos.getAsLong();
    byDigest.values().removeIf(kept -> ended(kept, now));
    return byDigest.size();
  }

  private void endOldestOf(Principal principal) {
    long own =
        byDigest.values().stream()
            .filter(kept -> kept.session.principal().equals(principal))
            .count();
    if (own >= MAX_OF_ONE) {
      Iterator<Kept> all = byDigest.values().iterator();
      while (all.hasNext()) {
        if (all.next().session.principal().equals(principal)) {
          all.remove();
          return;
        }
      }
    }
  }

  private static void endFirst(Iterator<Kept> all) {
    all.next();
    all.remove();
  }

  private static boolean ended(Kept kept, long now) {
    return now - kept.openedNanos >= LONGEST.toNanos() || now - kept.usedNanos >= IDLE.toNanos();
  }

  private String secret() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String digest(String id) {
    return HexFormat.of().formatHex(Tokens.sha256(id));
  }
}

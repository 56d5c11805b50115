package whorl.collector.http.auth;

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
import whorl.collector.http.request.Principal;

/**
 * The sessions of the page. Only the browser has a session's id; the collector keeps its digest, in
 * memory only, so that a restart ends all sessions. Thread-safe.
 */
public final class Sessions {
  /** A session ends this long after its login. */
  static final Duration MAX_AGE = Duration.ofHours(12);

  /** A session ends this long after its last request. */
  static final Duration IDLE = Duration.ofHours(1);

  /** Limit for all sessions; beyond it, the one unused for the longest time ends. */
  static final int MAX = 1_000;

  /** Limit for the sessions of one token; beyond it, the one unused for the longest time ends. */
  static final int MAX_PER_TOKEN = 32;

  private static final int RANDOM_BYTES = 32;
  private static final int ID_CHARS = 43;

  /**
   * An open session.
   *
   * @param csrf the value that the page sends in {@code X-CSRF-Token}
   */
  record Session(Principal principal, String csrf) {
    /** True if this is the session's CSRF token. Compares in constant time. */
    boolean hasCsrf(@Nullable String sent) {
      return sent != null && MessageDigest.isEqual(Tokens.sha256(csrf), Tokens.sha256(sent));
    }
  }

  /**
   * A new session.
   *
   * @param id the cookie's value, which is stored nowhere
   */
  record Opened(String id, Session session) {}

  private static final class Entry {
    final Session session;
    final long openedNanos;
    long usedNanos;

    Entry(Session session, long nowNanos) {
      this.session = session;
      this.openedNanos = nowNanos;
      this.usedNanos = nowNanos;
    }
  }

  private final LongSupplier nanos;
  private final SecureRandom random;

  /** By the id's digest; the session used last is at the end. */
  private final Map<String, Entry> byDigest = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param nanos a clock that never goes back, as {@code System::nanoTime}
   */
  public Sessions(LongSupplier nanos, SecureRandom random) {
    this.nanos = nanos;
    this.random = random;
  }

  /** Begins a session. */
  synchronized Opened open(Principal principal) {
    long now = nanos.getAsLong();
    byDigest.values().removeIf(entry -> hasEnded(entry, now));
    endOldestOf(principal);
    if (byDigest.size() >= MAX) {
      endFirst(byDigest.values().iterator());
    }
    String id = secret();
    Session session = new Session(principal, secret());
    byDigest.put(digest(id), new Entry(session, now));
    return new Opened(id, session);
  }

  /**
   * Returns the session with this id and marks it as used; null when it is unknown or has ended.
   */
  synchronized @Nullable Session use(String id) {
    if (id.length() != ID_CHARS) {
      return null;
    }
    String digest = digest(id);
    Entry entry = byDigest.get(digest);
    if (entry == null) {
      return null;
    }
    long now = nanos.getAsLong();
    if (hasEnded(entry, now)) {
      byDigest.remove(digest);
      return null;
    }
    entry.usedNanos = now;
    return entry.session;
  }

  /** Ends the session with this id, if it exists. */
  synchronized void end(String id) {
    byDigest.remove(digest(id));
  }

  /** Returns the number of open sessions. */
  public synchronized int size() {
    long now = nanos.getAsLong();
    byDigest.values().removeIf(entry -> hasEnded(entry, now));
    return byDigest.size();
  }

  private void endOldestOf(Principal principal) {
    long count =
        byDigest.values().stream()
            .filter(entry -> entry.session.principal().equals(principal))
            .count();
    if (count >= MAX_PER_TOKEN) {
      Iterator<Entry> entries = byDigest.values().iterator();
      while (entries.hasNext()) {
        if (entries.next().session.principal().equals(principal)) {
          entries.remove();
          return;
        }
      }
    }
  }

  private static void endFirst(Iterator<Entry> entries) {
    entries.next();
    entries.remove();
  }

  private static boolean hasEnded(Entry entry, long now) {
    return now - entry.openedNanos >= MAX_AGE.toNanos() || now - entry.usedNanos >= IDLE.toNanos();
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

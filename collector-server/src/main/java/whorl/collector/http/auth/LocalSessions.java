package whorl.collector.http.auth;

import java.security.SecureRandom;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Person;
import whorl.collector.http.request.Principal;
import whorl.evidence.Digest;

/** Sessions that this collector keeps in memory, so that a restart ends all of them. */
public final class LocalSessions implements Sessions {
  private static final class Entry {
    final Session session;
    final @Nullable String providerSession;
    final long openedNanos;
    long usedNanos;

    Entry(Session session, @Nullable String providerSession, long nowNanos) {
      this.session = session;
      this.providerSession = providerSession;
      this.openedNanos = nowNanos;
      this.usedNanos = nowNanos;
    }
  }

  private final LongSupplier nanos;
  private final SecureRandom random;

  /** By the id's digest; the session used last is at the end. */
  private final Map<Digest, Entry> byDigest = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param nanos a clock that never goes back, as {@code System::nanoTime}
   */
  public LocalSessions(LongSupplier nanos, SecureRandom random) {
    this.nanos = nanos;
    this.random = random;
  }

  @Override
  public synchronized Opened open(Principal principal, @Nullable String providerSession) {
    long now = nanos.getAsLong();
    byDigest.values().removeIf(entry -> hasEnded(entry, now));
    endOldestOf(principal);
    if (byDigest.size() >= MAX) {
      endFirst(byDigest.values().iterator());
    }
    SessionId id = SessionId.next(random);
    Session session = new Session(principal, id.csrf());
    byDigest.put(id.digest(), new Entry(session, providerSession, now));
    return new Opened(id.value(), session);
  }

  @Override
  public synchronized @Nullable Session use(String value) {
    SessionId id = new SessionId(value);
    if (!id.isPossible()) {
      return null;
    }
    Digest digest = id.digest();
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

  @Override
  public synchronized void end(String id) {
    byDigest.remove(new SessionId(id).digest());
  }

  @Override
  public synchronized int endOf(
      String issuer, @Nullable String subject, @Nullable String providerSession) {
    int before = byDigest.size();
    if (subject != null || providerSession != null) {
      byDigest
          .values()
          .removeIf(
              entry -> {
                Person person = entry.session.principal().person();
                return person != null
                    && person.issuer().equals(issuer)
                    && (subject == null || subject.equals(person.subject()))
                    && (providerSession == null
                        || providerSession.equals(entry.providerSession)
                        || (subject != null && entry.providerSession == null));
              });
    }
    return before - byDigest.size();
  }

  @Override
  public synchronized int size() {
    long now = nanos.getAsLong();
    byDigest.values().removeIf(entry -> hasEnded(entry, now));
    return byDigest.size();
  }

  private void endOldestOf(Principal principal) {
    long count =
        byDigest.values().stream()
            .filter(entry -> entry.session.principal().name().equals(principal.name()))
            .count();
    if (count >= MAX_PER_TOKEN) {
      Iterator<Entry> entries = byDigest.values().iterator();
      while (entries.hasNext()) {
        if (entries.next().session.principal().name().equals(principal.name())) {
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
}

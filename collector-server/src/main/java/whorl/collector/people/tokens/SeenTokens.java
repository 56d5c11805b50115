package whorl.collector.people.tokens;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.ApiToken;
import whorl.collector.store.access.ApiTokenLedger;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The tokens that were valid last. One that was looked up a moment ago is believed without asking
 * the database again.
 */
final class SeenTokens {
  /** For how long a token is believed. */
  static final Duration BELIEVED = Duration.ofSeconds(2);

  /** How many tokens are remembered; beyond it, the one unused for the longest time goes. */
  static final int MAX = 4_096;

  private final LongSupplier nanos;
  private final Map<Digest, Entry> byDigest = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param nanos as {@link System#nanoTime}
   */
  SeenTokens(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** A token that was valid. */
  record Seen(ApiToken token, boolean isFresh) {}

  private record Entry(ApiToken token, long believedUntilNanos, long markedNanos) {}

  synchronized @Nullable Seen of(Digest digest) {
    Entry entry = byDigest.get(digest);
    return entry == null
        ? null
        : new Seen(entry.token(), entry.believedUntilNanos() - nanos.getAsLong() > 0);
  }

  /** Remembers a valid token; true if its use is to be written. */
  synchronized boolean add(Digest digest, ApiTokenLedger.Valid valid) {
    long now = nanos.getAsLong();
    Entry before = byDigest.get(digest);
    long marked = before == null ? now : before.markedNanos();
    boolean marks = before == null || now - marked >= ApiTokenLedger.UNWRITTEN.toNanos();
    long believed = Math.min(BELIEVED.toNanos(), valid.left().toNanos());
    byDigest.put(digest, new Entry(valid.token(), now + believed, marks ? now : marked));
    if (byDigest.size() > MAX) {
      byDigest.remove(byDigest.keySet().iterator().next());
    }
    return marks;
  }

  synchronized void forget(Digest digest) {
    byDigest.remove(digest);
  }

  synchronized void forget(Id id) {
    byDigest.values().removeIf(entry -> entry.token().id().equals(id));
  }

  synchronized void forgetAllOf(String maker) {
    byDigest.values().removeIf(entry -> entry.token().terms().maker().id().equals(maker));
  }
}

package whorl.collector.fleet.chain;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.ChainHead;
import whorl.evidence.Id;

/**
 * Sealed evidence that its agent has not announced yet. Announcement and evidence come on different
 * connections, perhaps to different collectors, and either may be first. Thread-safe.
 */
final class AwaitedAnnouncements {
  private static final long AWAITED_NANOS = Duration.ofMinutes(5).toNanos();
  private static final int MAX = 10_000;
  private static final int LOOKED_AT_ONCE = 20;

  /** Guarded by this; those that were looked at longest ago first. */
  private final Deque<Awaited> waiting = new ArrayDeque<>();

  /**
   * One of them.
   *
   * @param position in the manifest; null if it has none
   */
  record Awaited(
      AgentIdentity agent, Id evidence, @Nullable ChainHead position, long sealedNanos) {}

  /** Looks for an announcement. */
  @FunctionalInterface
  interface Look {
    /** True if it has come, and was compared. */
    boolean at(Awaited awaited) throws IOException;
  }

  /** Waits for it; the oldest is given up if too many are awaited. */
  synchronized void add(Awaited awaited) {
    if (waiting.size() == MAX) {
      waiting.removeFirst();
    }
    waiting.addLast(awaited);
  }

  /** Looks for some of them, and gives up those that were awaited for five minutes. */
  void look(long nowNanos, Look look) throws IOException {
    int looks = Math.min(LOOKED_AT_ONCE, size());
    for (int i = 0; i < looks; i++) {
      Awaited next = takeFirst();
      if (next == null) {
        return;
      }
      boolean compared = false;
      try {
        compared = look.at(next);
      } finally {
        if (!compared && nowNanos - next.sealedNanos() < AWAITED_NANOS) {
          add(next);
        }
      }
    }
  }

  private synchronized int size() {
    return waiting.size();
  }

  private synchronized @Nullable Awaited takeFirst() {
    return waiting.pollFirst();
  }
}

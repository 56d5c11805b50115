package whorl.collector.store.objects.cache;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.recent.RecentMap;
import whorl.collector.store.objects.WrongContentException;
import whorl.evidence.Digest;

/** Logs content that is damaged in the object store, at most once a minute each. Thread-safe. */
public final class DamagedContent {
  private static final Logger LOG = LoggerFactory.getLogger(DamagedContent.class);
  private static final DamagedContent ALL = new DamagedContent(System::nanoTime, LOG::warn);
  private static final long AGAIN_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int MAX_REMEMBERED = 1_000;

  private final LongSupplier nanoTime;
  private final Consumer<String> log;
  private final Map<Digest, Long> logged = RecentMap.byAddition(MAX_REMEMBERED);

  DamagedContent(LongSupplier nanoTime, Consumer<String> log) {
    this.nanoTime = nanoTime;
    this.log = log;
  }

  /**
   * Compares the digest of what was read with that of the content.
   *
   * @throws WrongContentException if it is another; the log has it, too
   */
  public static void requireRight(Digest expected, Digest found) throws WrongContentException {
    ALL.compare(expected, found);
  }

  void compare(Digest expected, Digest found) throws WrongContentException {
    if (!found.equals(expected)) {
      WrongContentException wrong = new WrongContentException(expected, found);
      if (isDue(expected)) {
        log.accept(wrong.getMessage());
      }
      throw wrong;
    }
  }

  private synchronized boolean isDue(Digest content) {
    long now = nanoTime.getAsLong();
    Long before = logged.get(content);
    if (before != null && now - before < AGAIN_NANOS) {
      return false;
    }
    logged.remove(content); // so that it counts as added last
    logged.put(content, now);
    return true;
  }
}

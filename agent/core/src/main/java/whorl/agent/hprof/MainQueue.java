package whorl.agent.hprof;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The queue between the thread that reads the main stream and the one that writes. Bounded by
 * bytes: a part waits for room, unless it is the only one.
 */
final class MainQueue {
  private final long maxBytes;
  private final Deque<MainPart> parts = new ArrayDeque<>();
  private long heldBytes;
  private boolean full;
  private boolean ended;
  private @Nullable IOException failure;

  MainQueue(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized void put(MainPart part) throws InterruptedException {
    long bytes = bytesOf(part);
    while (heldBytes > 0 && bytes > 0 && heldBytes + bytes > maxBytes) {
      full = true;
      wait();
    }
    full = false;
    heldBytes += bytes;
    parts.add(part);
    ended |= part instanceof MainPart.End;
    if (part instanceof MainPart.Failed failed) {
      failure = failed.failure();
    }
    notifyAll();
  }

  /** The next part, or null if none has arrived within this time. */
  synchronized @Nullable MainPart poll(long millis) throws InterruptedException {
    if (parts.isEmpty() && millis > 0) {
      TimeUnit.MILLISECONDS.timedWait(this, millis);
    }
    MainPart part = parts.poll();
    if (part != null) {
      heldBytes -= bytesOf(part);
      notifyAll();
    }
    return part;
  }

  /** Why the main stream has failed; null while it has not. */
  synchronized @Nullable IOException failure() {
    return failure;
  }

  /** True if no more parts can be added until some are taken out. */
  synchronized boolean endedOrFull() {
    return ended || full;
  }

  private static long bytesOf(MainPart part) {
    return part instanceof MainPart.Records records ? records.bytes().length : 0;
  }
}

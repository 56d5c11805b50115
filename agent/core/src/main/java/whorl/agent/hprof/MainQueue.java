package whorl.agent.hprof;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Between the thread that reads the main stream and the one that writes. Bounded by bytes: a part
 * that is put while there is no room waits, unless it is the only one.
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

  /** The next part, or null when none has come within so many milliseconds. */
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

  /** Why the main stream will bring nothing more, as soon as that is known. */
  synchronized @Nullable IOException failure() {
    return failure;
  }

  /** Whether nothing more can come, or be taken in, until parts are taken out. */
  synchronized boolean endedOrFull() {
    return ended || full;
  }

  private static long bytesOf(MainPart part) {
    return part instanceof MainPart.Records records ? records.bytes().length : 0;
  }
}

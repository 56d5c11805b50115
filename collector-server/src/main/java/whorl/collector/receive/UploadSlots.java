package whorl.collector.receive;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import whorl.evidence.Id;

/**
 * At most so many pieces of evidence in upload at once. One that has been still for a while loses
 * its slot, so that agents that died can't keep the others waiting. Thread-safe.
 */
final class UploadSlots {
  private static final long IDLE_NANOS = 60_000_000_000L;

  private final int slots;
  private final LongSupplier nanoClock;
  private final Map<Id, Long> lastActive = new LinkedHashMap<>();

  UploadSlots(int slots, LongSupplier nanoClock) {
    this.slots = slots;
    this.nanoClock = nanoClock;
  }

  /** A slot for this evidence, the one it has or a free one; false when it must wait. */
  synchronized boolean take(Id evidence) {
    long now = nanoClock.getAsLong();
    if (!lastActive.containsKey(evidence)) {
      forgetIdle(now);
      if (lastActive.size() >= slots) {
        return false;
      }
    }
    lastActive.put(evidence, now);
    return true;
  }

  /** Bytes came. What has begun may go on, whether it still has its slot or not. */
  synchronized void touch(Id evidence) {
    lastActive.put(evidence, nanoClock.getAsLong());
  }

  synchronized void release(Id evidence) {
    lastActive.remove(evidence);
  }

  synchronized int taken() {
    return lastActive.size();
  }

  private void forgetIdle(long now) {
    Iterator<Long> times = lastActive.values().iterator();
    while (times.hasNext()) {
      if (now - times.next() >= IDLE_NANOS) {
        times.remove();
      }
    }
  }
}

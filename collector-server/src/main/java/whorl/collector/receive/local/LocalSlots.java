package whorl.collector.receive.local;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import whorl.collector.limit.RemoteNetwork;
import whorl.collector.receive.uploads.UploadSlots;
import whorl.evidence.Id;

/** The slots of one collector, in memory. */
final class LocalSlots implements UploadSlots {
  private static final long IDLE_NANOS = IDLE.toNanos();

  private final int slots;
  private final LongSupplier nanoClock;
  private final Map<Id, Slot> taken = new LinkedHashMap<>();

  private record Slot(String network, long lastActive) {}

  LocalSlots(int slots, LongSupplier nanoClock) {
    this.slots = slots;
    this.nanoClock = nanoClock;
  }

  @Override
  public synchronized boolean take(Id evidence, String address) {
    long now = nanoClock.getAsLong();
    String network = RemoteNetwork.of(address);
    if (!taken.containsKey(evidence)) {
      releaseIdle(now);
      if (taken.size() >= slots || countFromNetwork(network) >= UploadSlots.maxOf(network, slots)) {
        return false;
      }
    }
    taken.put(evidence, new Slot(network, now));
    return true;
  }

  /**
   * Renews the slot on received bytes. An upload that has begun may continue even if it lost its
   * slot; it gets one back only if one is free, else one network could have more than its share by
   * letting uploads rest in turn.
   */
  synchronized void touch(Id evidence, String address) {
    boolean unused = take(evidence, address);
  }

  synchronized void release(Id evidence) {
    taken.remove(evidence);
  }

  @Override
  public synchronized int taken() {
    return taken.size();
  }

  private long countFromNetwork(String network) {
    return taken.values().stream().filter(slot -> slot.network().equals(network)).count();
  }

  private void releaseIdle(long now) {
    Iterator<Slot> iterator = taken.values().iterator();
    while (iterator.hasNext()) {
      if (now - iterator.next().lastActive() >= IDLE_NANOS) {
        iterator.remove();
      }
    }
  }
}

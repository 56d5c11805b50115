package whorl.collector.timeline;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * Which evidence is indexed next. All begins in the quick lane, in which what has just come is
 * before what was there, and small before large. What takes too long there goes on in the long lane
 * where that is empty, and otherwise waits for it. One piece at a time has the long lane, and the
 * agents have it in turn: so no agent's evidence, however much it is and however long it takes,
 * keeps the others' waiting. Thread-safe.
 */
final class IndexLanes {
  private static final Comparator<Waiting> ORDER =
      Comparator.comparing((Waiting each) -> !each.justCome())
          .thenComparingLong(Waiting::bytes)
          .thenComparingLong(Waiting::arrival);

  private final int max;
  private final PriorityQueue<Waiting> quick = new PriorityQueue<>(ORDER);
  private final Map<Id, Deque<Waiting>> slow = new LinkedHashMap<>();
  private final Set<Id> evidence = new HashSet<>();
  private boolean longTaken;
  private long arrivals;

  /**
   * @param max how many may wait
   */
  IndexLanes(int max) {
    this.max = max;
  }

  /**
   * One piece of evidence.
   *
   * @param justCome whether somebody is likely to look at it now
   * @param bytes of all its artifacts
   * @param arrival counts up
   * @param isSlow whether it has taken too long already
   */
  record Waiting(
      Id evidence, Id agent, boolean justCome, long bytes, long arrival, boolean isSlow) {}

  /** False when too many wait already; what waits is not added twice. */
  synchronized boolean add(Id id, Id agent, boolean justCome, long bytes) {
    if (evidence.size() >= max) {
      return false;
    }
    if (evidence.add(id)) {
      quick.add(new Waiting(id, agent, justCome, bytes, arrivals++, false));
      notifyAll();
    }
    return true;
  }

  /** It took too long, or can't be done now: others go first. */
  synchronized void addSlow(Waiting again) {
    if (evidence.add(again.evidence())) {
      slow.computeIfAbsent(again.agent(), agent -> new ArrayDeque<>())
          .add(
              new Waiting(
                  again.evidence(),
                  again.agent(),
                  again.justCome(),
                  again.bytes(),
                  arrivals++,
                  true));
      notifyAll();
    }
  }

  /**
   * Waits for one, of the long lane first where no other has that: {@link #longEnded} must be
   * called after one that is slow.
   */
  synchronized Waiting take() throws InterruptedException {
    while (quick.isEmpty() && (longTaken || slow.isEmpty())) {
      wait();
    }
    Waiting next = longTaken ? null : nextSlow();
    longTaken |= next != null;
    return taken(next == null ? quick.remove() : next);
  }

  /**
   * Whether one of the quick lane may take as long as it does: then it has the long lane, and
   * {@link #longEnded} must be called after it.
   */
  synchronized boolean takesLong() {
    if (longTaken || !slow.isEmpty()) {
      return false;
    }
    longTaken = true;
    return true;
  }

  /** What had the long lane has it no more. */
  synchronized void longEnded() {
    longTaken = false;
    notifyAll();
  }

  synchronized void remove(Id id) {
    if (evidence.remove(id)) {
      quick.removeIf(each -> each.evidence().equals(id));
      slow.values().forEach(of -> of.removeIf(each -> each.evidence().equals(id)));
      slow.values().removeIf(Deque::isEmpty);
    }
  }

  synchronized int size() {
    return evidence.size();
  }

  private @Nullable Waiting nextSlow() {
    Iterator<Map.Entry<Id, Deque<Waiting>>> agents = slow.entrySet().iterator();
    if (!agents.hasNext()) {
      return null;
    }
    Map.Entry<Id, Deque<Waiting>> agent = agents.next();
    agents.remove();
    Waiting next = agent.getValue().remove();
    if (!agent.getValue().isEmpty()) {
      slow.put(agent.getKey(), agent.getValue());
    }
    return next;
  }

  private Waiting taken(Waiting next) {
    evidence.remove(next.evidence());
    return next;
  }
}

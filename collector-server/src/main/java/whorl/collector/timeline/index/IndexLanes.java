package whorl.collector.timeline.index;

import java.util.ArrayDeque;
import java.util.Collections;
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
 * Decides which evidence is indexed next. Evidence starts in the quick lane: new evidence before
 * old, small before large; every fourth piece is the one that waits longest, so that small ones
 * without end cannot keep it waiting. If it takes too long there, it continues in the long lane if
 * that is free, and otherwise waits for it. The long lane holds one piece at a time, and agents
 * take turns, so no agent's evidence can block that of others, no matter how much it is or how long
 * it takes. Thread-safe.
 */
final class IndexLanes {
  private static final Comparator<Waiting> ORDER =
      Comparator.comparing((Waiting each) -> !each.isNew())
          .thenComparingLong(Waiting::bytes)
          .thenComparingLong(Waiting::arrival);

  private static final Comparator<Waiting> OLDEST =
      Comparator.comparing((Waiting each) -> !each.isNew()).thenComparingLong(Waiting::arrival);

  private static final int OLDEST_EVERY = 4;

  private final int max;
  private final PriorityQueue<Waiting> quick = new PriorityQueue<>(ORDER);
  private final Map<Id, Deque<Waiting>> slow = new LinkedHashMap<>();
  private final Set<Id> evidence = new HashSet<>();
  private boolean longLaneTaken;
  private long arrivals;
  private int quickTakes;

  /**
   * @param max how many may wait
   */
  IndexLanes(int max) {
    this.max = max;
  }

  /**
   * One piece of evidence.
   *
   * @param isNew true if it is new or requested, so that a user probably waits for it
   * @param bytes of all its artifacts
   * @param arrival a counter
   * @param isSlow true if it has already taken too long
   */
  record Waiting(Id evidence, Id agent, boolean isNew, long bytes, long arrival, boolean isSlow) {}

  /** False if too many wait already. Waiting evidence is not added twice. */
  synchronized boolean add(Id id, Id agent, boolean isNew, long bytes) {
    if (evidence.size() >= max) {
      return false;
    }
    if (evidence.add(id)) {
      quick.add(new Waiting(id, agent, isNew, bytes, arrivals++, false));
      notifyAll();
    }
    return true;
  }

  /** Adds evidence that took too long or cannot be indexed now; other evidence goes first. */
  synchronized void addSlow(Waiting piece) {
    if (evidence.add(piece.evidence())) {
      slow.computeIfAbsent(piece.agent(), agent -> new ArrayDeque<>())
          .add(
              new Waiting(
                  piece.evidence(), piece.agent(), piece.isNew(), piece.bytes(), arrivals++, true));
      notifyAll();
    }
  }

  /**
   * Waits for the next piece. Slow evidence goes first if the long lane is free. Call {@link
   * #releaseLongLane} after slow evidence.
   */
  synchronized Waiting take() throws InterruptedException {
    while (quick.isEmpty() && (longLaneTaken || slow.isEmpty())) {
      wait();
    }
    Waiting next = longLaneTaken ? null : nextSlow();
    longLaneTaken |= next != null;
    return removed(next == null ? nextQuick() : next);
  }

  /** True if the piece that waits longest comes next, after so many that were taken. */
  static boolean isTurnOfOldest(int takes) {
    return Math.floorMod(takes, OLDEST_EVERY) == OLDEST_EVERY - 1;
  }

  private Waiting nextQuick() {
    if (!isTurnOfOldest(quickTakes++)) {
      return quick.remove();
    }
    Waiting oldest = Collections.min(quick, OLDEST);
    quick.remove(oldest);
    return oldest;
  }

  /**
   * Takes the long lane for running evidence of the quick lane, so that it may continue. Call
   * {@link #releaseLongLane} afterwards.
   *
   * @return false if the long lane is taken or other evidence waits for it
   */
  synchronized boolean tryTakeLongLane() {
    if (longLaneTaken || !slow.isEmpty()) {
      return false;
    }
    longLaneTaken = true;
    return true;
  }

  /** Frees the long lane. */
  synchronized void releaseLongLane() {
    longLaneTaken = false;
    notifyAll();
  }

  synchronized void remove(Id id) {
    if (evidence.remove(id)) {
      quick.removeIf(each -> each.evidence().equals(id));
      slow.values().forEach(queue -> queue.removeIf(each -> each.evidence().equals(id)));
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

  private Waiting removed(Waiting next) {
    evidence.remove(next.evidence());
    return next;
  }
}

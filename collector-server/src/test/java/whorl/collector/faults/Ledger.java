package whorl.collector.faults;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import whorl.evidence.Id;

/**
 * What collectors acknowledged, as their clients saw it, and what contradicts it. For several
 * threads.
 */
final class Ledger {
  private static final int VIOLATIONS_MAX = 500;

  /** A file of a piece. */
  private record FileOf(Id evidence, String name) {}

  private final Map<FileOf, Long> offsets = new ConcurrentHashMap<>();
  private final Map<Id, Piece> sealed = new ConcurrentHashMap<>();
  private final Map<Id, Piece> begun = new ConcurrentHashMap<>();
  private final Set<Id> alerts = ConcurrentHashMap.newKeySet();
  private final Map<Id, Id> captures = new ConcurrentHashMap<>();
  private final Map<String, List<Id>> requests = new ConcurrentHashMap<>();
  private final Queue<String> checkpoints = new ConcurrentLinkedQueue<>();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private final AtomicInteger violationCount = new AtomicInteger();

  /** A collector said that it has the first {@code offset} bytes. */
  void acknowledged(Piece piece, String file, long offset) {
    offsets.merge(new FileOf(piece.evidence(), file), offset, Math::max);
  }

  /**
   * A collector says where an upload stands: never before what was acknowledged. The envelope alone
   * is sent again if its evidence could not be sealed; only the seal acknowledges it.
   */
  void stands(Piece piece, String file, long offset) {
    if (file.equals(Piece.ENVELOPE)) {
      return;
    }
    Long acknowledged = offsets.get(new FileOf(piece.evidence(), file));
    if (acknowledged != null && acknowledged > offset) {
      violation(
          "acknowledged bytes lost: %s of evidence %s stood at %d, and now at %d",
          file, piece.evidence(), acknowledged, offset);
      offsets.put(new FileOf(piece.evidence(), file), offset);
    }
    acknowledged(piece, file, offset);
  }

  long acknowledged(Piece piece, String file) {
    return offsets.getOrDefault(new FileOf(piece.evidence(), file), 0L);
  }

  long acknowledgedBytes() {
    return offsets.values().stream().mapToLong(Long::longValue).sum();
  }

  void begun(Piece piece) {
    begun.put(piece.evidence(), piece);
  }

  void sealed(Piece piece) {
    sealed.put(piece.evidence(), piece);
  }

  void alert(Id alert) {
    alerts.add(alert);
  }

  /** A collector answered a request for captures; the same key must get the same captures. */
  void captures(String key, Map<Id, Id> agents) {
    captures.putAll(agents);
    List<Id> before = requests.putIfAbsent(key, List.copyOf(agents.keySet()));
    if (before != null && !Set.copyOf(before).equals(agents.keySet())) {
      violation("request %s got captures %s, and then %s", key, before, agents.keySet());
    }
  }

  void checkpoint(String note) {
    if (!checkpoints.contains(note)) {
      checkpoints.add(note);
    }
  }

  void violation(String format, Object... values) {
    if (violationCount.incrementAndGet() <= VIOLATIONS_MAX) {
      String text = String.format(format, values);
      violations.add(text);
      System.err.println("VIOLATION: " + text);
    }
  }

  /** Pieces whose seal was acknowledged, by evidence. */
  Map<Id, Piece> sealed() {
    return sealed;
  }

  /** All pieces that agents began to ship. */
  Map<Id, Piece> begun() {
    return begun;
  }

  Set<Id> alerts() {
    return alerts;
  }

  /** The agent of each capture that was requested and acknowledged. */
  Map<Id, Id> captures() {
    return captures;
  }

  List<String> checkpoints() {
    return List.copyOf(checkpoints);
  }

  List<String> violations() {
    return List.copyOf(violations);
  }

  int violationCount() {
    return violationCount.get();
  }
}

package whorl.collector.custody.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The positions of each evidence's entries in the custody log's file, and the state that they give
 * the evidence. Not thread-safe.
 */
final class EntryIndex {
  /** One line in so many has its offset kept, so that any line is found with a short scan. */
  private static final int STRIDE = 256;

  private final Map<Id, Trail> trails = new HashMap<>();
  private final MemoryHolds holds = new MemoryHolds();
  private long[] offsets = new long[64];

  /**
   * A line of the file, without its line feed.
   *
   * @param index the number of lines before it
   */
  record Span(long index, long offset, int length) {
    /** The offset of the next line. */
    long end() {
      return offset + length + 1;
    }
  }

  private static final class Trail {
    private final List<Span> spans = new ArrayList<>(4);
    private @Nullable Digest last;
    private boolean kept;
    private boolean purged;
  }

  /** Notes where a line begins. */
  void begin(long index, long offset) {
    if (index % STRIDE == 0) {
      int at = (int) (index / STRIDE);
      if (at == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * at);
      }
      offsets[at] = offset;
    }
  }

  /** The last line at or before {@code index} whose offset is known; its length is not. */
  Span before(long index) {
    int at = (int) (index / STRIDE);
    return new Span((long) at * STRIDE, offsets[at], 0);
  }

  /** Adds an entry and its position. */
  void add(CustodyEntry entry, Span span) {
    if (entry.evidence() != null) {
      Trail trail = trails.computeIfAbsent(entry.evidence(), id -> new Trail());
      trail.spans.add(span);
      trail.last = entry.hash();
      if (entry.action().equals(CustodyAction.PURGED.word())) {
        // An altered entry must not make the next start delete anything.
        trail.purged = trail.purged || entry.intact();
      } else if (CustodyAction.commits(entry.action())
          && entry.detail().containsKey(CommittedRecords.RECORD)) {
        trail.purged = false;
        trail.kept = true;
      }
    }
    holds.accept(HoldChange.of(entry));
  }

  /** The positions of this evidence's entries, oldest first. */
  List<Span> spans(Id evidence) {
    Trail trail = trails.get(evidence);
    return trail == null ? List.of() : List.copyOf(trail.spans);
  }

  MemoryHolds holds() {
    return holds;
  }

  /** The hash of this evidence's last entry; null if there is none. */
  @Nullable Digest last(Id evidence) {
    Trail trail = trails.get(evidence);
    return trail == null ? null : trail.last;
  }

  /** Evidence that was kept and not purged. */
  Set<Id> kept() {
    Set<Id> kept = new HashSet<>();
    trails.forEach(
        (id, trail) -> {
          if (trail.kept && !trail.purged) {
            kept.add(id);
          }
        });
    return kept;
  }

  boolean isKept(Id evidence) {
    Trail trail = trails.get(evidence);
    return trail != null && trail.kept && !trail.purged;
  }

  boolean isPurged(Id evidence) {
    Trail trail = trails.get(evidence);
    return trail != null && trail.purged;
  }
}

package whorl.agent.ship.tus;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.ship.spool.StoredEvidence;

/**
 * Tracks what the collector has of one evidence, so that a broken connection costs no more than a
 * chunk. Used by one thread.
 */
public final class Transfer {
  private StoredEvidence evidence;
  private final List<StoredEvidence.Entry> order = new ArrayList<>();

  /** By the number of the entry, as is {@link #tried}. */
  private final BitSet done = new BitSet();

  /** Entries that were tried in a group; those that are still not done are shipped singly. */
  private final BitSet tried = new BitSet();

  /** Entries that are lost. */
  private final BitSet missing = new BitSet();

  private int first;
  private boolean begun;
  private long bytesOfDone;
  private long bytesUnderWay;
  private @Nullable String lost;

  public Transfer(StoredEvidence evidence) {
    this.evidence = evidence;
    grow(evidence);
  }

  /** Adds artifacts that the evidence has gained since; the earlier ones are unchanged. */
  public void grow(StoredEvidence grown) {
    evidence = grown;
    List<StoredEvidence.Entry> added =
        new ArrayList<>(grown.entries().subList(order.size(), grown.entries().size()));
    added.sort(Comparator.comparing(entry -> StoredEvidence.rank(entry.artifact().name())));
    for (StoredEvidence.Entry entry : added) {
      if (entry.arrived()) {
        done.set(entry.number());
      }
    }
    order.addAll(added);
  }

  public StoredEvidence evidence() {
    return evidence;
  }

  /** The next entry: artifacts, then the manifest, then the envelope; null if all are done. */
  public StoredEvidence.@Nullable Entry next() {
    while (first < order.size() && done.get(order.get(first).number())) {
      first++;
    }
    return first < order.size() ? order.get(first) : null;
  }

  /** Up to {@code max} small entries to ship in parallel; each is returned once. */
  List<StoredEvidence.Entry> nextSmall(int max, long maxBytes) {
    List<StoredEvidence.Entry> group = new ArrayList<>(max);
    for (int i = first; i < order.size() && group.size() < max; i++) {
      StoredEvidence.Entry entry = order.get(i);
      if (done.get(entry.number())) {
        continue;
      }
      long size = entry.artifact().size();
      boolean alone =
          size > maxBytes
              || size == 0
              || entry.arrived()
              || StoredEvidence.rank(entry.artifact().name()) > 0;
      if (alone || tried.get(entry.number())) {
        break;
      }
      tried.set(entry.number());
      group.add(entry);
    }
    return group;
  }

  void done(StoredEvidence.Entry entry) {
    begun = true;
    done.set(entry.number());
    bytesOfDone += entry.bytes();
    bytesUnderWay = 0;
  }

  /** The collector has the first {@code bytes} of the current artifact. */
  void underWay(long bytes) {
    bytesUnderWay = bytes;
  }

  /** The artifact cannot be read any more; the others are shipped all the same. */
  public void lost(StoredEvidence.Entry entry, String reason) {
    begun = true;
    done.set(entry.number());
    missing.set(entry.number());
    lost = lost == null ? reason : lost;
  }

  /** Why the evidence cannot be sealed any more; null while nothing is lost. */
  public @Nullable String lost() {
    return lost;
  }

  boolean begun() {
    return begun;
  }

  /** The bytes that the collector has. */
  public long shippedBytes() {
    return bytesOfDone + bytesUnderWay;
  }

  /** The collector has lost something: checks each artifact again, including those that arrived. */
  void restart() {
    begun = !missing.isEmpty();
    done.clear();
    done.or(missing);
    tried.clear();
    first = 0;
    bytesOfDone = 0;
    bytesUnderWay = 0;
  }
}

package whorl.agent.ship;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.ArtifactName;

/**
 * What of one evidence the collector has already, so that a broken line costs no more than a chunk.
 * For one thread.
 */
final class Transfer {
  private static final Map<ArtifactName, Integer> LAST =
      Map.of(ArtifactName.MANIFEST, 1, ArtifactName.ENVELOPE, 2);

  private StoredEvidence evidence;
  private final List<StoredEvidence.Entry> order = new ArrayList<>();

  /** By the number of the entry, as is {@link #tried}. */
  private final BitSet done = new BitSet();

  /** Those for which the quick way was tried; what is not done by it goes the careful way. */
  private final BitSet tried = new BitSet();

  /** Those that are lost. */
  private final BitSet missing = new BitSet();

  private int first;
  private boolean begun;
  private long bytesOfDone;
  private long bytesUnderWay;
  private @Nullable String lost;

  Transfer(StoredEvidence evidence) {
    this.evidence = evidence;
    grow(evidence);
  }

  /** The evidence has become more since; what it had before, it still has. */
  void grow(StoredEvidence more) {
    evidence = more;
    List<StoredEvidence.Entry> added =
        new ArrayList<>(more.entries().subList(order.size(), more.entries().size()));
    added.sort(Comparator.comparing(entry -> rank(entry.artifact().name())));
    for (StoredEvidence.Entry entry : added) {
      if (entry.arrived()) {
        done.set(entry.number());
      }
    }
    order.addAll(added);
  }

  /** Whether it is shipped after all others. */
  static boolean isLast(ArtifactName name) {
    return LAST.containsKey(name);
  }

  StoredEvidence evidence() {
    return evidence;
  }

  /** Artifacts first, then the manifest, then the envelope; null when all is there. */
  StoredEvidence.@Nullable Entry next() {
    while (first < order.size() && done.get(order.get(first).number())) {
      first++;
    }
    return first < order.size() ? order.get(first) : null;
  }

  /** Up to {@code most} small ones that may go side by side; each is handed out once. */
  List<StoredEvidence.Entry> nextSmall(int most, long maxBytes) {
    List<StoredEvidence.Entry> group = new ArrayList<>(most);
    for (int i = first; i < order.size() && group.size() < most; i++) {
      StoredEvidence.Entry entry = order.get(i);
      if (done.get(entry.number())) {
        continue;
      }
      long size = entry.artifact().size();
      boolean alone =
          size > maxBytes || size == 0 || entry.arrived() || rank(entry.artifact().name()) > 0;
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

  /** The collector has the first {@code bytes} of the artifact that is shipped now. */
  void underWay(long bytes) {
    bytesUnderWay = bytes;
  }

  /** This one can't be had any more; the others shall arrive all the same. */
  void lost(StoredEvidence.Entry entry, String reason) {
    begun = true;
    done.set(entry.number());
    missing.set(entry.number());
    lost = lost == null ? reason : lost;
  }

  /** Why the evidence can't be sealed any more; null while all is there. */
  @Nullable String lost() {
    return lost;
  }

  boolean begun() {
    return begun;
  }

  /** What the collector has, in bytes. */
  long shippedBytes() {
    return bytesOfDone + bytesUnderWay;
  }

  /** The collector has lost some of it: ask about each again, those that had arrived as well. */
  void forget() {
    begun = !missing.isEmpty();
    done.clear();
    done.or(missing);
    tried.clear();
    first = 0;
    bytesOfDone = 0;
    bytesUnderWay = 0;
  }

  private static int rank(ArtifactName name) {
    return LAST.getOrDefault(name, 0);
  }
}

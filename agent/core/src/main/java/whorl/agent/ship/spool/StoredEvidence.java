package whorl.agent.ship.spool;

import java.util.List;
import java.util.Map;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * Evidence in the spool.
 *
 * @param agent the agent that captured it: this JVM, or an earlier one that left it behind
 * @param entries in order of creation
 * @param sealed false if that JVM ended before it could sign; the entries are then partial evidence
 */
public record StoredEvidence(
    Id evidence,
    Id capture,
    Id agent,
    List<Entry> entries,
    boolean sealed,
    SpoolStorage.Entry spoolEntry) {
  /** The artifacts that are shipped after all others, in this order. */
  private static final Map<ArtifactName, Integer> LAST =
      Map.of(ArtifactName.MANIFEST, 1, ArtifactName.ENVELOPE, 2);

  public StoredEvidence {
    entries = List.copyOf(entries);
  }

  /**
   * An artifact and its number in the spool entry.
   *
   * @param arrived true if it went straight to the collector, so that the spool has no bytes of it
   */
  public record Entry(int number, Artifact artifact, boolean arrived) {
    /** The bytes in the spool. */
    public long bytes() {
      return arrived ? 0 : artifact.size();
    }
  }

  /** The bytes in the spool. */
  public long bytes() {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.bytes();
    }
    return bytes;
  }

  /** True if the artifact is shipped after all others. */
  static boolean isLast(ArtifactName name) {
    return LAST.containsKey(name);
  }

  /** The place of the artifact in the order of shipping; 0 unless it is shipped last. */
  public static int rank(ArtifactName name) {
    return LAST.getOrDefault(name, 0);
  }
}

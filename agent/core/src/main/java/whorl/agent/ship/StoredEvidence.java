package whorl.agent.ship;

import java.util.List;
import whorl.evidence.Artifact;
import whorl.evidence.Id;

/**
 * Evidence that waits in the spool.
 *
 * @param agent who captured it: this JVM, or one before it that left it behind
 * @param entries in the order of their making
 * @param sealed false when that JVM died before it could sign: then what there is makes partial
 *     evidence
 */
record StoredEvidence(
    Id evidence, Id capture, Id agent, List<Entry> entries, boolean sealed, SpoolStorage.Box box) {
  StoredEvidence {
    entries = List.copyOf(entries);
  }

  /**
   * An artifact and the number under which the box has it.
   *
   * @param arrived whether it went straight to the collector, so that the box has no bytes of it
   */
  record Entry(int number, Artifact artifact, boolean arrived) {
    /** What of it lies in the box. */
    long bytes() {
      return arrived ? 0 : artifact.size();
    }
  }

  /** What lies in the box. */
  long bytes() {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.bytes();
    }
    return bytes;
  }
}

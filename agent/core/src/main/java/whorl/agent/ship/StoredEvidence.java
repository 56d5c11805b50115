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
    Id evidence, Id capture, Id agent, List<Entry> entries, boolean sealed, Shelf.Box box) {
  StoredEvidence {
    entries = List.copyOf(entries);
  }

  /** An artifact and the number under which the box has it. */
  record Entry(int number, Artifact artifact) {}

  long bytes() {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.artifact().size();
    }
    return bytes;
  }
}

package whorl.collector.receive;

import java.util.SortedMap;
import whorl.collector.store.EvidenceRecord;
import whorl.evidence.ArtifactName;

/** What the attempt to seal came to. */
sealed interface SealOutcome {
  /** It is evidence now, for good. */
  record Sealed(EvidenceRecord record) implements SealOutcome {}

  /**
   * Artifacts must be shipped again; nothing is sealed.
   *
   * @param artifacts which, and why
   */
  record Lacking(SortedMap<ArtifactName, String> artifacts) implements SealOutcome {}

  /**
   * The manifest or its signature does not hold.
   *
   * @param problem the first of them
   */
  record Refused(String problem) implements SealOutcome {}
}

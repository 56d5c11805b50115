package whorl.collector.receive.seal;

import java.util.SortedMap;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.evidence.ArtifactName;

/** The result of an attempt to seal. */
public sealed interface SealOutcome {
  /** The evidence is sealed for good. */
  record Sealed(EvidenceRecord record) implements SealOutcome {}

  /**
   * Nothing is sealed; the agent must ship artifacts again.
   *
   * @param artifacts their names, each with the reason
   */
  record Lacking(SortedMap<ArtifactName, String> artifacts) implements SealOutcome {}

  /**
   * The manifest or its signature is invalid.
   *
   * @param problem the first problem
   */
  record Refused(String problem) implements SealOutcome {}
}

package whorl.collector.store.records;

import java.util.Locale;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.evidence.ArtifactName;
import whorl.evidence.channel.CaptureState;

/** Classes of evidence with different retention. */
public enum EvidenceClass {
  /** Captured for an alert. */
  ALERT,
  /** Requested by a person. */
  REQUEST,
  /** Contains a heap snapshot, whatever the reason of its capture: large and most confidential. */
  HEAP,
  /** Incomplete, or its manifest or signature is invalid. */
  FAILED;

  private static final String HEAP_DUMP = "heap.hprof";

  /** The first of failed, heap, alert and request that applies to this record. */
  public static EvidenceClass of(EvidenceRecord record) {
    if (record.state() != CaptureState.SEALED) {
      return FAILED;
    }
    if (record.artifacts().stream().anyMatch(artifact -> isHeap(artifact.name()))) {
      return HEAP;
    }
    return record.alert() == null ? REQUEST : ALERT;
  }

  /**
   * @throws IllegalArgumentException if no class has this word
   */
  public static EvidenceClass of(String word) {
    for (EvidenceClass each : values()) {
      if (each.word().equals(word)) {
        return each;
      }
    }
    throw new IllegalArgumentException("no class of evidence: " + word);
  }

  /** The lower-case word in options and responses. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static boolean isHeap(ArtifactName name) {
    return name.value().startsWith(HEAP_DUMP);
  }
}

package whorl.collector.store;

import java.util.Locale;
import whorl.evidence.ArtifactName;
import whorl.evidence.CaptureState;

/** Kinds of evidence that are worth keeping for different lengths of time. */
public enum EvidenceClass {
  /** Captured for an alert. */
  ALERT,
  /** A person asked for it. */
  REQUEST,
  /** It holds a heap snapshot, whoever asked for it: large, and the most confidential. */
  HEAP,
  /** It did not come whole, or its manifest or signature does not hold. */
  FAILED;

  private static final String HEAP_DUMP = "heap.hprof";

  /** The first of failed, heap, alert and request that this record is. */
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
   * @throws IllegalArgumentException when it is no class's word
   */
  public static EvidenceClass of(String word) {
    for (EvidenceClass each : values()) {
      if (each.word().equals(word)) {
        return each;
      }
    }
    throw new IllegalArgumentException("no class of evidence: " + word);
  }

  /** The lower-case word of options and answers. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static boolean isHeap(ArtifactName name) {
    return name.value().startsWith(HEAP_DUMP);
  }
}

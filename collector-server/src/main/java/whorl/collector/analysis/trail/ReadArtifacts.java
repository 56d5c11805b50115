package whorl.collector.analysis.trail;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.objects.WrongContentException;
import whorl.evidence.ArtifactName;

/** Reads artifacts of one piece of evidence, and knows which of them are damaged. */
final class ReadArtifacts {
  private final EvidenceStore store;
  private final EvidenceRecord evidence;
  private final Set<String> damaged = new LinkedHashSet<>();

  ReadArtifacts(EvidenceStore store, EvidenceRecord evidence) {
    this.store = store;
    this.evidence = evidence;
  }

  boolean has(ArtifactName name) {
    return evidence.artifact(name) != null;
  }

  /**
   * Returns the artifact as a file, to be closed after use; null if the evidence does not have it,
   * it is larger, or it is lost or damaged.
   */
  EvidenceStore.@Nullable Content open(ArtifactName name, long maxBytes) throws IOException {
    StoredArtifact artifact = evidence.artifact(name);
    if (artifact == null || artifact.size() > maxBytes || !store.holds(artifact.sha256())) {
      return null;
    }
    try {
      return store.content(artifact.sha256());
    } catch (NoSuchFileException lost) {
      return null;
    } catch (WrongContentException wrong) {
      damaged.add(name.value());
      return null;
    }
  }

  /** The names of those that somebody changed in the object store. */
  Set<String> damaged() {
    return Set.copyOf(damaged);
  }
}

package whorl.collector.custody;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.Digest;

/** The artifacts of one piece of evidence in the store. */
final class StoreBundle implements Bundle {
  private final EvidenceStore store;
  private final SortedMap<String, Digest> content = new TreeMap<>();

  StoreBundle(EvidenceStore store, EvidenceRecord record) {
    this.store = store;
    for (StoredArtifact artifact : record.artifacts()) {
      content.put(artifact.name().value(), artifact.sha256());
    }
  }

  @Override
  public SortedSet<String> names() {
    return new TreeSet<>(content.keySet());
  }

  @Override
  public InputStream open(String name) throws IOException {
    Digest sha256 = content.get(name);
    if (sha256 == null) {
      throw new NoSuchFileException(name);
    }
    return store.read(sha256, 0);
  }
}

package whorl.collector.performance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/**
 * The recordings of one piece of evidence.
 *
 * @param readable by name
 * @param encrypted the names of those that only their recipient can read
 */
record Recordings(
    EvidenceRecord record, Map<String, StoredArtifact> readable, List<String> encrypted) {
  private static final List<ArtifactName> NAMES =
      List.of(ArtifactName.RECORDING, new ArtifactName("previous.jfr"));

  static Recordings of(EvidenceRecord record) {
    Map<String, StoredArtifact> readable = new LinkedHashMap<>();
    List<String> encrypted = new ArrayList<>();
    for (ArtifactName name : NAMES) {
      StoredArtifact artifact = record.artifact(name);
      if (artifact != null) {
        readable.put(name.value(), artifact);
      } else if (record.artifact(name.encrypted()) != null) {
        encrypted.add(name.value());
      }
    }
    return new Recordings(record, readable, encrypted);
  }

  List<String> names() {
    return List.copyOf(readable.keySet());
  }

  /** The size of all readable recordings. */
  long bytes() {
    return readable.values().stream().mapToLong(StoredArtifact::size).sum();
  }

  /** Names the content, so that a result of other content is not taken for one of this. */
  String build() {
    StringBuilder digests = new StringBuilder();
    readable.values().forEach(each -> digests.append(each.sha256().hex()));
    StoredArtifact manifest = record.artifact(ArtifactName.MANIFEST);
    digests.append(manifest == null ? "" : manifest.sha256().hex());
    return Digest.of(digests.toString().getBytes(StandardCharsets.US_ASCII)).hex();
  }

  /** Why there is nothing to read; null if there is. */
  @Nullable String whyNone() {
    if (!readable.isEmpty()) {
      return null;
    }
    return encrypted.isEmpty()
        ? "this evidence has no recording"
        : "the recording is encrypted; decrypt it and open it on your own machine";
  }
}

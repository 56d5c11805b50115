package whorl.collector.heap;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.HeapFacts;

/**
 * The heap snapshot of one piece of evidence, or why there is none to read.
 *
 * @param artifact null if there is none
 * @param whyNone null if there is one
 */
record HeapSnapshot(
    EvidenceRecord record, @Nullable StoredArtifact artifact, @Nullable String whyNone) {
  private static final ArtifactName NAME = new ArtifactName("heap.hprof.gz");
  private static final ArtifactName HISTOGRAM = new ArtifactName("histogram.txt");

  static HeapSnapshot of(EvidenceRecord record) {
    StoredArtifact artifact = record.artifact(NAME);
    if (artifact != null) {
      return new HeapSnapshot(record, artifact, null);
    }
    return new HeapSnapshot(
        record,
        null,
        record.artifact(NAME.encrypted()) == null
            ? "this evidence has no heap snapshot; capture one with --artifacts heap"
            : "the heap snapshot is encrypted; whorl open with --identity examines it on your machine");
  }

  /** The class histogram that the JVM itself made, null if there is none. */
  static @Nullable StoredArtifact histogram(EvidenceRecord record) {
    return record.artifact(HISTOGRAM);
  }

  /** What of it left the JVM, in a word of the manifest. */
  String content() {
    HeapFacts heap = record.heap();
    return heap == null ? "unknown" : heap.content().name().toLowerCase(Locale.ROOT);
  }

  boolean hasValues() {
    HeapFacts heap = record.heap();
    return heap != null && heap.content() == HeapFacts.Content.FULL;
  }

  /** Names what is read, so that a result of other content is not taken for one of this. */
  static String build(StoredArtifact artifact, boolean values) {
    String text = artifact.sha256().hex() + values;
    return Digest.of(text.getBytes(StandardCharsets.US_ASCII)).hex();
  }
}

package whorl.collector.page;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;

/** The class files of an evidence: the artifacts {@code classes/<sha256>.class}. */
final class KeptClassFiles {
  /** Longer class files are not read. */
  static final int MAX_CLASS_BYTES = 8 << 20;

  private static final Pattern NAME = Pattern.compile("classes/([0-9a-f]{64})\\.class");

  private KeptClassFiles() {}

  /** Returns the artifacts by the digest in their name, in the order of the record. */
  static Map<String, StoredArtifact> of(EvidenceRecord record) {
    Map<String, StoredArtifact> files = new LinkedHashMap<>();
    for (StoredArtifact artifact : record.artifacts()) {
      Matcher matcher = NAME.matcher(artifact.name().value());
      if (matcher.matches()) {
        files.put(matcher.group(1), artifact);
      }
    }
    return files;
  }

  /** Returns the class's name from its bytes; null when it cannot be read. */
  static @Nullable String className(
      EvidenceLookup evidenceLookup, EvidenceRecord record, StoredArtifact file)
      throws IOException {
    if (file.size() > MAX_CLASS_BYTES) {
      return null;
    }
    try (InputStream in = evidenceLookup.read(record, file)) {
      return ClassFileName.of(in.readNBytes(MAX_CLASS_BYTES));
    }
  }
}

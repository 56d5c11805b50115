package whorl.collector.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.StoredArtifact;

/** The class files of an evidence: the artifacts {@code classes/<sha256>.class}. */
final class KeptClassFiles {
  /** A longer one is not looked into. */
  static final int LOOKED_AT_MAX_BYTES = 8 << 20;

  private static final Pattern NAME = Pattern.compile("classes/([0-9a-f]{64})\\.class");

  private KeptClassFiles() {}

  /** By the digest in the name, in the order of the record. */
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

  /** The class's name as its bytes have it; null when they do not. */
  static @Nullable String className(
      EvidenceLookup evidenceLookup, EvidenceRecord record, StoredArtifact file)
      throws IOException {
    if (file.size() > LOOKED_AT_MAX_BYTES) {
      return null;
    }
    try (InputStream in = Files.newInputStream(evidenceLookup.content(record, file))) {
      return ClassFileName.of(in.readNBytes(LOOKED_AT_MAX_BYTES));
    }
  }
}

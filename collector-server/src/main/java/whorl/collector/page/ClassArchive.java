package whorl.collector.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;

/**
 * Writes all class files of an evidence as a zip, by their Java names, with {@code SHA256SUMS}. An
 * attacker chose the names, so only characters that are safe in every file system are kept, and no
 * entry leads out of the folder.
 */
final class ClassArchive {
  private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9_$-]");
  private static final int MAX_SEGMENT_CHARS = 100;
  private static final int MAX_NAME_CHARS = 400;

  private final EvidenceLookup evidenceLookup;

  ClassArchive(EvidenceLookup evidenceLookup) {
    this.evidenceLookup = evidenceLookup;
  }

  /** Writes the zip; one class file at a time is in memory. */
  void write(EvidenceRecord record, OutputStream out) throws IOException {
    String folder = "whorl-" + record.id() + "-classes/";
    LocalDateTime time = LocalDateTime.ofInstant(record.sealedAt(), ZoneOffset.UTC).withNano(0);
    Set<String> usedPaths = new HashSet<>();
    StringBuilder sums = new StringBuilder();
    ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
    zip.setLevel(Deflater.BEST_SPEED);
    for (Map.Entry<String, StoredArtifact> file : KeptClassFiles.of(record).entrySet()) {
      StoredArtifact artifact = file.getValue();
      String path = path(KeptClassFiles.className(evidenceLookup, record, artifact));
      // several loaders may have a class of this name, and some file systems ignore case
      if (path == null || !usedPaths.add(path.toLowerCase(Locale.ROOT))) {
        // no class's own path has the ~: an entry that is there twice would end the zip
        path = (path == null ? "unnamed/" : path) + "~" + file.getKey();
      }
      zip.putNextEntry(entry(folder + path + ".class", time));
      try (InputStream content = evidenceLookup.read(record, artifact)) {
        content.transferTo(zip);
      }
      zip.closeEntry();
      sums.append(artifact.sha256()).append("  ").append(path).append(".class\n");
    }
    zip.putNextEntry(entry(folder + "SHA256SUMS", time));
    zip.write(sums.toString().getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
    zip.finish();
    zip.flush();
  }

  /** Returns a relative path without the extension; null when no safe characters remain. */
  static @Nullable String path(@Nullable String className) {
    if (className == null) {
      return null;
    }
    StringBuilder path = new StringBuilder();
    for (String segment : className.split("\\.")) {
      String safe = UNSAFE.matcher(segment).replaceAll("_");
      if (safe.isEmpty()) {
        continue;
      }
      path.append(path.isEmpty() ? "" : "/");
      path.append(safe, 0, Math.min(MAX_SEGMENT_CHARS, safe.length()));
      if (path.length() > MAX_NAME_CHARS) {
        return null;
      }
    }
    return path.isEmpty() ? null : path.toString();
  }

  private static ZipEntry entry(String name, LocalDateTime time) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(time);
    return entry;
  }
}

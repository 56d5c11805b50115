package whorl.collector.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;

/**
 * {@code backup.json}: marks a folder as a backup and describes its content.
 *
 * @param complete false while the backup is being made; such a backup cannot be restored
 * @param madeAt when it was made
 * @param evidence the number of pieces of evidence
 * @param blobs the number of content files
 * @param bytes of content
 * @param custodyEntries the number of custody entries
 * @param custodyEnd the hash of the last entry; null if there is none
 */
public record BackupMark(
    int version,
    boolean complete,
    Instant madeAt,
    long evidence,
    long blobs,
    long bytes,
    long custodyEntries,
    @Nullable String custodyEnd) {
  static final String NAME = "backup.json";
  static final int VERSION = 1;

  static BackupMark begun(Instant now) {
    return new BackupMark(VERSION, false, now, 0, 0, 0, 0, null);
  }

  /** The mark of this folder; null if there is none. */
  static @Nullable BackupMark read(Path folder) throws IOException {
    byte[] json;
    try {
      json = Files.readAllBytes(folder.resolve(NAME));
    } catch (NoSuchFileException missingMark) {
      return null;
    }
    BackupMark mark;
    try {
      mark = Json.LENIENT.readValue(json, BackupMark.class);
    } catch (IOException e) {
      throw new IOException(folder.resolve(NAME) + " can't be read: " + e.getMessage(), e);
    }
    if (mark == null || mark.version() > VERSION) {
      throw new IOException(
          folder.resolve(NAME) + " is of a newer Whorl; use that one to restore it");
    }
    return mark;
  }

  void write(Path folder) throws IOException {
    CopiedFiles.replace(folder.resolve(NAME), Json.bytes(this));
  }
}

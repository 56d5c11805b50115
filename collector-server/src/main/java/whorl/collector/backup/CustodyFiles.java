package whorl.collector.backup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.store.disk.DataFolder;

/**
 * The files beside the custody log that a backup has: the key, the checkpoint, the time stamps.
 * Tiles are left out, because the log gives them again.
 */
final class CustodyFiles {
  private CustodyFiles() {}

  /**
   * Copies them. The log must be copied afterwards, so that it has all that the checkpoint covers.
   */
  static void copy(DataFolder from, DataFolder to) throws IOException {
    List<Path> files = new ArrayList<>(List.of(from.logKey(), from.checkpoint()));
    if (Files.isDirectory(from.stamps())) {
      try (DirectoryStream<Path> stamps = Files.newDirectoryStream(from.stamps())) {
        stamps.forEach(files::add);
      }
    }
    for (Path file : files) {
      if (Files.exists(file)) {
        CopiedFiles.copy(file, to.root().resolve(from.root().relativize(file)));
      }
    }
  }
}

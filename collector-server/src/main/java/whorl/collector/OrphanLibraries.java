package whorl.collector;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Native libraries that SQLite and DuckDB unpacked into the temporary folder for a process that was
 * killed: 57 MiB each time. One that is loaded can be deleted all the same.
 */
final class OrphanLibraries {
  private static final Logger LOG = LoggerFactory.getLogger(OrphanLibraries.class);

  /** Somebody may just be about to load it. */
  private static final Duration OLD = Duration.ofSeconds(30);

  private OrphanLibraries() {}

  static void delete(Path folder) {
    long bytes = 0;
    for (String names : new String[] {"libduckdb_java*", "sqlite-*-libsqlitejdbc.so*"}) {
      try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, names)) {
        for (Path file : left) {
          bytes += deleteOld(file);
        }
      } catch (IOException unreadable) {
        LOG.debug("{} was not looked through for old libraries", folder, unreadable);
      }
    }
    if (bytes > 0) {
      LOG.info("deleted {} MiB of libraries that an earlier run left in {}", bytes >> 20, folder);
    }
  }

  private static long deleteOld(Path file) throws IOException {
    boolean old =
        Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && Files.getLastModifiedTime(file).toInstant().isBefore(Instant.now().minus(OLD));
    long size = old ? Files.size(file) : 0;
    try {
      if (old) {
        Files.delete(file);
      }
    } catch (IOException notOurs) {
      return 0;
    }
    return size;
  }
}

package whorl.collector.maintenance;

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
 * Deletes native libraries that SQLite and DuckDB unpacked into the temporary folder for a killed
 * process, 57 MiB each time. A loaded library can be deleted too without harm.
 */
public final class OrphanLibraries {
  private static final Logger LOG = LoggerFactory.getLogger(OrphanLibraries.class);

  /** Younger ones may not be loaded yet. */
  private static final Duration MIN_AGE = Duration.ofSeconds(30);

  private OrphanLibraries() {}

  public static void delete(Path folder) {
    long bytes = 0;
    for (String pattern : new String[] {"libduckdb_java*", "sqlite-*-libsqlitejdbc.so*"}) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, pattern)) {
        for (Path file : found) {
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
            && Files.getLastModifiedTime(file).toInstant().isBefore(Instant.now().minus(MIN_AGE));
    long size = old ? Files.size(file) : 0;
    try {
      if (old) {
        Files.delete(file);
      }
    } catch (IOException notPermitted) {
      return 0;
    }
    return size;
  }
}

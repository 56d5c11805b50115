package whorl.collector.store.objects;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;

/**
 * Holds unreferenced content by day instead of deleting it: if a record was missing only for a
 * while, its content still exists.
 */
public final class Trash {
  /** For how long content stays. */
  public static final Duration KEEP_FOR = Duration.ofDays(7);

  private static final Logger LOG = LoggerFactory.getLogger(Trash.class);

  private final Path folder;
  private final Disk disk;
  private final InstantSource clock;

  public Trash(DataFolder folder, Disk disk, InstantSource clock) {
    this.folder = folder.trash();
    this.disk = disk;
    this.clock = clock;
  }

  /** Moves a file of the data folder into the trash. */
  public void take(Path file) throws IOException {
    Path day = folder.resolve(today().toString());
    disk.createFolders(day);
    disk.move(file, day.resolve(String.valueOf(file.getFileName())));
  }

  /** Deletes content that is older than {@link #KEEP_FOR}. */
  public void emptyOld() throws IOException {
    LocalDate first = today().minusDays(KEEP_FOR.toDays());
    for (var day : days().entrySet()) {
      if (day.getKey().isBefore(first)) {
        LOG.info("deleting {}, content that no evidence refers to", day.getValue());
        disk.delete(day.getValue());
      }
    }
  }

  private LocalDate today() {
    Instant now = clock.instant();
    return LocalDate.ofInstant(now, ZoneOffset.UTC);
  }

  private TreeMap<LocalDate, Path> days() throws IOException {
    TreeMap<LocalDate, Path> days = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder)) {
        for (Path each : folders) {
          LocalDate day = day(each);
          if (day != null) {
            days.put(day, each);
          }
        }
      }
    }
    return days;
  }

  private static @Nullable LocalDate day(Path folder) {
    try {
      return LocalDate.parse(String.valueOf(folder.getFileName()));
    } catch (DateTimeException notOurs) {
      return null;
    }
  }
}

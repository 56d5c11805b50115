package whorl.collector.timeline.index;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.disk.Tries;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.collector.timeline.read.rows.PlainText;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * The folder of one timeline: complete or absent. It is built next to its place as {@code
 * timeline.new} and then moved there.
 */
final class TimelineFolder {
  private static final long CONSTANTS_MAX_BYTES = 64 << 10;
  private static final Logger LOG = LoggerFactory.getLogger(TimelineFolder.class);
  private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

  private final DataFolder folder;
  private final Disk disk;
  private final @Nullable SharedTimelines shared;

  /**
   * @param shared has the complete timelines instead of the folder; null if the folder has them
   */
  TimelineFolder(DataFolder folder, Disk disk, @Nullable SharedTimelines shared) {
    this.folder = folder;
    this.disk = disk;
    this.shared = shared;
  }

  /**
   * Removes what a run that was killed was making of evidence that is kept elsewhere: another
   * collector makes it since, and a purge does not come here. Tries are still counted.
   */
  void removeUnfinished() throws IOException {
    if (shared == null || !Files.isDirectory(folder.evidence())) {
      return;
    }
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(folder.evidence(), each -> Files.isDirectory(each))) {
      for (Path each : all) {
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(each, "*.new")) {
          for (Path work : unfinished) {
            disk.delete(work);
          }
        }
      }
    }
  }

  /** Creates an empty folder to build a timeline in. */
  Path fresh(Id evidence) throws IOException {
    Path fresh = folder.evidence(evidence).resolve("timeline.new");
    remove(fresh);
    disk.createFolders(fresh);
    return fresh;
  }

  /**
   * Records an attempt, so that evidence that crashes the collector each time is finally marked as
   * failed.
   *
   * @return the number of attempts that did not finish, including this one
   */
  int beginAttempt(Id evidence) throws IOException {
    return tries(evidence).begins();
  }

  /** Clears what {@link #beginAttempt} recorded. */
  void endAttempt(Id evidence) throws IOException {
    if (shared == null) {
      tries(evidence).ended();
    } else {
      disk.delete(folder.evidence(evidence)); // it only has what is needed meanwhile
    }
  }

  private Tries tries(Id evidence) {
    return new Tries(disk, folder.evidence(evidence), "index.tries");
  }

  /** Publishes the content of the fresh folder as the timeline. */
  void publish(Id evidence, Path fresh) throws IOException {
    if (shared != null) {
      shared.publish(evidence, fresh);
      remove(fresh);
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(fresh)) {
      for (Path file : files) {
        try (FileChannel channel = disk.open(file)) {
          disk.force(channel);
        }
      }
    }
    remove(folder.timeline(evidence));
    disk.move(fresh, folder.timeline(evidence));
    disk.forceFolder(folder.evidence(evidence));
  }

  /** All of the evidence has come: what was made of it before is no timeline of it any more. */
  void outdate(Id evidence) throws IOException {
    if (shared != null) {
      shared.outdate(evidence);
      return;
    }
    Path timeline = folder.timeline(evidence);
    if (Files.exists(timeline.resolve(StoredColumns.STATUS))) {
      disk.delete(timeline.resolve(StoredColumns.STATUS));
      disk.forceFolder(timeline);
    }
  }

  /** The content of {@code index.json}; null if there is none of this version. */
  @Nullable IndexStatus status(Id evidence) {
    if (shared != null) {
      return shared.status(evidence);
    }
    Path file = folder.timeline(evidence).resolve(StoredColumns.STATUS);
    if (!Files.exists(file)) {
      return null;
    }
    try {
      IndexStatus status = Json.LENIENT.readValue(file.toFile(), IndexStatus.class);
      return status.version() == IndexStatus.VERSION ? status : null;
    } catch (IOException damaged) {
      LOG.warn("evidence {}: its index is damaged and is made anew", evidence, damaged);
      return null;
    }
  }

  /** The part of the evidence that has no timeline. */
  List<Id> withoutTimeline(List<Id> all) {
    return all.stream().filter(each -> status(each) == null).toList();
  }

  /** Forgets what is remembered of purged evidence. */
  void forget(Id evidence) throws IOException {
    if (shared != null) {
      shared.forget(evidence);
    }
  }

  DuckTimeline.Rows rows(Id evidence) throws IOException {
    if (shared != null) {
      return shared.rows(evidence);
    }
    Path timeline = folder.timeline(evidence);
    return new DuckTimeline.Rows(
        timeline,
        files(timeline),
        readConstants(timeline.resolve(StoredColumns.CONSTANTS), StoredColumns.CONSTANT));
  }

  /**
   * The values of these columns in a file like {@link StoredColumns#CONSTANTS}, made safe for
   * display.
   */
  static Map<Column, String> readConstants(Path file, Set<Column> columns) throws IOException {
    if (Files.size(file) > CONSTANTS_MAX_BYTES) {
      throw new IOException(file + " is too long to be ours; delete its folder");
    }
    Map<String, String> stored = Json.MAPPER.readValue(file.toFile(), TEXTS);
    EnumMap<Column, String> constants = new EnumMap<>(Column.class);
    stored.forEach(
        (name, value) -> {
          Column column = Column.of(name);
          if (column != null && columns.contains(column)) {
            constants.put(column, PlainText.of(value));
          }
        });
    return constants;
  }

  private static List<Path> files(Path timeline) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(timeline)) {
      for (Path file : all) {
        if (StoredColumns.isRows(file.getFileName().toString())) {
          files.add(file);
        }
      }
    }
    if (files.isEmpty()) {
      throw new IOException(timeline + " holds no rows; delete it to have it made anew");
    }
    files.sort(null);
    return files;
  }

  static void writeConstants(Path fresh, Map<Column, String> constants) throws IOException {
    Map<String, String> named = new LinkedHashMap<>();
    constants.forEach((column, value) -> named.put(column.columnName(), value));
    Files.write(fresh.resolve(StoredColumns.CONSTANTS), Json.bytes(named));
  }

  void remove(Path each) throws IOException {
    if (Files.isDirectory(each)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(each)) {
        for (Path file : files) {
          if (Files.isDirectory(file)) {
            remove(file);
          } else {
            disk.delete(file);
          }
        }
      }
    }
    disk.delete(each);
  }
}

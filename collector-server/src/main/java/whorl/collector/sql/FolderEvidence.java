package whorl.collector.sql;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.collector.timeline.index.StoredTimelines;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.Id;

/** The evidence in a data folder, or in a copy of one, without a collector. */
public final class FolderEvidence {
  private FolderEvidence() {}

  /**
   * The selected evidence with its timelines; what was not indexed has none.
   *
   * @throws IOException if the folder is not a collector's
   */
  public static List<SqlPiece> of(Path folder, EvidenceSelection selection) throws IOException {
    DataFolder data = new DataFolder(folder);
    if (!Files.isDirectory(data.evidence())) {
      throw new IOException(folder + " is not the data folder of a collector");
    }
    StoredTimelines timelines = new StoredTimelines(data);
    List<SqlPiece> pieces = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(data.evidence())) {
      for (Path each : folders) {
        String name = String.valueOf(each.getFileName());
        if (!Id.isId(name) || !Files.exists(data.record(new Id(name)))) {
          continue;
        }
        Id id = new Id(name);
        EvidenceRecord record = EvidenceRecord.parse(Files.readAllBytes(data.record(id)));
        if (selection.has(record)) {
          pieces.add(new SqlPiece(record, timeline(timelines, id)));
        }
      }
    }
    return pieces;
  }

  private static DuckTimeline.@Nullable Rows timeline(StoredTimelines timelines, Id id)
      throws IOException {
    try {
      return timelines.of(id);
    } catch (NotIndexedException none) {
      return null;
    }
  }
}

package whorl.collector.analysis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.timeline.StoredColumns;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Reports in the data folder, each beside the rows that it was computed from. */
final class FolderReports implements ReportStore {
  private static final Logger LOG = LoggerFactory.getLogger(FolderReports.class);
  static final String FILE = "findings.json";
  private static final long FILE_MAX_BYTES = 32 << 20;

  private final DataFolder folder;
  private final Disk disk;

  FolderReports(DataFolder folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  /** A new timeline replaces the folder of the old one, with its report. */
  @Override
  public String build(Id evidence) throws IOException {
    try {
      Path status = folder.timeline(evidence).resolve(StoredColumns.STATUS);
      return Files.getLastModifiedTime(status).toString();
    } catch (NoSuchFileException absent) {
      return "";
    }
  }

  @Override
  public @Nullable KeptReport read(Id evidence, String build) throws IOException {
    Path file = folder.timeline(evidence).resolve(FILE);
    try {
      return Files.size(file) > FILE_MAX_BYTES
          ? null
          : Json.MAPPER.readValue(Files.readAllBytes(file), KeptReport.class);
    } catch (NoSuchFileException absent) {
      return null;
    } catch (com.fasterxml.jackson.core.JacksonException incompatible) {
      LOG.info("evidence {}: its findings are computed again", evidence);
      return null;
    }
  }

  @Override
  public void write(Id evidence, String build, KeptReport report) throws IOException {
    Path timelineFolder = folder.timeline(evidence);
    disk.createFolders(timelineFolder);
    disk.replace(timelineFolder, FILE, Json.bytes(report));
  }
}

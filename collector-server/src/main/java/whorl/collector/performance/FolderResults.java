package whorl.collector.performance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.evidence.Id;

/** Results in the data folder, one of each kind. They go with the folder of purged evidence. */
final class FolderResults implements ResultStore {
  private final DataFolder folder;
  private final Disk disk;

  FolderResults(DataFolder folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  @Override
  public byte @Nullable [] read(Id evidence, String kind, String build) throws IOException {
    Path file = folder.performance(evidence).resolve(name(kind));
    try {
      return Files.size(file) > MAX_BYTES ? null : Files.readAllBytes(file);
    } catch (NoSuchFileException absent) {
      return null;
    }
  }

  @Override
  public void write(Id evidence, String kind, String build, byte[] json) throws IOException {
    Path results = folder.performance(evidence);
    disk.createFolders(results);
    disk.replace(results, name(kind), json);
  }

  @Override
  public void remove(Id evidence, String kind, String build) throws IOException {
    disk.delete(folder.performance(evidence));
  }

  private static String name(String kind) {
    return kind + ".json";
  }
}

package whorl.collector.custody.publish;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.Stamped;
import whorl.collector.custody.proof.TilePath;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;

/**
 * The tree in the data folder of one collector:
 *
 * <pre>
 * custody/checkpoint                  the last checkpoint
 * custody/tile/0/x001/234             tiles of hashes; those of leaves come from custody.ndjson
 * custody/stamps/&lt;size&gt;.checkpoint   a checkpoint that was stamped
 * custody/stamps/&lt;size&gt;.tsr          the authority's answer
 * </pre>
 *
 * Thread-safe.
 */
public final class FolderLog implements PublishedLog {
  /** The suffix of stamped checkpoints. */
  public static final String CHECKPOINT = ".checkpoint";

  /** The suffix of the answers of authorities. */
  public static final String RESPONSE = ".tsr";

  private final DataFolder folder;
  private final Disk disk;

  public FolderLog(DataFolder folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  @Override
  public @Nullable SignedCheckpoint checkpoint() throws IOException {
    try {
      return parsed(folder.checkpoint());
    } catch (NoSuchFileException none) {
      return null;
    }
  }

  @Override
  public byte @Nullable [] shown() {
    return null;
  }

  @Override
  public byte[] read(TilePath path) throws IOException {
    return Files.readAllBytes(file(path));
  }

  @Override
  public void write(TilePath path, byte[] content) throws IOException {
    Path file = file(path);
    Path parent = parent(file);
    disk.createFolders(parent);
    String name = String.valueOf(file.getFileName());
    disk.replace(parent, name, content);
  }

  @Override
  public void delete(TilePath path) throws IOException {
    disk.delete(file(path));
  }

  @Override
  public boolean keepsEntries() {
    return false;
  }

  @Override
  public boolean publish(SignedCheckpoint checkpoint, long fence, boolean rebuilt)
      throws IOException {
    String name = String.valueOf(folder.checkpoint().getFileName());
    disk.replace(folder.custody(), name, checkpoint.bytes());
    return true;
  }

  @Override
  public void stamp(Stamped stamped) throws IOException {
    disk.createFolders(folder.stamps());
    long size = stamped.checkpoint().size();
    disk.replace(folder.stamps(), size + RESPONSE, stamped.response());
    disk.replace(folder.stamps(), size + CHECKPOINT, stamped.checkpoint().bytes());
  }

  @Override
  public @Nullable Stamped stamped(long size) throws IOException {
    Long covering = sizes().ceiling(size);
    return covering == null
        ? null
        : new Stamped(
            parsed(folder.stamps().resolve(covering + CHECKPOINT)),
            Files.readAllBytes(folder.stamps().resolve(covering + RESPONSE)));
  }

  @Override
  public List<Long> stampedSizes(int limit) throws IOException {
    return sizes().descendingSet().stream().limit(limit).toList();
  }

  private TreeSet<Long> sizes() throws IOException {
    TreeSet<Long> sizes = new TreeSet<>();
    if (!Files.isDirectory(folder.stamps())) {
      return sizes;
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder.stamps(), "*" + CHECKPOINT)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        String size = name.substring(0, name.length() - CHECKPOINT.length());
        if (size.matches("\\d{1,18}")) {
          sizes.add(Long.parseLong(size));
        }
      }
    }
    return sizes;
  }

  private static SignedCheckpoint parsed(Path file) throws IOException {
    try {
      return SignedCheckpoint.parse(Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  private Path file(TilePath path) {
    return folder.custody().resolve(path.path());
  }

  private static Path parent(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IOException(file + " has no folder");
    }
    return parent;
  }
}

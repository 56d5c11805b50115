package whorl.agent.ship.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.evidence.Id;

/** The folder of one evidence. */
final class FolderEntry implements SpoolStorage.Entry {
  private static final Logger log = LoggerFactory.getLogger(FolderEntry.class);

  private final Path folder;
  private final Id agent;

  /** Null once nothing more may be added. */
  private @Nullable SpoolIndexWriter index;

  private FolderEntry(Path folder, Id agent, @Nullable SpoolIndexWriter index) {
    this.folder = folder;
    this.agent = agent;
    this.index = index;
  }

  static FolderEntry begin(Path folder, Id evidence, Id capture, Id agent) throws IOException {
    SpoolIndexWriter index = new SpoolIndexWriter(newFile(folder.resolve(SpoolIndex.FILE)));
    FolderEntry spoolEntry = new FolderEntry(folder, agent, index);
    try {
      index.begin(evidence, capture, agent);
    } catch (IOException e) {
      spoolEntry.delete();
      throw e;
    }
    return spoolEntry;
  }

  /** Evidence that an earlier JVM left; it is used as it is. */
  static FolderEntry leftBehind(Path folder, Id agent) {
    return new FolderEntry(folder, agent, null);
  }

  @Override
  public OutputStream create(int number) throws IOException {
    return newFile(folder.resolve(SpoolIndex.fileName(number)));
  }

  @Override
  public void record(StoredEvidence.Entry entry) throws IOException {
    openIndex().artifact(entry);
  }

  @Override
  public void remove(int number) {
    delete(folder.resolve(SpoolIndex.fileName(number)));
  }

  @Override
  public void seal() throws IOException {
    SpoolIndexWriter last = openIndex();
    last.sealed();
    last.close();
    index = null;
  }

  @Override
  public Id agent() {
    return agent;
  }

  @Override
  public ArtifactReader open(int number) throws IOException {
    Path file = folder.resolve(SpoolIndex.fileName(number));
    SpoolFolder.refuseIfNoFile(file);
    return new FileReader(
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  @Override
  public void delete() {
    SpoolIndexWriter unfinished = index;
    index = null;
    try {
      if (unfinished != null) {
        unfinished.close();
      }
      // Deletes the index first: without it the next JVM finds nothing to ship.
      Files.deleteIfExists(folder.resolve(SpoolIndex.FILE));
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          delete(file);
        }
      }
      Files.deleteIfExists(folder);
    } catch (IOException | DirectoryIteratorException e) {
      log.warn("evidence folder {} cannot be removed from the spool: {}", folder, e.toString());
    }
  }

  private SpoolIndexWriter openIndex() throws IOException {
    SpoolIndexWriter open = index;
    if (open == null) {
      throw new IOException("evidence folder " + folder + " is complete or deleted");
    }
    return open;
  }

  private static OutputStream newFile(Path file) throws IOException {
    return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("{} cannot be removed from the spool: {}", file, e.toString());
    }
  }

  private record FileReader(FileChannel file) implements ArtifactReader {
    @Override
    public void read(long position, byte[] into, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
      while (buffer.hasRemaining()) {
        if (file.read(buffer, position + buffer.position()) < 0) {
          throw new IOException("the artifact's file ends at " + (position + buffer.position()));
        }
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}

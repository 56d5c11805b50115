package whorl.agent.ship.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code evidence.dir}: sealed evidence in plain files, {@code <evidence>/<artifact name>}, for a
 * volume that another process collects. Evidence is written under a temporary name first, so a
 * folder with an evidence's name is complete, except for artifacts that went straight to the
 * collector.
 */
public final class EvidenceFolder {
  private static final int BUFFER_BYTES = 64 << 10;

  private static final Logger log = LoggerFactory.getLogger(EvidenceFolder.class);

  private final Path folder;

  public EvidenceFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Copies evidence here, unless it is here already.
   *
   * @throws IOException if there is no room or no permission to write; nothing partial stays
   */
  public void copy(StoredEvidence evidence) throws IOException {
    Path complete = folder.resolve(evidence.evidence().value());
    if (Files.isDirectory(complete)) {
      return;
    }
    Path partial = folder.resolve("." + evidence.evidence().value() + ".partial");
    try {
      delete(partial);
      Files.createDirectories(folder);
      // Fails for a folder that another process has made meanwhile.
      Files.createDirectory(partial);
      for (StoredEvidence.Entry entry : evidence.entries()) {
        if (entry.arrived()) {
          log.warn(
              "the copy of evidence {} in evidence.dir {} lacks artifact {}, which only the"
                  + " collector has",
              evidence.evidence(),
              folder,
              entry.artifact().name());
          continue;
        }
        Path file = partial.resolve(entry.artifact().name().value());
        Path parent = file.getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        copy(evidence, entry, file);
      }
      Files.move(partial, complete, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      delete(partial);
      throw new IOException(
          "evidence " + evidence.evidence() + " cannot be kept in evidence.dir " + folder, e);
    }
  }

  private static void copy(StoredEvidence evidence, StoredEvidence.Entry entry, Path file)
      throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long size = entry.artifact().size();
    try (ArtifactReader in = evidence.spoolEntry().open(entry.number());
        OutputStream out =
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long position = 0; position < size; position += BUFFER_BYTES) {
        int length = (int) Math.min(BUFFER_BYTES, size - position);
        in.read(position, buffer, length);
        out.write(buffer, 0, length);
      }
    }
  }

  private static void delete(Path tree) throws IOException {
    if (Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> children = Files.newDirectoryStream(tree)) {
        for (Path child : children) {
          delete(child);
        }
      }
    }
    Files.deleteIfExists(tree);
  }
}

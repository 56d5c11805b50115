package whorl.collector.store.objects.folder;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import whorl.collector.store.disk.Disk;

/** Writes files beside the objects, and moves them into place durably. Thread-safe. */
final class Placing {
  static final String TEMPORARY = ".temporary";

  private static final Duration LEFT_BEHIND = Duration.ofDays(1);

  /** Another collector may delete an empty folder between the two steps that use it. */
  private static final int TRIES = 8;

  private final Path root;
  private final Path temporary;
  private final Disk disk;

  private Placing(Path root, Disk disk) {
    this.root = root;
    this.temporary = root.resolve(TEMPORARY);
    this.disk = disk;
  }

  static Placing open(Path root, Disk disk) throws IOException {
    Placing placing = new Placing(root, disk);
    disk.createFolders(placing.temporary);
    disk.forceFolder(root);
    placing.deleteLeftBehind();
    return placing;
  }

  /**
   * Looks whether the folder is still the one that was opened.
   *
   * @throws FolderAway if it is not; what it seems to lack is not lost then, and nothing may be
   *     written to what is there instead
   */
  void requireThere() throws FolderAway {
    if (!Files.isDirectory(temporary, LinkOption.NOFOLLOW_LINKS)) {
      throw new FolderAway(root);
    }
  }

  /** True if the file system has hard links, which make a write that must not replace atomic. */
  boolean canLink() throws IOException {
    Path one = fresh();
    Path other = fresh();
    write(one, new byte[0]);
    try {
      Files.createLink(other, one);
      return true;
    } catch (UnsupportedOperationException | FileSystemException none) {
      return false;
    } finally {
      disk.delete(one);
      disk.delete(other);
    }
  }

  /** A durable file with the content of another one, which must not be written to any more. */
  Path temporaryOf(Path content) throws IOException {
    if (!Files.isRegularFile(content, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(String.valueOf(content), null, "no file to put");
    }
    Path file = fresh();
    try (FileChannel channel = disk.open(content)) {
      disk.force(channel);
    }
    disk.linkOrCopy(content, file);
    FolderObjects.touch(file);
    return file;
  }

  Path temporaryOf(byte[] content) throws IOException {
    Path file = fresh();
    write(file, content);
    return file;
  }

  Path fresh() {
    return temporary.resolve(UUID.randomUUID().toString());
  }

  /** Moves a temporary file to its place; replaces what is there. */
  void replace(Path file, Path target) throws IOException {
    inFolderOf(
        target,
        () -> {
          disk.move(file, target);
          // A rename does nothing if both names are of one file.
          disk.delete(file);
        });
  }

  /**
   * Gives a temporary file its place, unless there is a file; the temporary file goes in any case.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is one
   */
  void link(Path file, Path target) throws IOException {
    try {
      inFolderOf(target, () -> Files.createLink(target, file));
    } finally {
      disk.delete(file);
    }
  }

  /** The folder of a path below the root. */
  static Path folderOf(Path file) {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IllegalStateException("not below the root: " + file);
    }
    return folder;
  }

  private interface Step {
    void run() throws IOException;
  }

  private void inFolderOf(Path target, Step step) throws IOException {
    for (int attempt = 1; ; attempt++) {
      Deque<Path> created = createFolders(folderOf(target));
      try {
        step.run();
        disk.forceFolder(folderOf(target));
        while (!created.isEmpty()) {
          disk.forceFolder(folderOf(created.pop()));
        }
        return;
      } catch (NoSuchFileException folderGone) {
        if (attempt == TRIES || Files.exists(folderOf(target))) {
          throw folderGone;
        }
      }
    }
  }

  /** Creates the missing folders, and returns them, the deepest one first. */
  private Deque<Path> createFolders(Path folder) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path each = folder; !Files.isDirectory(each) && !each.equals(root); ) {
      missing.addLast(each);
      each = folderOf(each);
    }
    if (!missing.isEmpty()) {
      disk.createFolders(folder);
    }
    return missing;
  }

  /** Deletes this folder and its parents as far as they are empty. */
  void deleteEmpty(Path folder) throws IOException {
    Path each = folder;
    while (!each.equals(root)) {
      try {
        Files.delete(each);
      } catch (DirectoryNotEmptyException | NoSuchFileException used) {
        return;
      }
      each = folderOf(each);
    }
  }

  private void write(Path file, byte[] content) throws IOException {
    try (FileChannel channel = disk.open(file)) {
      disk.write(channel, ByteBuffer.wrap(content), 0);
      disk.force(channel);
    }
  }

  private void deleteLeftBehind() throws IOException {
    Instant before = Instant.now().minus(LEFT_BEHIND);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(temporary)) {
      for (Path file : files) {
        try {
          if (Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
              .toInstant()
              .isBefore(before)) {
            disk.delete(file);
          }
        } catch (NoSuchFileException alreadyPlaced) {
          continue; // another collector uses the folder
        }
      }
    }
  }
}

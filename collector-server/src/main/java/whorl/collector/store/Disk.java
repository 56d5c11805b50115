package whorl.collector.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Every change that the collector makes to its data folder, one method each, so that a test can
 * stop the world before any of them. Thread-safe.
 */
public interface Disk {
  /** The local file system. */
  Disk LOCAL = new LocalDisk();

  /** How the name of a file ends that is not whole yet. */
  String TEMPORARY = ".tmp";

  /** Makes the folder and those above it; folders that are there are left alone. */
  void createFolders(Path folder) throws IOException;

  /** Opens for reading and writing, and makes the file where there is none. */
  FileChannel open(Path file) throws IOException;

  /** Writes all that remains in {@code from} at {@code position}. */
  void write(FileChannel to, ByteBuffer from, long position) throws IOException;

  void truncate(FileChannel file, long size) throws IOException;

  /** Returns when content and size are on the medium. */
  void force(FileChannel file) throws IOException;

  /** Atomic; replaces {@code to}. */
  void move(Path from, Path to) throws IOException;

  /**
   * Gives the content of {@code from}, which is forced already, a second name, by a hard link where
   * the file system has them. Atomic; durable but for the folder's entry.
   */
  void linkOrCopy(Path from, Path to) throws IOException;

  /** Returns when the folder's entries are on the medium. */
  void forceFolder(Path folder) throws IOException;

  /** Deletes a file, or a folder with its files; what is not there is no error. */
  void delete(Path path) throws IOException;

  /** Gives the file this content: the old one or the new one is there whole, never a part. */
  default void replace(Path folder, String name, byte[] content) throws IOException {
    Path temporary = folder.resolve(name + TEMPORARY);
    try (FileChannel channel = open(temporary)) {
      truncate(channel, 0);
      write(channel, ByteBuffer.wrap(content), 0);
      force(channel);
    }
    move(temporary, folder.resolve(name));
    forceFolder(folder);
  }
}

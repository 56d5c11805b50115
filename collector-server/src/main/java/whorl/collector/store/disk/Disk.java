package whorl.collector.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * All changes that the collector makes to its data folder, one method each, so that a test can stop
 * the process before any of them. Thread-safe.
 */
public interface Disk {
  /** The local file system. */
  Disk LOCAL = new LocalDisk();

  /** The suffix of the name of an incomplete file. */
  String TEMPORARY = ".tmp";

  /** Creates the folder and its parents; existing folders are left alone. */
  void createFolders(Path folder) throws IOException;

  /** Opens a file for reading and writing; creates it if it does not exist. */
  FileChannel open(Path file) throws IOException;

  /** Writes all remaining bytes of {@code from} at {@code position}. */
  void write(FileChannel to, ByteBuffer from, long position) throws IOException;

  void truncate(FileChannel file, long size) throws IOException;

  /** Returns when content and size are on the medium. */
  void force(FileChannel file) throws IOException;

  /** Moves atomically; replaces {@code to}. */
  void move(Path from, Path to) throws IOException;

  /**
   * Gives the content of {@code from}, which must be forced already, a second name: by a hard link,
   * or by a copy if the file system has none. If {@code to} exists, it is left as it is, also when
   * another thread makes it meanwhile. Atomic; durable except for the folder's entry.
   */
  void linkOrCopy(Path from, Path to) throws IOException;

  /** Returns when the folder's entries are on the medium. */
  void forceFolder(Path folder) throws IOException;

  /** Deletes a file, or a folder with its files; a missing path is no error. */
  void delete(Path path) throws IOException;

  /**
   * Replaces a file's content atomically and durably: a reader finds the old content or the new
   * one.
   */
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

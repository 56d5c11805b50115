package whorl.collector.store.disk;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The local file system by {@code java.nio.file}. */
final class LocalDisk implements Disk {
  @Override
  public void createFolders(Path folder) throws IOException {
    Files.createDirectories(folder, Modes.folder());
  }

  @Override
  public FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, Set.of(CREATE, READ, WRITE), Modes.file());
  }

  @Override
  public void write(FileChannel to, ByteBuffer from, long position) throws IOException {
    long at = position;
    while (from.hasRemaining()) {
      at += to.write(from, at);
    }
  }

  @Override
  public void truncate(FileChannel file, long size) throws IOException {
    file.truncate(size);
  }

  @Override
  public void force(FileChannel file) throws IOException {
    file.force(true);
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void linkOrCopy(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from);
    } catch (FileAlreadyExistsException exists) {
      // left as it is
    } catch (UnsupportedOperationException | FileSystemException noLinks) {
      copy(from, to);
    }
  }

  /** The temporary file's name is unique: two threads may give the same content the same name. */
  private void copy(Path from, Path to) throws IOException {
    Path temporary =
        Files.createTempFile(
            to.toAbsolutePath().getParent(), to.getFileName() + ".", TEMPORARY, Modes.file());
    try {
      try (OutputStream out = Files.newOutputStream(temporary)) {
        Files.copy(from, out);
      }
      try (FileChannel channel = open(temporary)) {
        force(channel);
      }
      move(temporary, to);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  @Override
  public void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, READ)) {
      channel.force(true);
    }
  }

  @Override
  public void delete(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      List<Path> children;
      try (Stream<Path> listed = Files.list(path)) {
        children = listed.toList();
      }
      for (Path child : children) {
        delete(child);
      }
    }
    Files.deleteIfExists(path);
  }
}

package whorl.collector.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers what a power cut would leave at its worst: of files what was forced, of folders the
 * entries that were there when they were forced. At its n-th change the power goes. What is written
 * past it, such as data bases, counts as forced.
 */
public final class PowerCutDisk extends DelegatingDisk {
  private final Path root;
  private final int cutAt;
  private final Map<FileChannel, Object> open = new ConcurrentHashMap<>();
  private final Map<Object, byte[]> forced = new HashMap<>();
  private final Map<Path, Map<String, Object>> folders = new HashMap<>();
  private int changes;

  /**
   * @param root the data folder, whose own entry is on the medium
   */
  public PowerCutDisk(Path root, int cutAt) {
    this.root = root;
    this.cutAt = cutAt;
  }

  /** Whether the power went. */
  public synchronized boolean isCut() {
    return changes >= cutAt;
  }

  private synchronized void change() throws IOException {
    if (++changes >= cutAt) {
      throw new IOException("the power is gone");
    }
  }

  @Override
  public void createFolders(Path folder) throws IOException {
    change();
    super.createFolders(folder);
  }

  @Override
  public FileChannel open(Path file) throws IOException {
    change();
    FileChannel channel = super.open(file);
    open.put(channel, key(file));
    return channel;
  }

  @Override
  public void write(FileChannel to, ByteBuffer from, long position) throws IOException {
    change();
    super.write(to, from, position);
  }

  @Override
  public void truncate(FileChannel file, long size) throws IOException {
    change();
    super.truncate(file, size);
  }

  @Override
  public synchronized void force(FileChannel file) throws IOException {
    change();
    ByteBuffer content = ByteBuffer.allocate((int) file.size());
    while (content.hasRemaining() && file.read(content, content.position()) >= 0) {}
    forced.put(open.get(file), content.array());
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    change();
    super.move(from, to);
  }

  @Override
  public void linkOrCopy(Path from, Path to) throws IOException {
    change();
    super.linkOrCopy(from, to);
  }

  @Override
  public synchronized void forceFolder(Path folder) throws IOException {
    change();
    folders.put(folder.toAbsolutePath(), entries(folder));
  }

  @Override
  public void delete(Path path) throws IOException {
    change();
    super.delete(path);
  }

  private static Object key(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  private static Map<String, Object> entries(Path folder) throws IOException {
    Map<String, Object> entries = new TreeMap<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        entries.put(
            child.getFileName().toString(), Files.isDirectory(child) ? "folder" : key(child));
      }
    }
    return entries;
  }

  /** Writes what the power cut left into another folder. */
  public synchronized void leftIn(Path target) throws IOException {
    write(root.toAbsolutePath(), target);
    try (DirectoryStream<Path> databases = Files.newDirectoryStream(root, "*.db*")) {
      for (Path database : databases) {
        Files.write(target.resolve(database.getFileName()), Files.readAllBytes(database));
      }
    }
  }

  private void write(Path folder, Path target) throws IOException {
    Files.createDirectories(target);
    for (Map.Entry<String, Object> entry : folders.getOrDefault(folder, Map.of()).entrySet()) {
      if (entry.getValue().equals("folder")) {
        write(folder.resolve(entry.getKey()), target.resolve(entry.getKey()));
      } else {
        Files.write(
            target.resolve(entry.getKey()), forced.getOrDefault(entry.getValue(), new byte[0]));
      }
    }
  }
}

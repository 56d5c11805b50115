package whorl.collector.store.objects.folder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.ObjectKeys;
import whorl.collector.store.objects.ObjectStore;

/**
 * Objects as files, each at its key. A file appears by a rename or a link, so it is complete or not
 * there. The layout:
 *
 * <pre>
 * &lt;key&gt;                            an object
 * .temporary/&lt;name&gt;                a file that is being written
 * .parts/&lt;upload&gt;/&lt;number&gt;-&lt;tag&gt;    a part of an object that arrives in parts
 * </pre>
 */
public final class FolderObjects implements ObjectStore {
  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private final Path root;
  private final Disk disk;
  private final Placing placing;
  private final FolderParts parts;
  private final boolean links;

  private FolderObjects(Path root, Disk disk, Placing placing, boolean links) {
    this.root = root;
    this.disk = disk;
    this.placing = placing;
    this.parts = new FolderParts(root, disk, placing);
    this.links = links;
  }

  /** Opens or creates the folder, and deletes what interrupted writes left more than a day ago. */
  public static FolderObjects open(Path root, Disk disk) throws IOException {
    Path absolute = root.toAbsolutePath().normalize();
    Placing placing = Placing.open(absolute, disk);
    return new FolderObjects(absolute, disk, placing, placing.canLink());
  }

  @Override
  public void put(String key, Path content) throws IOException {
    placing.requireThere();
    placing.replace(placing.temporaryOf(content), path(key));
  }

  @Override
  public void put(String key, byte[] content) throws IOException {
    placing.requireThere();
    placing.replace(placing.temporaryOf(content), path(key));
  }

  @Override
  public boolean putIfAbsent(String key, Path content) throws IOException {
    Path target = path(key);
    placing.requireThere();
    Path temporary = placing.temporaryOf(content);
    if (!links) {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        disk.delete(temporary);
        return false;
      }
      placing.replace(temporary, target);
      return true;
    }
    try {
      placing.link(temporary, target);
      return true;
    } catch (FileAlreadyExistsException exists) {
      return false;
    }
  }

  @Override
  public @Nullable ObjectFacts find(String key) throws IOException {
    ObjectFacts facts = facts(key, path(key));
    if (facts == null) {
      placing.requireThere();
    }
    return facts;
  }

  static @Nullable ObjectFacts facts(String key, Path file) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile()
          ? new ObjectFacts(key, attributes.size(), attributes.lastModifiedTime().toInstant())
          : null;
    } catch (NoSuchFileException absent) {
      return null;
    }
  }

  @Override
  public InputStream read(String key, long offset) throws IOException {
    Path file = path(key);
    if (find(key) == null) {
      throw new NoSuchFileException(key, null, "there is no such object in " + root);
    }
    FileChannel channel = FileChannel.open(file, READ);
    try {
      channel.position(offset);
      return Channels.newInputStream(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void copy(String from, String to) throws IOException {
    Path source = path(from);
    if (find(from) == null) {
      throw new NoSuchFileException(from, null, "there is no such object in " + root);
    }
    if (!from.equals(to)) {
      placing.replace(placing.temporaryOf(source), path(to));
    }
  }

  @Override
  public void delete(String key) throws IOException {
    Path file = path(key);
    if (find(key) == null) {
      return;
    }
    disk.delete(file);
    Path folder = Placing.folderOf(file);
    try {
      disk.forceFolder(folder);
    } catch (NoSuchFileException alsoGone) {
      return; // another collector has deleted the empty folder
    }
    placing.deleteEmpty(folder);
  }

  @Override
  public List<ObjectFacts> list(String prefix, String after, int limit) throws IOException {
    ObjectKeys.checkPage(prefix, limit);
    List<ObjectFacts> found = new FolderPage(root, prefix, after, limit).read();
    if (found.isEmpty()) {
      placing.requireThere();
    }
    return found;
  }

  @Override
  public String beginParts(String key) throws IOException {
    path(key);
    placing.requireThere();
    return parts.begin();
  }

  @Override
  public String putPart(String key, String uploadId, int number, Path content) throws IOException {
    path(key);
    placing.requireThere();
    return parts.put(uploadId, number, content);
  }

  @Override
  public void completeParts(String key, String uploadId, List<String> tags) throws IOException {
    placing.requireThere();
    parts.complete(uploadId, tags, path(key));
  }

  @Override
  public void abortParts(String key, String uploadId) throws IOException {
    path(key);
    placing.requireThere();
    parts.abort(uploadId);
  }

  @Override
  public long minPartBytes() {
    return 1;
  }

  @Override
  public void lockUntil(String key, Instant until) {
    path(key);
  }

  @Override
  public void hold(String key, boolean held) {
    path(key);
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        links,
        false,
        links
            ? List.of()
            : List.of(
                root
                    + " has no hard links: two collectors that write the same object at the same"
                    + " moment both succeed"));
  }

  @Override
  public void check() throws IOException {
    placing.requireThere();
  }

  /** Marks a file as written now, also if it is another name of an older one. */
  static void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
  }

  private Path path(String key) {
    return root.resolve(ObjectKeys.checked(key));
  }

  @Override
  public void close() {
    // nothing is open between two calls
  }
}

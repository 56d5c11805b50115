package whorl.collector.store.objects.cache;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.WrongContentException;
import whorl.evidence.Digest;

/** The files of the cache. */
final class CacheFolder {
  private static final Pattern SHARD = Pattern.compile("[0-9a-f]{2}");
  private static final Pattern OBJECT = Pattern.compile("[0-9a-f]{64}");
  private static final int BUFFER_BYTES = 64 << 10;

  private final Path root;
  private final Path fetching;

  private CacheFolder(Path root) {
    this.root = root;
    this.fetching = root.resolve("fetching");
  }

  static CacheFolder open(Path root) throws IOException {
    CacheFolder folder = new CacheFolder(root);
    Disk.LOCAL.delete(folder.fetching);
    Disk.LOCAL.createFolders(folder.fetching);
    return folder;
  }

  private record Found(Digest sha256, Path file, long time) {}

  Map<Digest, Path> oldestFirst() throws IOException {
    List<Found> found = new ArrayList<>();
    try (DirectoryStream<Path> shards = Files.newDirectoryStream(root)) {
      for (Path shard : shards) {
        if (SHARD.matcher(String.valueOf(shard.getFileName())).matches()
            && Files.isDirectory(shard, LinkOption.NOFOLLOW_LINKS)) {
          addFiles(shard, found);
        }
      }
    }
    found.sort(Comparator.comparingLong(Found::time));
    Map<Digest, Path> files = new LinkedHashMap<>();
    found.forEach(each -> files.put(each.sha256(), each.file()));
    return files;
  }

  private static void addFiles(Path shard, List<Found> found) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(shard)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (OBJECT.matcher(name).matches()) {
          found.add(new Found(new Digest(name), file, Files.getLastModifiedTime(file).toMillis()));
        }
      }
    }
  }

  /**
   * Fetches an object, and moves it into place once its digest is right.
   *
   * @throws WrongContentException if it is not
   */
  Path fetch(Digest sha256, ObjectCache.Source source) throws IOException {
    Path temporary = fetching.resolve(UUID.randomUUID().toString());
    try {
      DamagedContent.requireRight(sha256, copy(source, temporary));
      Path shard = root.resolve(sha256.hex().substring(0, 2));
      Disk.LOCAL.createFolders(shard);
      Path file = shard.resolve(sha256.hex());
      Disk.LOCAL.move(temporary, file);
      return file;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static Digest copy(ObjectCache.Source source, Path to) throws IOException {
    MessageDigest running = Digest.newSha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = source.open();
        FileChannel out = Disk.LOCAL.open(to)) {
      long at = 0;
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        running.update(buffer, 0, count);
        Disk.LOCAL.write(out, ByteBuffer.wrap(buffer, 0, count), at);
        at += count;
      }
    }
    return Digest.of(running);
  }
}

package whorl.collector.lake;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import whorl.collector.store.objects.ObjectLockedException;
import whorl.collector.store.objects.ObjectStore;

/** Objects as files in a folder, which fail when a test says so. */
final class FolderObjectStore implements ObjectStore {
  private final Path root;

  /** Counts down with each call that writes or deletes; the call that makes it 0 fails. */
  final AtomicInteger callsUntilFailure = new AtomicInteger(Integer.MAX_VALUE);

  /** The calls that write or delete, so far. */
  final AtomicInteger calls = new AtomicInteger();

  /** An object is locked if its key has this in it. */
  volatile String locked = "\0";

  FolderObjectStore(Path root) {
    this.root = root;
  }

  @Override
  public void put(String key, Path content) throws IOException {
    put(key, Files.readAllBytes(content));
  }

  @Override
  public void put(String key, byte[] content) throws IOException {
    count(key);
    Path file = root.resolve(key);
    Files.createDirectories(file.getParent());
    Path temporary = Files.createTempFile(file.getParent(), ".", ".new");
    Files.write(temporary, content);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public boolean putIfAbsent(String key, Path content) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ObjectFacts find(String key) throws IOException {
    Path file = root.resolve(key);
    return Files.exists(file)
        ? new ObjectFacts(key, Files.size(file), Files.getLastModifiedTime(file).toInstant())
        : null;
  }

  @Override
  public InputStream read(String key, long offset) throws IOException {
    InputStream in = Files.newInputStream(root.resolve(key));
    in.skipNBytes(offset);
    return in;
  }

  @Override
  public void copy(String from, String to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void delete(String key) throws IOException {
    count(key);
    if (key.contains(locked)) {
      throw new ObjectLockedException("object " + key + " is locked");
    }
    Files.deleteIfExists(root.resolve(key));
  }

  @Override
  public List<ObjectFacts> list(String prefix, String after, int limit) throws IOException {
    List<ObjectFacts> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      List<String> keys =
          files
              .filter(Files::isRegularFile)
              .map(file -> root.relativize(file).toString())
              .filter(key -> key.startsWith(prefix) && key.compareTo(after) > 0)
              .sorted()
              .limit(limit)
              .toList();
      for (String key : keys) {
        found.add(find(key));
      }
    } catch (NoSuchFileException none) {
      return List.of();
    }
    return found;
  }

  @Override
  public String beginParts(String key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String putPart(String key, String uploadId, int number, Path content) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void completeParts(String key, String uploadId, List<String> tags) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void abortParts(String key, String uploadId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long minPartBytes() {
    return 1;
  }

  @Override
  public void lockUntil(String key, java.time.Instant until) {}

  @Override
  public void hold(String key, boolean held) {}

  @Override
  public Capabilities capabilities() {
    return new Capabilities(true, false, List.of());
  }

  @Override
  public void close() {}

  private void count(String key) throws IOException {
    calls.incrementAndGet();
    if (callsUntilFailure.decrementAndGet() == 0) {
      throw new IOException(key + ": the store is away");
    }
  }
}

package whorl.collector.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.ObjectStore;

/** Whole objects in memory; without parts. */
public final class MemoryObjects implements ObjectStore {
  public final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
  public final AtomicBoolean away = new AtomicBoolean();

  private void reach() throws IOException {
    if (away.get()) {
      throw new IOException("the object store cannot be reached");
    }
  }

  @Override
  public void put(String key, Path content) throws IOException {
    put(key, Files.readAllBytes(content));
  }

  @Override
  public void put(String key, byte[] content) throws IOException {
    reach();
    objects.put(key, content.clone());
  }

  @Override
  public boolean putIfAbsent(String key, Path content) throws IOException {
    reach();
    return objects.putIfAbsent(key, Files.readAllBytes(content)) == null;
  }

  @Override
  public @Nullable ObjectFacts find(String key) throws IOException {
    reach();
    byte[] content = objects.get(key);
    return content == null ? null : new ObjectFacts(key, content.length, Instant.EPOCH);
  }

  @Override
  public InputStream read(String key, long offset) throws IOException {
    reach();
    byte[] content = objects.get(key);
    if (content == null) {
      throw new NoSuchFileException(key);
    }
    return new ByteArrayInputStream(content, (int) offset, content.length - (int) offset);
  }

  @Override
  public void copy(String from, String to) throws IOException {
    put(to, read(from, 0).readAllBytes());
  }

  @Override
  public void delete(String key) throws IOException {
    reach();
    objects.remove(key);
  }

  @Override
  public List<ObjectFacts> list(String prefix, String after, int limit) throws IOException {
    reach();
    return objects.tailMap(after.isEmpty() ? prefix : after, after.isEmpty()).entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .limit(limit)
        .map(entry -> new ObjectFacts(entry.getKey(), entry.getValue().length, Instant.EPOCH))
        .toList();
  }

  @Override
  public String beginParts(String key) {
    throw new UnsupportedOperationException("no parts in memory");
  }

  @Override
  public String putPart(String key, String uploadId, int number, Path content) {
    throw new UnsupportedOperationException("no parts in memory");
  }

  @Override
  public void completeParts(String key, String uploadId, List<String> tags) {
    throw new UnsupportedOperationException("no parts in memory");
  }

  @Override
  public void abortParts(String key, String uploadId) {
    throw new UnsupportedOperationException("no parts in memory");
  }

  @Override
  public long minPartBytes() {
    return 1;
  }

  @Override
  public void lockUntil(String key, Instant until) {
    throw new UnsupportedOperationException("no locks in memory");
  }

  @Override
  public void hold(String key, boolean held) {
    throw new UnsupportedOperationException("no holds in memory");
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(true, false, List.of());
  }

  @Override
  public void close() {}
}

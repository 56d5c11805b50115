package whorl.collector.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.ObjectStore;

/** Passes all calls on. */
public class DelegatingObjects implements ObjectStore {
  private final ObjectStore objects;

  public DelegatingObjects(ObjectStore objects) {
    this.objects = objects;
  }

  @Override
  public void put(String key, Path content) throws IOException {
    objects.put(key, content);
  }

  @Override
  public void put(String key, byte[] content) throws IOException {
    objects.put(key, content);
  }

  @Override
  public boolean putIfAbsent(String key, Path content) throws IOException {
    return objects.putIfAbsent(key, content);
  }

  @Override
  public @Nullable ObjectFacts find(String key) throws IOException {
    return objects.find(key);
  }

  @Override
  public InputStream read(String key, long offset) throws IOException {
    return objects.read(key, offset);
  }

  @Override
  public void copy(String from, String to) throws IOException {
    objects.copy(from, to);
  }

  @Override
  public void copy(String from, String to, long size) throws IOException {
    objects.copy(from, to, size);
  }

  @Override
  public void delete(String key) throws IOException {
    objects.delete(key);
  }

  @Override
  public List<ObjectFacts> list(String prefix, String after, int limit) throws IOException {
    return objects.list(prefix, after, limit);
  }

  @Override
  public String beginParts(String key) throws IOException {
    return objects.beginParts(key);
  }

  @Override
  public String putPart(String key, String uploadId, int number, Path content) throws IOException {
    return objects.putPart(key, uploadId, number, content);
  }

  @Override
  public void completeParts(String key, String uploadId, List<String> tags) throws IOException {
    objects.completeParts(key, uploadId, tags);
  }

  @Override
  public void abortParts(String key, String uploadId) throws IOException {
    objects.abortParts(key, uploadId);
  }

  @Override
  public long minPartBytes() {
    return objects.minPartBytes();
  }

  @Override
  public void lockUntil(String key, Instant until) throws IOException {
    objects.lockUntil(key, until);
  }

  @Override
  public void hold(String key, boolean held) throws IOException {
    objects.hold(key, held);
  }

  @Override
  public Capabilities capabilities() {
    return objects.capabilities();
  }

  /** The store belongs to the test. */
  @Override
  public void close() {}
}

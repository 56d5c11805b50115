package whorl.collector.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import whorl.collector.store.objects.ObjectStore;

/** An object store as a collector sees it that is killed. */
public final class FaultyObjects implements ObjectStore {
  private final ObjectStore objects;
  private final Faults faults;

  public FaultyObjects(ObjectStore objects, Faults faults) {
    this.objects = objects;
    this.faults = faults;
  }

  private interface Change {
    void run() throws IOException;
  }

  private void change(String kind, Change change) throws IOException {
    faults.call(
        kind,
        () -> {
          change.run();
          return true;
        });
  }

  @Override
  public void put(String key, Path content) throws IOException {
    change("put", () -> objects.put(key, content));
  }

  @Override
  public void put(String key, byte[] content) throws IOException {
    change("put", () -> objects.put(key, content));
  }

  @Override
  public boolean putIfAbsent(String key, Path content) throws IOException {
    return faults.call("put", () -> objects.putIfAbsent(key, content));
  }

  @Override
  public ObjectFacts find(String key) throws IOException {
    return faults.call("find", () -> objects.find(key));
  }

  @Override
  public InputStream read(String key, long offset) throws IOException {
    return faults.call("read", () -> objects.read(key, offset));
  }

  @Override
  public void copy(String from, String to) throws IOException {
    change("copy", () -> objects.copy(from, to));
  }

  @Override
  public void copy(String from, String to, long size) throws IOException {
    change("copy", () -> objects.copy(from, to, size));
  }

  @Override
  public void delete(String key) throws IOException {
    change("delete", () -> objects.delete(key));
  }

  @Override
  public List<ObjectFacts> list(String prefix, String after, int limit) throws IOException {
    return faults.call("list", () -> objects.list(prefix, after, limit));
  }

  @Override
  public String beginParts(String key) throws IOException {
    return faults.call("beginParts", () -> objects.beginParts(key));
  }

  @Override
  public String putPart(String key, String uploadId, int number, Path content) throws IOException {
    return faults.call("putPart", () -> objects.putPart(key, uploadId, number, content));
  }

  @Override
  public String copyPart(
      String key, String uploadId, int number, String from, long offset, long length)
      throws IOException {
    return faults.call(
        "copyPart", () -> objects.copyPart(key, uploadId, number, from, offset, length));
  }

  @Override
  public void completeParts(String key, String uploadId, List<String> tags) throws IOException {
    change("completeParts", () -> objects.completeParts(key, uploadId, tags));
  }

  @Override
  public void abortParts(String key, String uploadId) throws IOException {
    change("abortParts", () -> objects.abortParts(key, uploadId));
  }

  @Override
  public long minPartBytes() {
    return objects.minPartBytes();
  }

  @Override
  public void lockUntil(String key, Instant until) throws IOException {
    change("lock", () -> objects.lockUntil(key, until));
  }

  @Override
  public void hold(String key, boolean held) throws IOException {
    change("lock", () -> objects.hold(key, held));
  }

  @Override
  public Capabilities capabilities() {
    return objects.capabilities();
  }

  /** The store belongs to whoever opened it. */
  @Override
  public void close() {}
}

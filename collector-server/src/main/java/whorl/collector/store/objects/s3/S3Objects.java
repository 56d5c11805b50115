package whorl.collector.store.objects.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.S3Location;
import whorl.collector.store.objects.ObjectKeys;
import whorl.collector.store.objects.ObjectStore;

/** Objects in a bucket, all below one prefix. */
public final class S3Objects implements ObjectStore {
  /** Is never written; that there is an answer is enough. */
  private static final String CHECKED = "probe/readiness";

  private final S3Connection connection;
  private final S3Findings findings;
  private final S3Parts parts;
  private final S3Writer writer;
  private final S3Locks locks;

  private S3Objects(S3Connection connection, S3Findings findings) {
    this.connection = connection;
    this.findings = findings;
    this.parts = new S3Parts(connection);
    this.writer = new S3Writer(connection, parts);
    this.locks = new S3Locks(connection);
  }

  /**
   * Connects, and tries what the bucket honours.
   *
   * @throws IOException if it cannot be reached, read or written, or lacks what cannot be missing
   */
  public static S3Objects open(S3Location location) throws IOException {
    return open(location, S3Limits.DEFAULT);
  }

  static S3Objects open(S3Location location, S3Limits limits) throws IOException {
    S3Connection connection = S3Connection.open(location, limits);
    try {
      return known(connection, new S3Probe(connection).run());
    } catch (IOException | RuntimeException | Error e) {
      connection.close();
      throw e;
    }
  }

  /** On a bucket that was tried before. */
  static S3Objects known(S3Connection connection, S3Findings findings) {
    return new S3Objects(connection, findings);
  }

  S3Findings findings() {
    return findings;
  }

  @Override
  public void put(String key, Path content) throws IOException {
    writer.put(ObjectKeys.checked(key), content);
  }

  @Override
  public void put(String key, byte[] content) throws IOException {
    writer.put(ObjectKeys.checked(key), content);
  }

  @Override
  public boolean putIfAbsent(String key, Path content) throws IOException {
    if (findings.conditionalPut()) {
      return writer.putIfAbsent(ObjectKeys.checked(key), content);
    }
    if (find(key) != null) {
      return false;
    }
    writer.put(key, content);
    return true;
  }

  @Override
  public @Nullable ObjectFacts find(String key) throws IOException {
    return S3Lists.find(connection, ObjectKeys.checked(key));
  }

  @Override
  public InputStream read(String key, long offset) throws IOException {
    return new RangeInput(connection, ObjectKeys.checked(key), offset);
  }

  @Override
  public void copy(String from, String to) throws IOException {
    if (!from.equals(to)) {
      parts.copy(ObjectKeys.checked(from), ObjectKeys.checked(to));
    }
  }

  @Override
  public void copy(String from, String to, long size) throws IOException {
    if (!from.equals(to)) {
      parts.copy(ObjectKeys.checked(from), ObjectKeys.checked(to), size);
    }
  }

  @Override
  public void delete(String key) throws IOException {
    if (findings.versioned()) {
      locks.deleteVersions(ObjectKeys.checked(key));
    } else {
      locks.delete(ObjectKeys.checked(key));
    }
  }

  @Override
  public List<ObjectFacts> list(String prefix, String after, int limit) throws IOException {
    ObjectKeys.checkPage(prefix, limit);
    return S3Lists.list(connection, prefix, after, limit);
  }

  @Override
  public String beginParts(String key) throws IOException {
    return parts.begin(ObjectKeys.checked(key));
  }

  @Override
  public String putPart(String key, String uploadId, int number, Path content) throws IOException {
    return parts.put(ObjectKeys.checked(key), uploadId, number, content);
  }

  @Override
  public String copyPart(
      String key, String uploadId, int number, String from, long offset, long length)
      throws IOException {
    return parts.copy(
        ObjectKeys.checked(key), uploadId, number, ObjectKeys.checked(from), offset, length);
  }

  @Override
  public void completeParts(String key, String uploadId, List<String> tags) throws IOException {
    parts.complete(ObjectKeys.checked(key), uploadId, tags, null);
  }

  @Override
  public void abortParts(String key, String uploadId) throws IOException {
    parts.abort(ObjectKeys.checked(key), uploadId);
  }

  @Override
  public long minPartBytes() {
    return S3Parts.MIN_PART_BYTES;
  }

  @Override
  public void lockUntil(String key, Instant until) throws IOException {
    if (findings.lock()) {
      locks.lockUntil(ObjectKeys.checked(key), until);
    }
  }

  @Override
  public void hold(String key, boolean held) throws IOException {
    if (findings.lock()) {
      locks.hold(ObjectKeys.checked(key), held);
    }
  }

  @Override
  public void check() throws IOException {
    connection.check(CHECKED);
  }

  @Override
  public Capabilities capabilities() {
    return findings.capabilities();
  }

  /** The number of requests since the start, each attempt, by the name of the S3 operation. */
  public Map<String, Long> requests() {
    return connection.requests();
  }

  @Override
  public void close() {
    connection.close();
  }
}

package whorl.collector.receive.local;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import whorl.collector.receive.SealListener;
import whorl.collector.receive.uploads.UploadMetadata;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * The uploads of one piece of evidence that is not sealed yet. {@link #turn} guards the set of
 * uploads, and is held during the seal.
 */
final class LocalEvidence {
  final ReentrantLock turn = new ReentrantLock();

  private final Id evidence;
  private final Id capture;
  private final Id agent;
  private final Map<ArtifactName, LocalUpload> uploads = new TreeMap<>();

  /** Complete uploads that differ from what the manifest lists under their names. */
  private final List<LocalUpload> aside = new ArrayList<>();

  private final AtomicLong bytesReceived = new AtomicLong();
  private final AtomicLong streamedBytes = new AtomicLong();
  private volatile Instant lastActive;
  private volatile boolean closed;

  LocalEvidence(UploadMetadata first, Instant now) {
    this.evidence = first.evidence();
    this.capture = first.capture();
    this.agent = first.agent();
    this.lastActive = now;
  }

  Id evidence() {
    return evidence;
  }

  Id capture() {
    return capture;
  }

  Id agent() {
    return agent;
  }

  void add(LocalUpload upload) {
    if (upload.isAside()) {
      aside.add(upload);
    } else {
      uploads.put(upload.metadata().artifact(), upload);
    }
    count(upload, upload.offset());
  }

  void remove(LocalUpload upload) {
    if (uploads.remove(upload.metadata().artifact(), upload) || aside.remove(upload)) {
      count(upload, -upload.offset());
    }
  }

  /** Keeps a complete upload for the evidence, and frees its name for another one. */
  void setAside(LocalUpload upload) throws IOException {
    upload.setAside();
    uploads.remove(upload.metadata().artifact(), upload);
    aside.add(upload);
  }

  @Nullable LocalUpload upload(ArtifactName name) {
    return uploads.get(name);
  }

  /** An upload's name that differs from {@code name} only in case; null if there is none. */
  @Nullable ArtifactName nameDifferingInCase(ArtifactName name) {
    for (ArtifactName each : uploads.keySet()) {
      if (each.differsInCaseAlone(name)) {
        return each;
      }
    }
    return null;
  }

  /** All uploads: first by name, then those that were set aside. */
  List<LocalUpload> uploads() {
    List<LocalUpload> all = new ArrayList<>(uploads.values());
    all.addAll(aside);
    return all;
  }

  /** The uploads that have not been set aside, complete or not. */
  List<LocalUpload> namedUploads() {
    return List.copyOf(uploads.values());
  }

  int size() {
    return uploads.size() + aside.size();
  }

  /** After this, no upload may be added. */
  void close() {
    closed = true;
  }

  boolean closed() {
    return closed;
  }

  /**
   * Counts bytes that arrived for this upload.
   *
   * @return the progress of all uploads so far
   */
  SealListener.Arrived received(LocalUpload upload, long bytes, Instant now) {
    lastActive = now;
    count(upload, bytes);
    return new SealListener.Arrived(capture, agent, bytesReceived.get(), streamedBytes.get());
  }

  private void count(LocalUpload upload, long bytes) {
    bytesReceived.addAndGet(bytes);
    if (upload.streamed()) {
      streamedBytes.addAndGet(bytes);
    }
  }

  Instant lastActive() {
    return lastActive;
  }

  void touch(Instant at) {
    if (at.isAfter(lastActive)) {
      lastActive = at;
    }
  }
}

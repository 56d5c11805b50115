package whorl.collector.receive.uploads;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.collector.receive.SealListener;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * The uploads of one piece of evidence that is not sealed yet. Its monitor guards the set of
 * uploads, and is held during the seal.
 */
public final class PendingEvidence {
  private final Id evidence;
  private final Id capture;
  private final Id agent;
  private final Map<ArtifactName, Upload> uploads = new TreeMap<>();

  /** Complete uploads that differ from what the manifest lists under their names. */
  private final List<Upload> aside = new ArrayList<>();

  private final AtomicLong bytesReceived = new AtomicLong();
  private final AtomicLong streamedBytes = new AtomicLong();
  private volatile Instant lastActive;
  private boolean closed;

  PendingEvidence(UploadMetadata first, Instant now) {
    this.evidence = first.evidence();
    this.capture = first.capture();
    this.agent = first.agent();
    this.lastActive = now;
  }

  public Id evidence() {
    return evidence;
  }

  public Id capture() {
    return capture;
  }

  public Id agent() {
    return agent;
  }

  /** True if an upload with this metadata belongs to this evidence. */
  public boolean accepts(UploadMetadata metadata) {
    return agent.equals(metadata.agent()) && capture.equals(metadata.capture());
  }

  void add(Upload upload) {
    if (upload.isAside()) {
      aside.add(upload);
    } else {
      uploads.put(upload.metadata().artifact(), upload);
    }
    count(upload, upload.offset());
  }

  void remove(Upload upload) {
    if (uploads.remove(upload.metadata().artifact(), upload) || aside.remove(upload)) {
      count(upload, -upload.offset());
    }
  }

  /** Keeps a complete upload for the evidence, and frees its name for another one. */
  void setAside(Upload upload) throws IOException {
    upload.setAside();
    uploads.remove(upload.metadata().artifact(), upload);
    aside.add(upload);
  }

  /** The number of uploads that were set aside. */
  public int asideSize() {
    return aside.size();
  }

  public @Nullable Upload upload(ArtifactName name) {
    return uploads.get(name);
  }

  /** An upload's name that differs from {@code name} only in case; null if there is none. */
  public @Nullable ArtifactName nameDifferingInCase(ArtifactName name) {
    for (ArtifactName each : uploads.keySet()) {
      if (each.differsInCaseAlone(name)) {
        return each;
      }
    }
    return null;
  }

  /** All uploads: first by name, then those that were set aside. */
  public List<Upload> uploads() {
    List<Upload> all = new ArrayList<>(uploads.values());
    all.addAll(aside);
    return all;
  }

  /** The uploads that have not been set aside, complete or not. */
  public Collection<Upload> namedUploads() {
    return List.copyOf(uploads.values());
  }

  public int size() {
    return uploads.size() + aside.size();
  }

  /** After this, no upload may be added. */
  void close() {
    closed = true;
  }

  public boolean closed() {
    return closed;
  }

  /**
   * Counts bytes that arrived for this upload.
   *
   * @return the progress of all uploads so far
   */
  public SealListener.Arrived received(Upload upload, long bytes, Instant now) {
    lastActive = now;
    count(upload, bytes);
    return new SealListener.Arrived(capture, agent, bytesReceived.get(), streamedBytes.get());
  }

  private void count(Upload upload, long bytes) {
    bytesReceived.addAndGet(bytes);
    if (upload.streamed()) {
      streamedBytes.addAndGet(bytes);
    }
  }

  public Instant lastActive() {
    return lastActive;
  }

  void touch(Instant at) {
    if (at.isAfter(lastActive)) {
      lastActive = at;
    }
  }
}

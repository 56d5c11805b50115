package whorl.collector.receive;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * The uploads of one piece of evidence that is not sealed yet. Its monitor guards which uploads
 * there are, and is held while it is sealed.
 */
final class PendingEvidence {
  private final Id evidence;
  private final Id capture;
  private final Id agent;
  private final Map<ArtifactName, Upload> uploads = new TreeMap<>();

  /** What came whole and is not what the manifest lists under its name. */
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

  Id evidence() {
    return evidence;
  }

  Id capture() {
    return capture;
  }

  Id agent() {
    return agent;
  }

  /** Whether an upload that says this of itself belongs here. */
  boolean accepts(UploadMetadata metadata) {
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

  /** Keeps a whole upload for the evidence, and leaves its name to another one. */
  void setAside(Upload upload) throws IOException {
    upload.setAside();
    uploads.remove(upload.metadata().artifact(), upload);
    aside.add(upload);
  }

  /** How many were set aside. */
  int asideSize() {
    return aside.size();
  }

  @Nullable Upload upload(ArtifactName name) {
    return uploads.get(name);
  }

  /** One whose name differs in upper and lower case alone; null where there is none. */
  @Nullable ArtifactName alike(ArtifactName name) {
    for (ArtifactName each : uploads.keySet()) {
      if (each.differsInCaseAlone(name)) {
        return each;
      }
    }
    return null;
  }

  /** By name, those that were set aside last. */
  List<Upload> uploads() {
    List<Upload> all = new ArrayList<>(uploads.values());
    all.addAll(aside);
    return all;
  }

  /** What has come whole, or not, under its name. */
  Collection<Upload> named() {
    return List.copyOf(uploads.values());
  }

  int size() {
    return uploads.size() + aside.size();
  }

  /** No upload may be added any more. */
  void close() {
    closed = true;
  }

  boolean closed() {
    return closed;
  }

  /**
   * Bytes came for this upload.
   *
   * @return what there is of all uploads so far
   */
  SealListener.Arrived received(Upload upload, long bytes, Instant now) {
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

  Instant lastActive() {
    return lastActive;
  }

  void active(Instant at) {
    if (at.isAfter(lastActive)) {
      lastActive = at;
    }
  }
}

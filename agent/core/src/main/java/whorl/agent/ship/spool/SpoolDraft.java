package whorl.agent.ship.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** The spool's draft: counts, hashes and rolls back. */
final class SpoolDraft implements Draft {
  private static final Logger log = LoggerFactory.getLogger(SpoolDraft.class);
  private static final int BUFFER_BYTES = 64 << 10;

  private final Spool spool;
  private final Id evidence;
  private final Id capture;
  private final SpoolStorage.Entry spoolEntry;

  /** Copied on write: another thread ships the entries. */
  private final List<StoredEvidence.Entry> entries = new CopyOnWriteArrayList<>();

  private final Set<ArtifactName> names = new HashSet<>();

  /** Shared by all artifact streams: only one is open at a time, and there may be thousands. */
  private final byte[] buffer = new byte[BUFFER_BYTES];

  private @Nullable ArtifactStream open;
  private int nextNumber;
  private volatile boolean ended;
  private volatile boolean shipping;

  SpoolDraft(Spool spool, Id evidence, SpoolStorage.Entry spoolEntry, Id capture) {
    this.spool = spool;
    this.evidence = evidence;
    this.spoolEntry = spoolEntry;
    this.capture = capture;
  }

  @Override
  public OutputStream create(ArtifactName name, String mediaType) throws IOException {
    check(name);
    int number = nextNumber++;
    ArtifactStream stream = new ArtifactStream(name, mediaType, number, spoolEntry.create(number));
    open = stream;
    return stream;
  }

  @Override
  public void arrived(Artifact artifact) throws IOException {
    check(artifact.name());
    record(new StoredEvidence.Entry(nextNumber++, artifact, true));
  }

  private void check(ArtifactName name) throws IOException {
    if (ended || open != null) {
      throw new IllegalStateException(
          "artifact " + name + ": " + (ended ? "the draft has ended" : "close the one before"));
    }
    if (names.contains(name)) {
      throw new IOException("artifact " + name + " is there already; give it another name");
    }
  }

  private void record(StoredEvidence.Entry entry) throws IOException {
    spoolEntry.record(entry);
    entries.add(entry);
    names.add(entry.artifact().name());
    if (shipping) {
      spool.artifactAdded(this);
    }
  }

  @Override
  public void shipEarly() {
    if (!shipping) {
      shipping = true;
      spool.artifactAdded(this);
    }
  }

  boolean isEnded() {
    return ended;
  }

  Id evidence() {
    return evidence;
  }

  /** The part that may be shipped before the commit. Any thread. */
  StoredEvidence snapshot() {
    List<StoredEvidence.Entry> shippable =
        entries.stream().filter(entry -> !StoredEvidence.isLast(entry.artifact().name())).toList();
    return new StoredEvidence(evidence, capture, spoolEntry.agent(), shippable, false, spoolEntry);
  }

  @Override
  public List<Artifact> artifacts() {
    return entries.stream().map(StoredEvidence.Entry::artifact).toList();
  }

  @Override
  public long bytes() {
    return entries.stream().mapToLong(StoredEvidence.Entry::bytes).sum();
  }

  @Override
  public void commit() throws IOException {
    if (ended || open != null) {
      throw new IllegalStateException(
          "evidence " + evidence + ": " + (ended ? "has ended already" : "an artifact is open"));
    }
    spoolEntry.seal();
    ended = true;
    spool.committed(
        new StoredEvidence(evidence, capture, spoolEntry.agent(), entries, true, spoolEntry));
  }

  @Override
  public void abandon() {
    if (!ended) {
      ArtifactStream unfinished = open;
      if (unfinished != null) {
        unfinished.rollBack();
      }
      ended = true;
      spool.abandoned(this);
      spoolEntry.delete();
      spool.unreserve(bytes());
    }
  }

  private final class ArtifactStream extends OutputStream {
    private final ArtifactName name;
    private final String mediaType;
    private final int number;
    private final OutputStream raw;
    private final MessageDigest sha256 = Digest.newSha256();
    private int buffered;
    private long size;
    private boolean failed;

    ArtifactStream(ArtifactName name, String mediaType, int number, OutputStream raw) {
      this.name = name;
      this.mediaType = mediaType;
      this.number = number;
      this.raw = raw;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      requireOpen();
      int from = offset;
      int remaining = length;
      while (remaining > 0) {
        if (buffered == BUFFER_BYTES) {
          flushBuffer();
        }
        int taken = Math.min(remaining, BUFFER_BYTES - buffered);
        System.arraycopy(bytes, from, buffer, buffered, taken);
        buffered += taken;
        from += taken;
        remaining -= taken;
      }
    }

    @Override
    public void close() throws IOException {
      if (open != this) {
        return;
      }
      if (!failed) {
        flushBuffer();
      }
      open = null;
      if (failed) {
        return;
      }
      try {
        raw.close();
        Artifact artifact = new Artifact(name, size, Digest.of(sha256), mediaType);
        record(new StoredEvidence.Entry(number, artifact, false));
      } catch (IOException e) {
        rollBack();
        spool.refused();
        throw e;
      }
    }

    private void requireOpen() throws IOException {
      if (failed || open != this) {
        throw new IOException("artifact " + name + " was rolled back or closed before this");
      }
    }

    private void flushBuffer() throws IOException {
      long reserved = 0;
      try {
        spool.reserve(buffered);
        reserved = buffered;
        raw.write(buffer, 0, buffered);
        sha256.update(buffer, 0, buffered);
        size += buffered;
        buffered = 0;
      } catch (IOException e) {
        spool.unreserve(reserved);
        rollBack();
        spool.refused();
        throw new IOException("artifact " + name + ": " + e.getMessage(), e);
      }
    }

    private void rollBack() {
      failed = true;
      open = null;
      try {
        raw.close();
      } catch (IOException e) {
        log.debug("artifact {} ends badly and is removed", name, e);
      }
      spoolEntry.remove(number);
      spool.unreserve(size);
    }
  }
}

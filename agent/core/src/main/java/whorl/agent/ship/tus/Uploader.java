package whorl.agent.ship.tus;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.ship.net.Answer;
import whorl.agent.ship.net.CollectorUrl;
import whorl.agent.ship.net.Credentials;
import whorl.agent.ship.net.HttpConnection;
import whorl.agent.ship.net.Network;
import whorl.agent.ship.net.Timeouts;
import whorl.agent.ship.spool.ArtifactReader;
import whorl.agent.ship.spool.StoredEvidence;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;

/**
 * Ships evidence over a few persistent connections: artifacts first, then the manifest, then the
 * envelope, after which the collector seals. Small artifacts are shipped in parallel, each with one
 * request, large ones in chunks that grow as long as each takes a short time: what a broken
 * connection costs stays small. Memory: one chunk of at most 1 MiB, two pieces of a longer one, or
 * {@value #LANES} small artifacts. Used by one thread, which waits for the answers.
 */
public final class Uploader implements AutoCloseable {
  private static final int LANES = 4;
  private static final int SMALL_MAX_BYTES = 64 << 10;
  private static final int CHUNK_MIN_BYTES = 16 << 10;
  private static final int CHUNK_FIRST_BYTES = 256 << 10;
  private static final int CHUNK_IN_MEMORY_MAX_BYTES = 1 << 20;
  private static final int CHUNK_MAX_BYTES = 128 << 20;
  private static final long FAST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int MAX_PASSES = 3;
  private static final int MAX_FAILURES = 5;

  private final Network network;
  private final CollectorUrl url;
  private final Credentials credentials;
  private final Timeouts timeouts;
  private final ObjLongConsumer<Transfer> progress;
  private final TusClient tus;
  private final TusAnswers answers;
  private final List<@Nullable HttpConnection> lanes = new ArrayList<>();
  private byte[] chunk = {};
  private int chunkBytes = CHUNK_FIRST_BYTES;

  /** A proxy takes no longer chunks, or connections broke within longer ones. */
  private int chunkLimitBytes = CHUNK_MAX_BYTES;

  /**
   * @param progress receives the number of bytes that the collector has in addition, on the
   *     shipping thread
   */
  public Uploader(
      Network network,
      CollectorUrl url,
      Credentials credentials,
      Timeouts timeouts,
      ObjLongConsumer<Transfer> progress) {
    this.network = network;
    this.url = url;
    this.credentials = credentials;
    this.timeouts = timeouts;
    this.progress = progress;
    tus = new TusClient(url);
    answers = new TusAnswers(url);
    for (int i = 0; i < LANES; i++) {
      lanes.add(null);
    }
  }

  /** Makes one attempt to ship everything that the collector does not have yet. */
  public ShipResult ship(Transfer transfer) throws InterruptedException {
    try {
      return attempt(transfer);
    } catch (IOException e) {
      close();
      if (chunkBytes > CHUNK_IN_MEMORY_MAX_BYTES) {
        chunkLimitBytes = Math.max(CHUNK_IN_MEMORY_MAX_BYTES, chunkBytes / 4);
      }
      chunkBytes = Math.max(CHUNK_MIN_BYTES, Math.min(chunkLimitBytes, chunkBytes / 2));
      return new ShipResult.Unreachable(message(e));
    }
  }

  /** Closes the connections; the next attempt opens new ones. */
  @Override
  public void close() {
    for (int i = 0; i < LANES; i++) {
      HttpConnection open = lanes.set(i, null);
      if (open != null) {
        open.close();
      }
    }
    // A late write may still read the old buffer.
    chunk = new byte[0];
  }

  private ShipResult attempt(Transfer transfer) throws IOException, InterruptedException {
    String missing = "";
    for (int pass = 0; pass < MAX_PASSES; pass++) {
      UploadState last = shipOpen(transfer, pass > 0);
      String lost = transfer.lost();
      if (last instanceof UploadState.End end) {
        return end.result();
      } else if (lost != null) {
        return new ShipResult.Rejected(0, lost);
      } else if (last instanceof UploadState.Missing incomplete) {
        missing = incomplete.reason();
        transfer.restart();
      } else {
        return new ShipResult.Accepted();
      }
    }
    return new ShipResult.Rejected(409, "shipped " + MAX_PASSES + " times, yet " + missing);
  }

  /** Ships all open entries, until an answer concerns the whole evidence. */
  private UploadState shipOpen(Transfer transfer, boolean again)
      throws IOException, InterruptedException {
    UploadState last = new UploadState.Create("nothing is there yet");
    StoredEvidence.Entry next = transfer.next();
    while (next != null
        && !(last instanceof UploadState.End)
        && !(last instanceof UploadState.Missing)) {
      // The first goes alone: it finds out whether there is a slot.
      List<StoredEvidence.Entry> small =
          transfer.begun() ? transfer.nextSmall(LANES, SMALL_MAX_BYTES) : List.of();
      try {
        if (next.arrived()) {
          last = checkArrived(transfer, next);
        } else {
          last = small.isEmpty() ? shipSingly(transfer, next, again) : shipGroup(transfer, small);
        }
      } catch (LostInSpool e) {
        if (Thread.interrupted()) {
          throw new InterruptedException("while reading the spool");
        }
        transfer.lost(e.entry, message(e));
      }
      next = transfer.next();
    }
    return last;
  }

  /** Creates and sends a few artifacts in parallel; one that meets an error is left for later. */
  private UploadState shipGroup(Transfer transfer, List<StoredEvidence.Entry> group)
      throws IOException, InterruptedException {
    List<byte[]> contents = new ArrayList<>();
    for (StoredEvidence.Entry entry : group) {
      contents.add(content(transfer.evidence(), entry));
    }
    List<CompletableFuture<Answer>> creations = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      creations.add(
          tus.create(lane(i), transfer.evidence(), group.get(i).artifact(), contents.get(i)));
    }
    List<UploadState> steps = new ArrayList<>();
    List<Boolean> sent = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      Answer answer = lane(i).await(creations.get(i), timeouts.exchange());
      steps.add(answers.created(answer, contents.get(i).length));
      sent.add(answer.status() == 201);
    }
    List<@Nullable CompletableFuture<Answer>> patches = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      byte[] content = contents.get(i);
      boolean fresh = steps.get(i) instanceof UploadState.At at && at.offset() == 0;
      String path = fresh ? ((UploadState.At) steps.get(i)).path() : "";
      patches.add(fresh ? tus.patch(lane(i), path, 0, content, content.length) : null);
    }
    for (int i = 0; i < group.size(); i++) {
      CompletableFuture<Answer> patch = patches.get(i);
      int size = contents.get(i).length;
      if (patch != null) {
        Answer answer = lane(i).await(patch, timeouts.exchange());
        steps.set(i, answers.patched(answer, "", size));
      }
      if (steps.get(i) instanceof UploadState.At at && at.offset() == size) {
        transfer.done(group.get(i));
        progress.accept(transfer, patch == null && !sent.get(i) ? 0 : size);
      }
    }
    for (UploadState uploadState : steps) {
      if (uploadState instanceof UploadState.End) {
        return uploadState;
      }
    }
    return steps.get(0);
  }

  /** Checks an artifact that went straight to the collector: it is there, or lost for good. */
  private UploadState checkArrived(Transfer transfer, StoredEvidence.Entry entry)
      throws IOException, InterruptedException {
    Artifact artifact = entry.artifact();
    UploadState uploadState = create(transfer.evidence(), artifact);
    if (uploadState instanceof UploadState.At at && at.offset() == artifact.size()) {
      transfer.done(entry);
    } else if (uploadState instanceof UploadState.At) {
      transfer.lost(
          entry,
          "the collector no longer has artifact "
              + artifact.name()
              + ", which went straight there and cannot be sent again");
    }
    return uploadState;
  }

  /**
   * Ships one artifact, with retries.
   *
   * @param again true if the collector reported missing artifacts before
   */
  private UploadState shipSingly(Transfer transfer, StoredEvidence.Entry entry, boolean again)
      throws IOException, InterruptedException {
    StoredEvidence evidence = transfer.evidence();
    Artifact artifact = entry.artifact();
    boolean seals = artifact.name().equals(ArtifactName.ENVELOPE);
    Duration limit = seals ? timeouts.seal() : timeouts.exchange();
    // A complete upload is patched once more if the collector may not have acted on it.
    boolean touch = seals || (again && artifact.size() == 0);
    int failures = 0;
    try (ArtifactReader in = open(evidence, entry)) {
      UploadState uploadState = create(evidence, artifact);
      while (failures < MAX_FAILURES) {
        if (uploadState instanceof UploadState.At at) {
          if (at.offset() == artifact.size() && !touch) {
            transfer.done(entry);
            return at;
          }
          if (at.path().isEmpty()) {
            return new UploadState.Missing("the collector has the envelope and has not sealed");
          }
          // Each ends at a multiple of its size, so that chunks fill the collector's parts.
          long length =
              Math.min(chunkBytes - at.offset() % chunkBytes, artifact.size() - at.offset());
          long to = at.offset() + length;
          long began = System.nanoTime();
          Answer answer = lane(0).await(patch(entry, in, at, length), limit);
          uploadState = answers.patched(answer, at.path(), to);
          if (uploadState instanceof UploadState.At) {
            touch = false;
            failures = 0;
            transfer.underWay(to);
            progress.accept(transfer, length);
            resize(length, System.nanoTime() - began);
          } else if (seals
              && answer.status() == 409
              && uploadState instanceof UploadState.QueryOffset query) {
            failures++;
            uploadState = sealRefused(query, at, artifact.size());
          }
        } else if (uploadState instanceof UploadState.QueryOffset query) {
          failures++;
          chunkBytes = Math.max(CHUNK_MIN_BYTES, chunkBytes / 2);
          uploadState = queryOffset(query.path(), artifact.size());
        } else if (uploadState instanceof UploadState.Smaller smaller) {
          if (chunkBytes == CHUNK_MIN_BYTES) {
            return new UploadState.End(new ShipResult.Rejected(413, smaller.reason()));
          }
          chunkBytes = Math.max(CHUNK_MIN_BYTES, chunkBytes / 4);
          chunkLimitBytes = chunkBytes;
          uploadState = queryOffset(smaller.path(), artifact.size());
        } else if (uploadState instanceof UploadState.Create) {
          failures++;
          uploadState = create(evidence, artifact);
        } else {
          return uploadState;
        }
      }
    }
    throw new IOException(
        "artifact " + artifact.name() + " makes no progress: " + MAX_FAILURES + " chunks refused");
  }

  private CompletableFuture<Answer> patch(
      StoredEvidence.Entry entry, ArtifactReader in, UploadState.At at, long length)
      throws IOException, InterruptedException {
    HttpConnection lane = lane(0);
    if (length <= CHUNK_IN_MEMORY_MAX_BYTES) {
      byte[] bytes = chunk((int) length);
      read(entry, in, at.offset(), bytes, (int) length);
      return tus.patch(lane, at.path(), at.offset(), bytes, (int) length);
    }
    return tus.patch(
        lane,
        at.path(),
        at.offset(),
        (position, into, count) -> read(entry, in, at.offset() + position, into, count),
        length,
        entry.artifact(),
        timeouts.exchange());
  }

  /** A chunk of this length arrived in this time. A short one says nothing about longer ones. */
  private void resize(long length, long nanos) {
    if (nanos > LONG_NANOS) {
      chunkBytes = Math.max(CHUNK_MIN_BYTES, chunkBytes / 2);
    } else if (nanos < SHORT_NANOS && length >= chunkBytes / 2) {
      chunkBytes = Math.min(chunkLimitBytes, chunkBytes * (nanos < FAST_NANOS ? 4 : 2));
    }
  }

  /** A conflict on the envelope: our offset was wrong, or the evidence is incomplete. */
  private UploadState sealRefused(UploadState.QueryOffset refusal, UploadState.At before, long size)
      throws IOException, InterruptedException {
    UploadState now = queryOffset(refusal.path(), size);
    boolean elsewhere =
        now instanceof UploadState.At at && at.offset() != before.offset() && at.offset() < size;
    return elsewhere ? now : new UploadState.Missing(refusal.reason());
  }

  private UploadState create(StoredEvidence evidence, Artifact artifact)
      throws IOException, InterruptedException {
    Answer answer = lane(0).await(tus.create(lane(0), evidence, artifact), timeouts.exchange());
    return answers.created(answer, artifact.size());
  }

  private UploadState queryOffset(String path, long size) throws IOException, InterruptedException {
    Answer answer = lane(0).await(tus.offset(lane(0), path), timeouts.exchange());
    return answers.queried(answer, path, size);
  }

  private HttpConnection lane(int number) throws IOException, InterruptedException {
    HttpConnection open = lanes.get(number);
    if (open == null || !open.isOpen()) {
      if (open != null) {
        open.close();
      }
      open = HttpConnection.open(network, url, credentials, timeouts.connect());
      lanes.set(number, open);
    }
    return open;
  }

  private byte[] chunk(int length) {
    if (chunk.length < length) {
      chunk = new byte[length];
    }
    return chunk;
  }

  private static byte[] content(StoredEvidence evidence, StoredEvidence.Entry entry)
      throws IOException {
    byte[] content = new byte[(int) entry.artifact().size()];
    try (ArtifactReader in = open(evidence, entry)) {
      read(entry, in, 0, content, content.length);
    }
    return content;
  }

  private static ArtifactReader open(StoredEvidence evidence, StoredEvidence.Entry entry)
      throws LostInSpool {
    try {
      return evidence.spoolEntry().open(entry.number());
    } catch (IOException e) {
      throw new LostInSpool(entry, e);
    }
  }

  private static void read(
      StoredEvidence.Entry entry, ArtifactReader in, long position, byte[] into, int length)
      throws LostInSpool {
    try {
      in.read(position, into, length);
    } catch (IOException e) {
      throw new LostInSpool(entry, e);
    }
  }

  private static String message(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** The spool has lost an artifact. */
  private static final class LostInSpool extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient StoredEvidence.Entry entry;

    LostInSpool(StoredEvidence.Entry entry, IOException cause) {
      super("the spool lost artifact " + entry.artifact().name() + ": " + cause, cause);
      this.entry = entry;
    }
  }
}

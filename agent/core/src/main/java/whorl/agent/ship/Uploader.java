package whorl.agent.ship;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;

/**
 * Ships evidence over a few kept-alive connections: artifacts first, then the manifest, then the
 * envelope, upon which the collector seals. Small artifacts go side by side, large ones in chunks.
 * Memory: one chunk of at most 1 MiB, or {@value #LANES} small artifacts. For one thread, which
 * waits for the answers.
 */
final class Uploader implements AutoCloseable {
  private static final int LANES = 4;
  private static final int SMALL_MAX_BYTES = 64 << 10;
  private static final int CHUNK_MIN_BYTES = 16 << 10;
  private static final int CHUNK_FIRST_BYTES = 256 << 10;
  private static final int CHUNK_MAX_BYTES = 1 << 20;
  private static final int MAX_PASSES = 3;
  private static final int MAX_STUCK = 5;

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

  /**
   * @param progress told, on the shipping thread, how many bytes more the collector has now
   */
  Uploader(
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

  /** One attempt to bring all that the collector does not have yet. */
  ShipResult ship(Transfer transfer) throws InterruptedException {
    try {
      return attempt(transfer);
    } catch (IOException e) {
      close();
      chunkBytes = Math.max(CHUNK_MIN_BYTES, chunkBytes / 2);
      return new ShipResult.Unreachable(said(e));
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
    // A late write may still read the old one.
    chunk = new byte[0];
  }

  private ShipResult attempt(Transfer transfer) throws IOException, InterruptedException {
    String missing = "";
    for (int pass = 0; pass < MAX_PASSES; pass++) {
      UploadState last = all(transfer, pass > 0);
      String lost = transfer.lost();
      if (last instanceof UploadState.End end) {
        return end.result();
      } else if (lost != null) {
        return new ShipResult.Rejected(0, lost);
      } else if (last instanceof UploadState.Missing said) {
        missing = said.reason();
        transfer.forget();
      } else {
        return new ShipResult.Accepted();
      }
    }
    return new ShipResult.Rejected(409, "shipped " + MAX_PASSES + " times, yet " + missing);
  }

  /** Everything that is not done, until the collector says something that concerns all of it. */
  private UploadState all(Transfer transfer, boolean again)
      throws IOException, InterruptedException {
    UploadState last = new UploadState.Create("nothing is there yet");
    StoredEvidence.Entry next = transfer.next();
    while (next != null
        && !(last instanceof UploadState.End)
        && !(last instanceof UploadState.Missing)) {
      // The first goes alone: it finds out whether it is this agent's turn.
      List<StoredEvidence.Entry> small =
          transfer.begun() ? transfer.nextSmall(LANES, SMALL_MAX_BYTES) : List.of();
      try {
        if (next.arrived()) {
          last = ask(transfer, next);
        } else {
          last = small.isEmpty() ? carefully(transfer, next, again) : quickly(transfer, small);
        }
      } catch (LostInSpool e) {
        if (Thread.interrupted()) {
          throw new InterruptedException("while reading the spool");
        }
        transfer.lost(e.entry, said(e));
      }
      next = transfer.next();
    }
    return last;
  }

  /** Creates and fills a few artifacts at once; one that meets any trouble is left as it is. */
  private UploadState quickly(Transfer transfer, List<StoredEvidence.Entry> group)
      throws IOException, InterruptedException {
    List<byte[]> contents = new ArrayList<>();
    for (StoredEvidence.Entry entry : group) {
      contents.add(content(transfer.evidence(), entry));
    }
    List<CompletableFuture<Answer>> creations = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      creations.add(tus.create(lane(i), transfer.evidence(), group.get(i).artifact()));
    }
    List<UploadState> steps = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      Answer answer = lane(i).await(creations.get(i), timeouts.exchange());
      steps.add(answers.created(answer, contents.get(i).length));
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
        progress.accept(transfer, patch == null ? 0 : size);
      }
    }
    for (UploadState uploadState : steps) {
      if (uploadState instanceof UploadState.End) {
        return uploadState;
      }
    }
    return steps.get(0);
  }

  /** One that went straight to the collector: it is there, or lost for good. */
  private UploadState ask(Transfer transfer, StoredEvidence.Entry entry)
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
   * Ships one artifact, whatever comes.
   *
   * @param again whether the collector said before that something is missing
   */
  private UploadState carefully(Transfer transfer, StoredEvidence.Entry entry, boolean again)
      throws IOException, InterruptedException {
    StoredEvidence evidence = transfer.evidence();
    Artifact artifact = entry.artifact();
    boolean seals = artifact.name().equals(ArtifactName.ENVELOPE);
    Duration limit = seals ? timeouts.seal() : timeouts.exchange();
    // A complete upload is touched once more where the collector might not have acted on it.
    boolean touch = seals || (again && artifact.size() == 0);
    int stuck = 0;
    try (ArtifactReader in = open(evidence, entry)) {
      UploadState uploadState = create(evidence, artifact);
      while (stuck < MAX_STUCK) {
        if (uploadState instanceof UploadState.At at) {
          if (at.offset() == artifact.size() && !touch) {
            transfer.done(entry);
            return at;
          }
          if (at.path().isEmpty()) {
            return new UploadState.Missing("the collector has the envelope and has not sealed");
          }
          int length = (int) Math.min(chunkBytes, artifact.size() - at.offset());
          byte[] bytes = chunk(length);
          read(entry, in, at.offset(), bytes, length);
          long to = at.offset() + length;
          Answer answer =
              lane(0).await(tus.patch(lane(0), at.path(), at.offset(), bytes, length), limit);
          uploadState = answers.patched(answer, at.path(), to);
          if (uploadState instanceof UploadState.At) {
            touch = false;
            stuck = 0;
            transfer.underWay(to);
            progress.accept(transfer, length);
            chunkBytes = Math.min(CHUNK_MAX_BYTES, chunkBytes * 2);
          } else if (seals
              && answer.status() == 409
              && uploadState instanceof UploadState.AskOffset ask) {
            stuck++;
            uploadState = sealRefused(ask, at, artifact.size());
          }
        } else if (uploadState instanceof UploadState.AskOffset ask) {
          stuck++;
          chunkBytes = Math.max(CHUNK_MIN_BYTES, chunkBytes / 2);
          uploadState = ask(ask.path(), artifact.size());
        } else if (uploadState instanceof UploadState.Smaller smaller) {
          if (chunkBytes == CHUNK_MIN_BYTES) {
            return new UploadState.End(new ShipResult.Rejected(413, smaller.reason()));
          }
          chunkBytes = Math.max(CHUNK_MIN_BYTES, chunkBytes / 4);
          uploadState = ask(smaller.path(), artifact.size());
        } else if (uploadState instanceof UploadState.Create) {
          stuck++;
          uploadState = create(evidence, artifact);
        } else {
          return uploadState;
        }
      }
    }
    throw new IOException(
        "artifact " + artifact.name() + " makes no progress: " + MAX_STUCK + " chunks refused");
  }

  /** A conflict on the envelope: we were wrong about the offset, or the evidence is not whole. */
  private UploadState sealRefused(UploadState.AskOffset refusal, UploadState.At before, long size)
      throws IOException, InterruptedException {
    UploadState now = ask(refusal.path(), size);
    boolean elsewhere =
        now instanceof UploadState.At at && at.offset() != before.offset() && at.offset() < size;
    return elsewhere ? now : new UploadState.Missing(refusal.reason());
  }

  private UploadState create(StoredEvidence evidence, Artifact artifact)
      throws IOException, InterruptedException {
    Answer answer = lane(0).await(tus.create(lane(0), evidence, artifact), timeouts.exchange());
    return answers.created(answer, artifact.size());
  }

  private UploadState ask(String path, long size) throws IOException, InterruptedException {
    Answer answer = lane(0).await(tus.offset(lane(0), path), timeouts.exchange());
    return answers.asked(answer, path, size);
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
      return evidence.box().open(entry.number());
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

  private static String said(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** The spool no longer has what it had. */
  private static final class LostInSpool extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient StoredEvidence.Entry entry;

    LostInSpool(StoredEvidence.Entry entry, IOException cause) {
      super("the spool lost artifact " + entry.artifact().name() + ": " + cause, cause);
      this.entry = entry;
    }
  }
}

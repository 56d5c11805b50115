package whorl.agent.ship.direct;

import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import whorl.agent.ship.net.Answer;
import whorl.agent.ship.net.Backoff;
import whorl.agent.ship.tus.Chunk;
import whorl.agent.ship.tus.DirectTarget;
import whorl.agent.ship.tus.ShipResult;
import whorl.agent.ship.tus.UploadState;
import whorl.evidence.Artifact;
import whorl.evidence.Digest;

/**
 * Hashes the written bytes and sends them to the collector, a few chunks at a time. Each chunk is
 * kept until it is acknowledged. After a broken connection it reconnects and resumes at the
 * collector's offset. Runs on a thread of its own; it shares only {@link Chunks}.
 */
final class DirectSender implements Runnable {
  private static final int CHUNK_MIN_BYTES = 32 << 10;
  private static final int CHUNK_FIRST_BYTES = 256 << 10;
  private static final int CHUNKS_A_SECOND = 5;
  private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final DirectLine line;
  private final String path;
  private final Chunks chunks;
  private final DirectUpload.Limits limits;
  private final MessageDigest sha256 = Digest.newSha256();
  private final Deque<Sent> underWay = new ArrayDeque<>(Chunks.COUNT);
  private long progressNanos;
  private boolean ending;

  /** The largest size, halved some times, so that a few chunks fill a part of an object. */
  private volatile int chunkBytes;

  private volatile long acknowledgedBytes;
  private volatile @Nullable Artifact artifact;

  /**
   * @param path of the upload
   */
  DirectSender(DirectLine line, String path, Chunks chunks, DirectUpload.Limits limits) {
    this.line = line;
    this.path = path;
    this.chunks = chunks;
    this.limits = limits;
    chunkBytes = halved(CHUNK_FIRST_BYTES);
  }

  /** A chunk, and how much of it the collector had already when it was sent. */
  private static final class Sent {
    private final Chunk chunk;
    private int from;
    private CompletableFuture<Answer> answer = new CompletableFuture<>();
    private long sentNanos;

    Sent(Chunk chunk) {
      this.chunk = chunk;
    }
  }

  /** The size for the next chunk: as much as takes a fraction of a second. */
  int chunkBytes() {
    return chunkBytes;
  }

  void expect(long bytesPerSecond) {
    chunkBytes = halved(bytesPerSecond / CHUNKS_A_SECOND);
  }

  private int halved(long limit) {
    int bytes = chunks.chunkMaxBytes();
    while (bytes > limit && bytes / 2 >= CHUNK_MIN_BYTES) {
      bytes /= 2;
    }
    return bytes;
  }

  long acknowledgedBytes() {
    return acknowledgedBytes;
  }

  /** The artifact as received by the collector; null before it is complete. */
  @Nullable Artifact artifact() {
    return artifact;
  }

  @Override
  public void run() {
    try {
      while (!chunks.isComplete()) {
        takeAnswers();
        sendFilled();
        if (!chunks.isComplete()) {
          chunks.awaitSignal(
              underWay.isEmpty() ? IDLE_NANOS : remainingNanos("it does not answer"));
        }
      }
    } catch (InterruptedException e) {
      chunks.fail(failure("the upload was closed"));
    } catch (IOException e) {
      chunks.fail(e);
    } catch (RuntimeException | Error e) {
      chunks.fail(new IOException("artifact " + line.target().name() + ": " + e, e));
    }
  }

  private void sendFilled() {
    for (Chunk next = chunks.next(); next != null; next = chunks.next()) {
      sha256.update(next.bytes, 0, next.length());
      ending |= next.isLast();
      if (underWay.isEmpty()) {
        progressNanos = System.nanoTime();
      }
      Sent sent = new Sent(next);
      underWay.add(sent);
      send(sent);
    }
  }

  private void send(Sent sent) {
    sent.sentNanos = System.nanoTime();
    sent.answer = line.append(path, sent.chunk, sent.from);
    sent.answer.whenComplete((answer, failure) -> chunks.signal());
  }

  private void takeAnswers() throws IOException, InterruptedException {
    for (Sent oldest = underWay.peek();
        oldest != null && oldest.answer.isDone();
        oldest = underWay.peek()) {
      UploadState uploadState = stateAfter(oldest);
      if (uploadState instanceof UploadState.At) {
        underWay.remove();
        acknowledged(oldest);
      } else {
        recover(uploadState);
      }
    }
  }

  private UploadState stateAfter(Sent sent) throws InterruptedException {
    try {
      return line.answers().patched(sent.answer.get(), path, sent.chunk.end());
    } catch (ExecutionException e) {
      return broken(e.getCause() == null ? e : e.getCause());
    }
  }

  private void acknowledged(Sent sent) {
    long now = System.nanoTime();
    long tookNanos = now - Math.max(sent.sentNanos, progressNanos);
    if (tookNanos < QUICK_NANOS) {
      chunkBytes = Math.min(chunks.chunkMaxBytes(), chunkBytes * 2);
    } else if (tookNanos > SLOW_NANOS) {
      chunkBytes = halved(chunkBytes / 2);
    }
    progressNanos = now;
    acknowledgedBytes = sent.chunk.end();
    if (sent.chunk.isLast()) {
      DirectTarget target = line.target();
      artifact =
          new Artifact(target.name(), sent.chunk.end(), Digest.of(sha256), target.mediaType());
      chunks.complete();
    } else {
      chunks.release(sent.chunk);
    }
  }

  /** Queries the upload's offset and sends the rest of the buffered chunks from there. */
  private void recover(UploadState trouble) throws IOException, InterruptedException {
    UploadState uploadState = trouble;
    Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));
    line.disconnect();
    while (!(uploadState instanceof UploadState.At)) {
      String why = retryReason(uploadState);
      long remainingNanos = remainingNanos(why);
      TimeUnit.NANOSECONDS.sleep(
          Math.min(remainingNanos, TimeUnit.MILLISECONDS.toNanos(backoff.nextMillis())));
      try {
        uploadState = line.queryOffset(path, Duration.ofNanos(remainingNanos(why)));
      } catch (IOException e) {
        uploadState = broken(e);
      }
    }
    resume(((UploadState.At) uploadState).offset());
  }

  private void resume(long offset) throws IOException {
    Sent newest = underWay.getLast();
    if (offset < acknowledgedBytes || offset > newest.chunk.end()) {
      throw failure(
          "the collector stands at "
              + offset
              + " bytes, having acknowledged "
              + acknowledgedBytes
              + " of "
              + newest.chunk.end());
    }
    if (offset > acknowledgedBytes) {
      progressNanos = System.nanoTime();
      acknowledgedBytes = offset;
    }
    // The last chunk is sent again in any case, because it carries the total length.
    for (Sent oldest = underWay.element();
        oldest.chunk.end() <= offset && !oldest.chunk.isLast();
        oldest = underWay.element()) {
      chunks.release(underWay.remove().chunk);
      if (underWay.isEmpty()) {
        return;
      }
    }
    for (Sent sent : underWay) {
      sent.from = (int) Math.max(0, offset - sent.chunk.start());
      send(sent);
    }
  }

  /** Returns the reason to retry; throws if a retry is useless. */
  private String retryReason(UploadState uploadState) throws IOException {
    if (uploadState instanceof UploadState.QueryOffset query) {
      return query.reason();
    }
    if (uploadState instanceof UploadState.End end
        && end.result() instanceof ShipResult.Unreachable no) {
      return no.reason();
    }
    throw failure(DirectLine.refusal(uploadState));
  }

  private UploadState broken(Throwable cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new UploadState.QueryOffset(path, message);
  }

  /** The rest of the time limit, in nanoseconds; throws if there is none. */
  private long remainingNanos(String why) throws IOException {
    Duration limit = ending ? limits.completion() : limits.patience();
    long remaining = progressNanos + limit.toNanos() - System.nanoTime();
    if (remaining <= 0) {
      throw failure(
          "the collector has taken nothing for "
              + limit.toMillis()
              + " ms, after "
              + acknowledgedBytes
              + " bytes: "
              + why);
    }
    return remaining;
  }

  private IOException failure(String why) {
    return new IOException("artifact " + line.target().name() + ": " + why);
  }
}

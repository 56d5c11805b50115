package whorl.agent.ship;

import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Artifact;
import whorl.evidence.Digest;

/**
 * Hashes what was written and brings it to the collector, a few chunks at a time, each kept until
 * it is acknowledged. A connection that breaks is made again, and the upload goes on where the
 * collector says it stands. Runs on a thread of its own; {@link Chunks} is all it shares.
 */
final class DirectSender implements Runnable {
  private static final int CHUNK_MIN_BYTES = 32 << 10;
  private static final int CHUNK_FIRST_BYTES = 256 << 10;
  private static final int CHUNKS_A_SECOND = 10;
  private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
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
  private volatile int chunkBytes = CHUNK_FIRST_BYTES;
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
  }

  /** A chunk, and how much of it was on the collector's side already when it was sent. */
  private static final class Sent {
    private final Chunk chunk;
    private int from;
    private CompletableFuture<Answer> answer = new CompletableFuture<>();
    private long sentNanos;

    Sent(Chunk chunk) {
      this.chunk = chunk;
    }
  }

  /** How large the next chunk shall be: what takes a fraction of a second. */
  int chunkBytes() {
    return chunkBytes;
  }

  void expect(long bytesPerSecond) {
    long bytes = bytesPerSecond / CHUNKS_A_SECOND;
    chunkBytes = (int) Math.max(CHUNK_MIN_BYTES, Math.min(bytes, Chunk.MAX_BYTES));
  }

  long acknowledgedBytes() {
    return acknowledgedBytes;
  }

  /** What the collector has; null before it has all. */
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
          chunks.awaitNews(underWay.isEmpty() ? IDLE_NANOS : left("it does not answer"));
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
    sent.answer.whenComplete((answer, failure) -> chunks.tell());
  }

  private void takeAnswers() throws IOException, InterruptedException {
    for (Sent oldest = underWay.peek();
        oldest != null && oldest.answer.isDone();
        oldest = underWay.peek()) {
      UploadState uploadState = step(oldest);
      if (uploadState instanceof UploadState.At) {
        underWay.remove();
        acknowledged(oldest);
      } else {
        recover(uploadState);
      }
    }
  }

  private UploadState step(Sent sent) throws InterruptedException {
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
      chunkBytes = Math.min(Chunk.MAX_BYTES, chunkBytes * 2);
    } else if (tookNanos > SLOW_NANOS) {
      chunkBytes = Math.max(CHUNK_MIN_BYTES, chunkBytes / 2);
    }
    progressNanos = now;
    acknowledgedBytes = sent.chunk.end();
    if (sent.chunk.isLast()) {
      DirectTarget target = line.target();
      artifact =
          new Artifact(target.name(), sent.chunk.end(), Digest.of(sha256), target.mediaType());
      chunks.complete();
    } else {
      chunks.giveBack(sent.chunk);
    }
  }

  /** Finds out where the upload stands and sends from there on what is still in the buffers. */
  private void recover(UploadState trouble) throws IOException, InterruptedException {
    UploadState uploadState = trouble;
    Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));
    line.hangUp();
    while (!(uploadState instanceof UploadState.At)) {
      String why = mendable(uploadState);
      long leftNanos = left(why);
      TimeUnit.NANOSECONDS.sleep(
          Math.min(leftNanos, TimeUnit.MILLISECONDS.toNanos(backoff.nextMillis())));
      try {
        uploadState = line.ask(path, Duration.ofNanos(left(why)));
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
    // The last is sent again in any case, if only for its word that it is the last.
    for (Sent oldest = underWay.element();
        oldest.chunk.end() <= offset && !oldest.chunk.isLast();
        oldest = underWay.element()) {
      chunks.giveBack(underWay.remove().chunk);
      if (underWay.isEmpty()) {
        return;
      }
    }
    for (Sent sent : underWay) {
      sent.from = (int) Math.max(0, offset - sent.chunk.start());
      send(sent);
    }
  }

  /** Why it has to be tried again; thrown when that would be no use. */
  private String mendable(UploadState uploadState) throws IOException {
    if (uploadState instanceof UploadState.AskOffset ask) {
      return ask.reason();
    }
    if (uploadState instanceof UploadState.End end
        && end.result() instanceof ShipResult.Unreachable no) {
      return no.reason();
    }
    throw failure(DirectLine.refusal(uploadState));
  }

  private UploadState broken(Throwable cause) {
    String said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new UploadState.AskOffset(path, said);
  }

  /** What is left of the patience, in nanoseconds; thrown when that is nothing. */
  private long left(String why) throws IOException {
    Duration limit = ending ? limits.completion() : limits.patience();
    long left = progressNanos + limit.toNanos() - System.nanoTime();
    if (left <= 0) {
      throw failure(
          "the collector has taken nothing for "
              + limit.toMillis()
              + " ms, after "
              + acknowledgedBytes
              + " bytes: "
              + why);
    }
    return left;
  }

  private IOException failure(String why) {
    return new IOException("artifact " + line.target().name() + ": " + why);
  }
}

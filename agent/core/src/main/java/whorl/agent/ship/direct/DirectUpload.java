package whorl.agent.ship.direct;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import whorl.agent.ship.net.Answer;
import whorl.agent.ship.tus.Chunk;
import whorl.agent.ship.tus.DirectTarget;
import whorl.agent.ship.tus.ShipResult;
import whorl.agent.ship.tus.UploadState;
import whorl.evidence.Artifact;

/**
 * Uploads one artifact to the collector while it is made, without the spool and with unknown
 * length: tus with a deferred length. Needs the memory of {@value Chunks#COUNT} chunks for any
 * length, and two threads: {@code whorl-direct}, which hashes and sends, and {@code whorl-net}. The
 * writer waits only while the collector is slower and all buffers are full. It reconnects within
 * {@link Limits#patience}.
 *
 * <p>Used by one thread, except for {@link #close} and the counters.
 */
public final class DirectUpload implements AutoCloseable {
  /** The number of chunks that are in memory at once. */
  public static final int CHUNKS = Chunks.COUNT;

  private static final int MAX_LEFTOVERS = 3;
  private static final Duration TERMINATION_LIMIT = Duration.ofMillis(500);
  private static final Duration CLOSE_LIMIT = Duration.ofMillis(200);

  private final DirectLine line;
  private final String path;
  private final Limits limits;
  private final Chunks chunks;
  private final DirectSender sender;
  private final Thread thread;

  /** The thread is not joined: any code could hold the lock that this needs, for ever. */
  private final CountDownLatch sent = new CountDownLatch(1);

  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable Chunk filling;
  private boolean ended;
  private volatile long writtenBytes;

  private DirectUpload(
      DirectLine line, String path, Limits limits, int chunkMaxBytes, ThreadFactory threads) {
    this.line = line;
    this.path = path;
    this.limits = limits;
    chunks = new Chunks(chunkMaxBytes);
    sender = new DirectSender(line, path, chunks, limits);
    thread = threads.newThread(this::send);
    thread.setName("whorl-direct");
    thread.setDaemon(true);
  }

  /**
   * How long to wait for the collector.
   *
   * @param patience for progress while the artifact is written, including reconnecting; also for
   *     each request before that
   * @param turn for a slot, if too many uploads are under way already
   * @param completion for the rest after the last write: the collector forces it to its disk
   */
  public record Limits(Duration patience, Duration turn, Duration completion) {
    public static final Limits STANDARD =
        new Limits(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(3));
  }

  /** As below, with chunks of {@link Chunk#SMALL_BYTES}. */
  public static DirectUpload open(DirectTarget target, Limits limits, ThreadFactory threads)
      throws IOException, InterruptedException {
    return open(target, limits, Chunk.SMALL_BYTES, threads);
  }

  /**
   * Connects and creates the upload. Terminates an unfinished upload of an earlier attempt.
   *
   * @param chunkMaxBytes {@link Chunk#SMALL_BYTES} or {@link Chunk#PART_BYTES}; there is memory for
   *     {@value Chunks#COUNT} of these
   * @throws IOException with the collector's reason if it does not accept the upload now
   */
  public static DirectUpload open(
      DirectTarget target, Limits limits, int chunkMaxBytes, ThreadFactory threads)
      throws IOException, InterruptedException {
    DirectLine line = new DirectLine(target, threads, limits.patience());
    try {
      DirectUpload upload =
          new DirectUpload(line, create(line, limits), limits, chunkMaxBytes, threads);
      upload.thread.start();
      return upload;
    } catch (IOException | InterruptedException | RuntimeException e) {
      line.close(CLOSE_LIMIT);
      throw e;
    }
  }

  private static String create(DirectLine line, Limits limits)
      throws IOException, InterruptedException {
    DirectTarget target = line.target();
    long end = System.nanoTime() + limits.turn().toNanos();
    for (int leftovers = 0; leftovers < MAX_LEFTOVERS; ) {
      Answer answer = line.create(target);
      UploadState uploadState = line.answers().created(answer, Long.MAX_VALUE);
      if (uploadState instanceof UploadState.At at) {
        if (at.offset() == 0 && !at.path().isEmpty()) {
          return at.path();
        }
        leftovers++;
        if (!line.terminateUpload(at.path(), limits.patience())) {
          break;
        }
      } else {
        long waitNanos = turnNanos(answer, uploadState);
        if (waitNanos < 0 || System.nanoTime() + waitNanos > end) {
          throw new IOException(
              "artifact " + target.name() + ": " + DirectLine.refusal(uploadState));
        }
        Thread.sleep(waitNanos / 1_000_000);
      }
    }
    throw new IOException(
        "artifact " + target.name() + " of evidence " + target.evidence() + " is there already");
  }

  /** How long to wait for a slot; -1 if the answer does not say to wait. */
  private static long turnNanos(Answer answer, UploadState uploadState) {
    return "slot".equals(answer.header("Whorl-Wait"))
            && uploadState instanceof UploadState.End end
            && end.result() instanceof ShipResult.Postponed later
        ? later.retryAfter().toNanos()
        : -1;
  }

  /**
   * Measures the collector's rate in bytes a second, with an upload that is terminated afterwards.
   * Takes half a second to three; only before the first byte is written.
   *
   * @throws IOException if the collector accepts nothing
   */
  public long measuredBytesPerSecond() throws IOException, InterruptedException {
    if (writtenBytes > 0 || ended) {
      throw new IllegalStateException("artifact " + line.target().name() + " is being written");
    }
    Chunk chunk = chunks.take();
    try {
      long bytesPerSecond = new RateProbe(line).bytesPerSecond(chunk);
      sender.expect(bytesPerSecond);
      return bytesPerSecond;
    } finally {
      chunks.release(chunk);
    }
  }

  /**
   * The stream for the artifact. Writing throws if the collector refuses or stays unreachable.
   * Bytes are sent when a chunk is full, or at the end; flush and close do nothing.
   */
  public OutputStream stream() {
    return new Stream();
  }

  /** The acknowledged bytes so far. Any thread. */
  public long acknowledgedBytes() {
    return sender.acknowledgedBytes();
  }

  /** The written bytes so far. Any thread. */
  public long writtenBytes() {
    return writtenBytes;
  }

  /**
   * Waits until the collector has the whole artifact.
   *
   * @return the artifact for the manifest
   * @throws IOException if the collector did not accept it, or did not acknowledge it in time
   */
  public Artifact finish() throws IOException, InterruptedException {
    if (ended) {
      throw new IllegalStateException("artifact " + line.target().name() + " ends once");
    }
    ended = true;
    Chunk last = filling();
    filling = null;
    last.markLast();
    chunks.submit(last);
    chunks.awaitComplete();
    return Objects.requireNonNull(sender.artifact());
  }

  /**
   * Ends the upload within a second. An unfinished upload is terminated, as well as possible. Never
   * throws. Any thread.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    chunks.fail(new IOException("artifact " + line.target().name() + ": the upload was closed"));
    thread.interrupt();
    boolean interrupted = Thread.interrupted();
    try {
      line.disconnect();
      boolean unused = sent.await(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (!chunks.isComplete()) {
        line.terminateUpload(path, TERMINATION_LIMIT);
      }
      line.close(CLOSE_LIMIT);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void send() {
    try {
      sender.run();
    } finally {
      sent.countDown();
    }
  }

  private Chunk filling() throws IOException, InterruptedException {
    Chunk chunk = filling;
    if (chunk == null) {
      chunk = chunks.take();
      chunk.begin(writtenBytes, sender.chunkBytes());
      filling = chunk;
    }
    return chunk;
  }

  private final class Stream extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (ended) {
        throw new IOException("artifact " + line.target().name() + " has ended");
      }
      int from = offset;
      int remaining = length;
      try {
        while (remaining > 0) {
          Chunk chunk = filling();
          int taken = chunk.fill(bytes, from, remaining);
          from += taken;
          remaining -= taken;
          writtenBytes += taken;
          if (chunk.isFull()) {
            filling = null;
            chunks.submit(chunk);
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException(
            "artifact " + line.target().name() + ": interrupted while the collector was slower");
      }
    }
  }
}

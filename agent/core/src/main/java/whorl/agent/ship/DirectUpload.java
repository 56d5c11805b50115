package whorl.agent.ship;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Artifact;

/**
 * One artifact on its way to the collector while it is being made, past the spool and of unknown
 * length: tus with a deferred length. It needs {@value Chunks#COUNT} MiB of memory, however long
 * the artifact, and two threads, {@code whorl-direct}, which hashes and sends, and {@code
 * whorl-net}. Whoever writes waits only while the collector is slower and all buffers are full. A
 * connection that breaks is made again within {@link Limits#patience}.
 *
 * <p>For one thread, but for {@link #close} and the counters.
 */
public final class DirectUpload implements AutoCloseable {
  private static final int MAX_LEFTOVERS = 3;
  private static final Duration TAKE_BACK = Duration.ofMillis(500);
  private static final Duration END = Duration.ofMillis(200);

  private final DirectLine line;
  private final String path;
  private final Limits limits;
  private final Chunks chunks = new Chunks();
  private final DirectSender sender;
  private final Thread thread;
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable Chunk filling;
  private boolean ended;
  private volatile long writtenBytes;

  private DirectUpload(DirectLine line, String path, Limits limits, ThreadFactory threads) {
    this.line = line;
    this.path = path;
    this.limits = limits;
    sender = new DirectSender(line, path, chunks, limits);
    thread = threads.newThread(sender);
    thread.setName("whorl-direct");
    thread.setDaemon(true);
  }

  /**
   * How long the collector is waited for.
   *
   * @param patience for it to take something while more is being written, broken connections and
   *     new ones included; also for each request before that
   * @param turn for a slot, when too many pieces of evidence are in upload already
   * @param completion for the rest, once all is written: the collector forces it to its disk
   */
  public record Limits(Duration patience, Duration turn, Duration completion) {
    public static final Limits STANDARD =
        new Limits(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(3));
  }

  /**
   * Connects and creates the upload. What an attempt before this one left unfinished is taken back.
   *
   * @throws IOException with what the collector says when it cannot take it now
   */
  public static DirectUpload open(DirectTarget target, Limits limits, ThreadFactory threads)
      throws IOException, InterruptedException {
    DirectLine line = new DirectLine(target, threads, limits.patience());
    try {
      DirectUpload upload = new DirectUpload(line, create(line, limits), limits, threads);
      upload.thread.start();
      return upload;
    } catch (IOException | InterruptedException | RuntimeException e) {
      line.end(END);
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
        if (!line.takeBack(at.path(), limits.patience())) {
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

  /** How long to wait for a turn; -1 when that is not what it says. */
  private static long turnNanos(Answer answer, UploadState uploadState) {
    return "slot".equals(answer.header("Whorl-Wait"))
            && uploadState instanceof UploadState.End end
            && end.result() instanceof ShipResult.Postponed later
        ? later.retryAfter().toNanos()
        : -1;
  }

  /**
   * What the collector takes, in bytes a second, measured with an upload that is taken back. It
   * takes half a second to three, and is for the time before the first byte is written.
   *
   * @throws IOException when it takes nothing
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
      chunks.giveBack(chunk);
    }
  }

  /**
   * Where the artifact is written. Writing throws once the collector has refused, or stays away.
   * Bytes go when there are enough of them, or at the end; to flush or close it does nothing.
   */
  public OutputStream stream() {
    return new Stream();
  }

  /** What the collector has acknowledged so far, in bytes; any thread may ask. */
  public long acknowledgedBytes() {
    return sender.acknowledgedBytes();
  }

  /** What has been written so far, in bytes; any thread may ask. */
  public long writtenBytes() {
    return writtenBytes;
  }

  /**
   * All is written: waits until the collector has all of it.
   *
   * @return the artifact for the manifest
   * @throws IOException when the collector did not take it, or did not say so in time
   */
  public Artifact finish() throws IOException, InterruptedException {
    if (ended) {
      throw new IllegalStateException("artifact " + line.target().name() + " ends once");
    }
    ended = true;
    Chunk last = filling();
    filling = null;
    last.markLast();
    chunks.handOver(last);
    chunks.awaitComplete();
    return Objects.requireNonNull(sender.artifact());
  }

  /**
   * Ends it within a second; an upload that was not finished is taken back, as well as that works.
   * Never throws. Any thread may call.
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
      line.hangUp();
      thread.join(END.toMillis());
      if (!chunks.isComplete()) {
        line.takeBack(path, TAKE_BACK);
      }
      line.end(END);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
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
      int left = length;
      try {
        while (left > 0) {
          Chunk chunk = filling();
          int taken = chunk.fill(bytes, from, left);
          from += taken;
          left -= taken;
          writtenBytes += taken;
          if (chunk.isFull()) {
            filling = null;
            chunks.handOver(chunk);
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

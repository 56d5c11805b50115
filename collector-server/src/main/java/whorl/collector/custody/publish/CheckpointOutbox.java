package whorl.collector.custody.publish;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.proof.SignedCheckpoint;

/**
 * Hands checkpoints to a place outside, on a thread of its own: at most one a minute, always the
 * newest, and the last one before the end. A checkpoint covers all that earlier ones do, so those
 * between are left out. Thread-safe.
 */
public final class CheckpointOutbox implements CheckpointListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointOutbox.class);
  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final int ATTEMPTS = 3;
  private static final long RETRY_MILLIS = 2_000;
  private static final long END_MILLIS = 15_000;

  private final String name;
  private final CheckpointSink sink;
  private final long pauseMillis;
  private final Thread thread;
  private final LongAdder failures = new LongAdder();
  private @Nullable SignedCheckpoint pending;
  private boolean closed;
  private volatile @Nullable String failure;

  CheckpointOutbox(String name, CheckpointSink sink, Duration pause) {
    this.name = name;
    this.sink = sink;
    this.pauseMillis = pause.toMillis();
    this.thread = new Thread(this::run, "whorl-checkpoint-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** An outbox that posts to a URL. */
  public static CheckpointOutbox webhook(URI url) {
    return new CheckpointOutbox("webhook", new CheckpointWebhook(url), PAUSE);
  }

  /** An outbox that has checkpoints stamped, and keeps the stamps where the log is published. */
  public static CheckpointOutbox authority(URI url, PublishedLog published) {
    return new CheckpointOutbox("tsa", new TimeStampAuthority(url, published), PAUSE);
  }

  @Override
  public synchronized void published(SignedCheckpoint checkpoint) {
    pending = checkpoint;
    notifyAll();
  }

  /** Why the last checkpoint did not arrive; null if it did. */
  public @Nullable String failure() {
    return failure;
  }

  /** The number of attempts that failed. */
  public LongAdder failures() {
    return failures;
  }

  private void run() {
    try {
      SignedCheckpoint next = take(0);
      while (next != null) {
        send(next);
        next = take(pauseMillis);
      }
    } catch (InterruptedException e) {
      LOG.debug("checkpoint {} ends", name, e);
    }
  }

  /** The newest checkpoint, after the pause or at the end; null if there is none at the end. */
  private synchronized @Nullable SignedCheckpoint take(long pause) throws InterruptedException {
    long end = System.nanoTime() + pause * 1_000_000;
    long left = pause;
    while (!closed && (pending == null || left > 0)) {
      wait(left > 0 ? left : 0);
      left = pause == 0 ? 0 : Math.max(0, (end - System.nanoTime()) / 1_000_000);
    }
    SignedCheckpoint next = pending;
    pending = null;
    return next;
  }

  private void send(SignedCheckpoint checkpoint) throws InterruptedException {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        sink.put(checkpoint);
        if (failure != null) {
          LOG.info("checkpoints reach {} again", name);
        }
        failure = null;
        return;
      } catch (IOException | RuntimeException e) {
        failures.increment();
        if (failure == null) {
          LOG.warn("a checkpoint of custody did not reach {}: {}", name, e.getMessage());
        }
        failure = "checkpoints of custody do not reach " + name + ": " + e.getMessage();
      }
      if (attempt < ATTEMPTS && !pauseBeforeRetry(attempt)) {
        return;
      }
    }
  }

  /** False if a retry is left out, since the end has come. */
  private synchronized boolean pauseBeforeRetry(int attempt) throws InterruptedException {
    if (!closed) {
      wait(RETRY_MILLIS * attempt);
    }
    return !closed;
  }

  /** Hands over the last checkpoint, and waits for that up to 15 seconds. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

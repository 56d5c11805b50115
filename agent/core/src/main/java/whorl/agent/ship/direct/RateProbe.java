package whorl.agent.ship.direct;

import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import whorl.agent.ship.tus.Chunk;
import whorl.agent.ship.tus.DirectTarget;
import whorl.agent.ship.tus.UploadState;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/**
 * Measures the collector's rate with an upload that is never completed and terminated afterwards:
 * chunks of random, incompressible bytes that grow from 64 KiB to 1 MiB, for half a second. Only
 * the later half counts, since both TCP and a young JVM start slowly. If there are too few chunks
 * by then, it goes on for at most three seconds, during which the application is not paused.
 */
final class RateProbe {
  static final ArtifactName NAME = new ArtifactName("rate.probe");

  private static final int FIRST_BYTES = 64 << 10;
  private static final int MAX_ROUNDS = 36;
  private static final int ENOUGH_ROUNDS = 16;
  private static final long WANTED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final Duration TERMINATION_LIMIT = Duration.ofSeconds(1);

  private final DirectLine line;

  RateProbe(DirectLine line) {
    this.line = line;
  }

  /**
   * @param chunk provides the buffer
   * @return bytes a second, at least 1
   */
  long bytesPerSecond(Chunk chunk) throws IOException, InterruptedException {
    DirectTarget target = line.target().withName(NAME);
    UploadState uploadState = line.answers().created(line.create(target), Long.MAX_VALUE);
    if (!(uploadState instanceof UploadState.At at)) {
      throw new IOException("artifact " + target.name() + ": " + DirectLine.refusal(uploadState));
    }
    try {
      return measure(at, chunk);
    } finally {
      line.terminateUpload(at.path(), TERMINATION_LIMIT);
    }
  }

  private long measure(UploadState.At created, Chunk chunk)
      throws IOException, InterruptedException {
    new SplittableRandom().nextBytes(chunk.bytes);
    MessageDigest sha256 = Digest.newSha256();
    long[] bytes = new long[MAX_ROUNDS];
    long[] nanos = new long[MAX_ROUNDS];
    long began = System.nanoTime();
    long end = created.offset();
    int size = FIRST_BYTES;
    int rounds = 0;
    while (rounds < MAX_ROUNDS
        && System.nanoTime() - began < (rounds < ENOUGH_ROUNDS ? LIMIT_NANOS : WANTED_NANOS)) {
      chunk.begin(end, size);
      chunk.fill(size);
      long sent = System.nanoTime();
      UploadState uploadState = line.appendNow(created.path(), chunk);
      if (!(uploadState instanceof UploadState.At)) {
        throw new IOException("artifact " + NAME + ": " + DirectLine.refusal(uploadState));
      }
      // As in the real upload, which warms up the digest as well.
      sha256.update(chunk.bytes, 0, size);
      bytes[rounds] = size;
      nanos[rounds] = System.nanoTime() - sent;
      rounds++;
      end = chunk.end();
      size = Math.min(Chunk.SMALL_BYTES, size * 2);
    }
    long countedBytes = 0;
    long countedNanos = 1;
    for (int i = rounds / 2; i < rounds; i++) {
      countedBytes += bytes[i];
      countedNanos += nanos[i];
    }
    return Math.max(1, (long) (countedBytes * 1e9 / countedNanos));
  }
}

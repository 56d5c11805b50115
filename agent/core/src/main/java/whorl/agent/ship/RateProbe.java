package whorl.agent.ship;

import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import whorl.evidence.ArtifactName;

/**
 * Measures what the collector takes by an upload that is never whole and is taken back: chunks that
 * grow from 64 KiB to 1 MiB, for half a second at most, of random bytes that nobody on the way can
 * make smaller. Only the chunks of the largest size count, and not the first of them, since both
 * TCP and a young JVM take a run-up.
 */
final class RateProbe {
  static final ArtifactName NAME = new ArtifactName("rate.probe");

  private static final int FIRST_BYTES = 64 << 10;
  private static final int MAX_BYTES = 32 << 20;
  private static final long LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final Duration TAKE_BACK = Duration.ofSeconds(1);

  private final DirectLine line;

  RateProbe(DirectLine line) {
    this.line = line;
  }

  /**
   * @param chunk for its memory
   * @return bytes a second, at least 1
   */
  long bytesPerSecond(Chunk chunk) throws IOException, InterruptedException {
    DirectTarget target = line.target().as(NAME);
    Step step = line.answers().created(line.create(target), Long.MAX_VALUE);
    if (!(step instanceof Step.At at)) {
      throw new IOException("artifact " + target.name() + ": " + DirectLine.refusal(step));
    }
    try {
      return measure(at, chunk);
    } finally {
      line.takeBack(at.path(), TAKE_BACK);
    }
  }

  private long measure(Step.At created, Chunk chunk) throws IOException, InterruptedException {
    new SplittableRandom().nextBytes(chunk.bytes);
    long began = System.nanoTime();
    long now = began;
    long countedBytes = 0;
    long countedNanos = 0;
    int ofThisSize = 0;
    int size = FIRST_BYTES;
    long end = created.offset();
    while (now - began < LIMIT_NANOS && end - created.offset() < MAX_BYTES) {
      chunk.begin(end, size);
      chunk.fill(size);
      long sent = System.nanoTime();
      Step step = line.appendNow(created.path(), chunk);
      if (!(step instanceof Step.At)) {
        throw new IOException("artifact " + NAME + ": " + DirectLine.refusal(step));
      }
      now = System.nanoTime();
      end = chunk.end();
      ofThisSize++;
      if (ofThisSize <= 2) {
        // The first is better than the smaller ones before it, the second better than the first.
        countedBytes = 0;
        countedNanos = 0;
      }
      countedBytes += size;
      countedNanos += now - sent;
      if (size < Chunk.MAX_BYTES) {
        size = Math.min(Chunk.MAX_BYTES, size * 2);
        ofThisSize = 0;
      }
    }
    return Math.max(1, countedBytes * 1_000_000_000L / Math.max(1, countedNanos));
  }
}

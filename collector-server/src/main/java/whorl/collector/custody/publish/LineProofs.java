package whorl.collector.custody.publish;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.ProofMaker;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.Stamped;

/** Proofs that lines are in the published log. Thread-safe. */
final class LineProofs {
  private static final Duration PROOF_WAIT = Duration.ofSeconds(20);
  private static final long POLL_MILLIS = 50;
  private static final int STAMPS_PROVEN = 32;

  private final LogPublisher publisher;
  private final CustodyLog log;
  private final PublishedLog published;

  LineProofs(LogPublisher publisher, CustodyLog log, PublishedLog published) {
    this.publisher = publisher;
    this.log = log;
    this.published = published;
  }

  /**
   * Proves that these lines are in the log. Publishes them first, or waits up to twenty seconds
   * until another collector has. Lines that no checkpoint covers yet get no proof.
   *
   * @return null if there is no checkpoint
   */
  @Nullable LogProof of(List<LogLine> lines) throws IOException {
    long needed = lines.isEmpty() ? 0 : lines.get(lines.size() - 1).index() + 1;
    SignedCheckpoint checkpoint = awaitCheckpoint(needed);
    if (checkpoint == null) {
      return null;
    }
    long size = checkpoint.size();
    ProofMaker maker = new ProofMaker(publisher.tiles(), size);
    List<LogProof.Inclusion> inclusion = new ArrayList<>(lines.size());
    for (LogLine line : lines) {
      if (line.index() < size) {
        inclusion.add(new LogProof.Inclusion(line.index(), maker.inclusion(line.index(), size)));
      }
    }
    Stamped stamped = stampOf(needed, size);
    List<LogProof.Consistency> consistency = new ArrayList<>();
    List<Long> sizes = new ArrayList<>(published.stampedSizes(STAMPS_PROVEN));
    if (stamped != null && !sizes.contains(stamped.checkpoint().size())) {
      sizes.add(stamped.checkpoint().size());
    }
    for (long earlier : sizes) {
      if (earlier > 0 && earlier < size) {
        consistency.add(new LogProof.Consistency(earlier, maker.consistency(earlier, size)));
      }
    }
    return new LogProof(
        publisher.verifier(),
        checkpoint,
        new LogProof.Paths(size, inclusion, consistency),
        stamped);
  }

  /** The earliest stamp that covers all lines, else the newest; none that is beyond the tree. */
  private @Nullable Stamped stampOf(long needed, long size) throws IOException {
    Stamped stamped = published.stamped(needed);
    if (stamped == null) {
      long newest =
          published.stampedSizes(STAMPS_PROVEN).stream().mapToLong(each -> each).max().orElse(-1);
      stamped = newest < 0 ? null : published.stamped(newest);
    }
    return stamped == null || stamped.checkpoint().size() > size ? null : stamped;
  }

  private @Nullable SignedCheckpoint awaitCheckpoint(long size) throws IOException {
    long end = System.nanoTime() + PROOF_WAIT.toNanos();
    publisher.publish();
    SignedCheckpoint checkpoint = published.checkpoint();
    while ((checkpoint == null || checkpoint.size() < size)
        && log.contradiction() == null
        && System.nanoTime() - end < 0) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return checkpoint;
      }
      publisher.publish();
      checkpoint = published.checkpoint();
    }
    return checkpoint;
  }
}

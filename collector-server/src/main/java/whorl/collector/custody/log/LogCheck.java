package whorl.collector.custody.log;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.CustodyEntry;

/**
 * Checks a log while it is opened: the chain, the ends and the checkpoint that are known. A person
 * may have accepted the chain's problems already; an entry says so. Not thread-safe.
 */
final class LogCheck {
  private static final int PROBLEMS_MAX = 100;

  private final KnownEnds knownEnds;
  private final @Nullable KnownCheckpoint knownCheckpoint;
  private final CustodyLog.EntryReader reader;
  private final ChainCheck chain = new ChainCheck(null);
  private final List<String> problems = new ArrayList<>();
  private final List<String> doubts = new ArrayList<>();
  private @Nullable Instant lastTime;
  private @Nullable String contradiction;

  LogCheck(
      KnownEnds knownEnds,
      @Nullable KnownCheckpoint knownCheckpoint,
      CustodyLog.EntryReader reader) {
    this.knownEnds = knownEnds;
    this.knownCheckpoint = knownCheckpoint;
    this.reader = reader;
  }

  /** Checks the next line of a file. */
  @Nullable CustodyEntry line(LogLine line) throws IOException {
    if (knownCheckpoint != null) {
      knownCheckpoint.add(line);
    }
    ChainCheck.Step step = chain.next(line.bytes());
    if (step.problem() != null && problems.size() < PROBLEMS_MAX) {
      problems.add("custody.ndjson line " + (line.index() + 1) + ": " + step.problem());
      doubts.add(problems.get(problems.size() - 1));
    }
    CustodyEntry entry = step.entry();
    if (entry != null) {
      lastTime = entry.time();
      knownEnds.compare(entry);
      applyAcknowledgement(entry);
      if (entry.intact()) {
        reader.entry(entry);
      }
    }
    return entry;
  }

  /** Hands over an entry of a shared log. */
  void shared(CustodyEntry entry) throws IOException {
    if (entry.intact()) {
      reader.entry(entry);
    }
  }

  /** All lines were read. */
  void end(FileEntries entries) throws IOException {
    doubts.addAll(knownEnds.differences(entries.atEnd(head -> head.next())));
    contradiction = knownCheckpoint == null ? null : knownCheckpoint.contradiction();
    if (contradiction != null) {
      doubts.add(contradiction);
    }
  }

  /** Clears the doubts if this entry acknowledges exactly the problems before it. */
  private void applyAcknowledgement(CustodyEntry entry) {
    if (entry.action().equals(CustodyAction.MENDED.word())
        && entry.intact()
        && !problems.isEmpty()
        && CustodyDoubts.digest(problems)
            .hex()
            .equals(entry.detail().get(CustodyLog.ACKNOWLEDGED))) {
      doubts.clear();
    }
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  List<String> doubts() {
    return List.copyOf(doubts);
  }

  @Nullable String contradiction() {
    return contradiction;
  }

  @Nullable Instant lastTime() {
    return lastTime;
  }

  void lastTime(@Nullable Instant found) {
    lastTime = found;
  }
}

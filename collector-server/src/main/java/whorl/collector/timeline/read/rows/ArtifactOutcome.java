package whorl.collector.timeline.read.rows;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Text;

/** Counts the rows and problems of one artifact while several threads read it. */
public final class ArtifactOutcome {
  private static final int PROBLEMS_MAX = 5;
  private static final int PROBLEM_MAX_CHARS = 300;

  private final String artifact;
  private final LongAdder rows = new LongAdder();
  private final StringBuilder problems = new StringBuilder();
  private int problemCount;

  public ArtifactOutcome(String artifact) {
    this.artifact = artifact;
  }

  public String artifact() {
    return artifact;
  }

  public void rows(long more) {
    rows.add(more);
  }

  /** Records why rows are missing or incomplete. */
  public synchronized void problem(String problem) {
    problemCount++;
    if (problemCount <= PROBLEMS_MAX) {
      problems.append(problems.length() == 0 ? "" : "; ");
      problems.append(Text.atMost(problem, PROBLEM_MAX_CHARS));
    }
  }

  public IndexStatus.Source outcome() {
    return new IndexStatus.Source(artifact, rows.sum(), problems());
  }

  private synchronized @Nullable String problems() {
    if (problemCount == 0) {
      return null;
    }
    return problemCount <= PROBLEMS_MAX
        ? problems.toString()
        : problems + "; and " + (problemCount - PROBLEMS_MAX) + " more";
  }
}

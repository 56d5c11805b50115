package whorl.collector.custody;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The outcome of a verification.
 *
 * @param subject what was checked: an evidence id, or a file's name
 * @param verified whether there are no problems
 * @param evidence how many pieces of evidence were checked
 * @param artifacts how many files were digested, of {@code bytes} together
 * @param problems each names the thing that does not hold
 * @param notes what a reader should know though nothing is wrong, such as a missing signature
 */
public record VerificationReport(
    String subject,
    Instant checkedAt,
    boolean verified,
    long evidence,
    long artifacts,
    long bytes,
    List<String> problems,
    List<String> notes) {

  /** Gathers a report; bounded, whatever is thrown at it. */
  static final class Builder {
    private static final int LINES_MAX = 1000;

    private final String subject;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private String prefix = "";
    private long evidence;
    private long artifacts;
    private long bytes;
    private long untold;

    Builder(String subject) {
      this.subject = subject;
    }

    /** What follows is said of this. */
    void about(String what) {
      prefix = what + ": ";
    }

    void problem(String problem) {
      if (problems.size() < LINES_MAX) {
        problems.add(prefix + problem);
      } else {
        untold++;
      }
    }

    void note(String note) {
      if (notes.size() < LINES_MAX) {
        notes.add(prefix + note);
      }
    }

    void evidenceChecked() {
      evidence++;
    }

    void artifactChecked(long size) {
      artifacts++;
      bytes += size;
    }

    VerificationReport build(Instant checkedAt) {
      List<String> told = new ArrayList<>(problems);
      if (untold > 0) {
        told.add("and " + untold + " more problems");
      }
      return new VerificationReport(
          subject,
          checkedAt,
          told.isEmpty(),
          evidence,
          artifacts,
          bytes,
          List.copyOf(told),
          List.copyOf(notes));
    }
  }
}

package whorl.collector.custody.verify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The result of a verification.
 *
 * @param subject an evidence id or a file's name
 * @param verified true if there are no problems
 * @param evidence the number of pieces of evidence checked
 * @param artifacts the number of files read, of {@code bytes} in total
 * @param problems each names the thing that is wrong
 * @param notes remarks that are no problems, such as a missing signature; the last one says how
 *     many are left out, if any are
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

  /** Collects a report of bounded size. */
  static final class Builder {
    private static final int LINES_MAX = 1000;

    private final String subject;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<String> compared = new HashSet<>();
    private String prefix = "";
    private long evidence;
    private long artifacts;
    private long bytes;
    private long omitted;
    private long omittedNotes;

    Builder(String subject) {
      this.subject = subject;
    }

    /** Sets the subject of the problems and notes that follow. */
    void setSubject(String what) {
      prefix = what + ": ";
    }

    /**
     * Adds a part of the subject for the problems and notes that follow.
     *
     * @return what to give to {@link #leave}
     */
    String enter(String part) {
      String before = prefix;
      prefix = before + part + ": ";
      return before;
    }

    void leave(String before) {
      prefix = before;
    }

    void problem(String problem) {
      if (problems.size() < LINES_MAX) {
        problems.add(prefix + problem);
      } else {
        omitted++;
      }
    }

    void note(String note) {
      if (notes.size() < LINES_MAX) {
        notes.add(prefix + note);
      } else {
        omittedNotes++;
      }
    }

    /** Notes that a log was compared with this checkpoint, which was kept elsewhere. */
    void compared(String checkpoint) {
      compared.add(checkpoint);
    }

    /** True if a log was, since the last call of {@link #forgetCompared}. */
    boolean isCompared(String checkpoint) {
      return compared.contains(checkpoint);
    }

    void forgetCompared() {
      compared.clear();
    }

    void evidenceChecked() {
      evidence++;
    }

    void artifactChecked(long size) {
      artifacts++;
      bytes += size;
    }

    VerificationReport build(Instant checkedAt) {
      List<String> all = new ArrayList<>(problems);
      if (omitted > 0) {
        all.add("and " + omitted + " more problems");
      }
      List<String> allNotes = new ArrayList<>(notes);
      if (omittedNotes > 0) {
        allNotes.add("and " + omittedNotes + " more notes; verify fewer at a time to see them");
      }
      return new VerificationReport(
          subject,
          checkedAt,
          all.isEmpty(),
          evidence,
          artifacts,
          bytes,
          List.copyOf(all),
          List.copyOf(allNotes));
    }
  }
}

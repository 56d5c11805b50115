package whorl.lab.verdict;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.lab.cases.CaseKind;

/**
 * What is made of one run of a case.
 *
 * @param passed whether all that was expected came, and nothing else
 * @param ran whether the case itself did what it should: an attack that fails by itself shows
 * nothing
 * @param alertMillis from the request that caused it to the first alert at the collector; -1 for
 *     none
 * @param sealedMillis from that request to the first sealed evidence; -1 for none
 * @param findingsMillis from sealing to the findings; -1 for none
 * @param alerts of medium level and above
 * @param rules their titles, each once
 * @param explanation absent where none is expected
 * @param wayIn the title of the first finding about the way in
 * @param reasons why it did not pass
 */
public record Verdict(
    CaseKind kind,
    String name,
    String title,
    int java,
    boolean passed,
    boolean ran,
    boolean alerted,
    long alertMillis,
    long sealedMillis,
    long findingsMillis,
    int alerts,
    List<String> rules,
    @Nullable Explanation explanation,
    @Nullable String wayIn,
    @Nullable Boolean classBytes,
    @Nullable Boolean registration,
    List<String> reasons) {

  /** How the findings describe the entry point. */
  public enum Explanation {
    /** The first finding about the way in names the technique and the request. */
    RIGHT,
    /** A later one does, or the first names only one of the two. */
    PARTLY,
    WRONG,
    NONE
  }
}

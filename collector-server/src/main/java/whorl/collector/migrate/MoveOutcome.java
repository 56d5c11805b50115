package whorl.collector.migrate;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a move did, or would do.
 *
 * @param dryRun true if nothing was moved
 * @param evidence the number of pieces of evidence at the destination
 * @param carriedNow of these, those that this run carried; earlier runs carried the others
 * @param bytes of all artifacts, each read back from the destination
 * @param timelines that this run carried; others are made anew
 * @param uploads that were not complete, and go on at the destination
 * @param custodyEntries the length of the custody log at the destination
 * @param checkpoint the signed head of that log; null if there is none
 * @param rows the rows of each table that was copied
 * @param problems what is wrong with the source, and so with the destination; empty if nothing is
 * @param notes what else a person must know
 */
public record MoveOutcome(
    String from,
    String to,
    boolean dryRun,
    long evidence,
    long carriedNow,
    long bytes,
    long timelines,
    long uploads,
    long custodyEntries,
    @Nullable String checkpoint,
    Map<String, Long> rows,
    List<String> problems,
    List<String> notes) {
  public MoveOutcome {
    rows = Map.copyOf(rows);
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }
}

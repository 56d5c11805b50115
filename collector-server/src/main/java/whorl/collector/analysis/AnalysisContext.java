package whorl.collector.analysis;

import java.io.IOException;
import java.util.List;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;

/**
 * What an analysis looks at.
 *
 * @param index what came of each artifact
 * @param trail what of it is the intruder's
 * @param process {@code process.json}
 * @param gap in the numbers of {@code events.ndjson}
 */
record AnalysisContext(
    EvidenceRecord evidence,
    IndexStatus index,
    Timeline timeline,
    Trail trail,
    ProcessFile process,
    Sequence.Gap gap) {

  /** Hands on the rows of these types, oldest first. */
  void each(List<String> types, SeenConsumer rows) throws IOException {
    each(timeline, evidence, types, rows);
  }

  static void each(
      Timeline timeline, EvidenceRecord evidence, List<String> types, SeenConsumer rows)
      throws IOException {
    TimelineQuery query = TimelineQuery.of(evidence.id()).types(types.toArray(String[]::new));
    timeline.each(query, row -> rows.accept(new Seen(row)));
  }

  /** Takes rows. */
  @FunctionalInterface
  interface SeenConsumer {
    void accept(Seen row) throws IOException;
  }
}

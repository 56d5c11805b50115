package whorl.collector.analysis.trail;

import java.io.IOException;
import java.util.Set;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Timeline;

/**
 * The input of an analysis.
 *
 * @param index the index status of each artifact
 * @param trail the rows that belong to the intruder
 * @param jars the jars of the libraries on the intruder's stacks
 * @param process the contents of {@code process.json}
 * @param gap the gap in the sequence numbers of {@code events.ndjson}
 * @param damaged artifacts that somebody changed in the object store, so that they were not read
 */
public record AnalysisContext(
    EvidenceRecord evidence,
    IndexStatus index,
    Timeline timeline,
    Trail trail,
    Jars jars,
    ProcessFile process,
    Sequence.Gap gap,
    Set<String> damaged) {
  /** Reads the artifacts that analyses use. */
  public static AnalysisContext of(
      Timeline timeline,
      Trail trail,
      EvidenceStore store,
      EvidenceRecord evidence,
      IndexStatus index)
      throws IOException {
    ReadArtifacts artifacts = new ReadArtifacts(store, evidence);
    Jars jars = Jars.of(trail, timeline, evidence, artifacts);
    ProcessFile process = ProcessFile.read(artifacts);
    Sequence.Gap gap = Sequence.gap(artifacts);
    return new AnalysisContext(
        evidence, index, timeline, trail, jars, process, gap, artifacts.damaged());
  }
}

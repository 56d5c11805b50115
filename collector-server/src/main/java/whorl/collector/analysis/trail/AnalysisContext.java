package whorl.collector.analysis.trail;

import whorl.collector.store.objects.EvidenceRecord;
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
 */
public record AnalysisContext(
    EvidenceRecord evidence,
    IndexStatus index,
    Timeline timeline,
    Trail trail,
    Jars jars,
    ProcessFile process,
    Sequence.Gap gap) {}

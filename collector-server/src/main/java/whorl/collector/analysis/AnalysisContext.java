package whorl.collector.analysis;

import whorl.collector.store.EvidenceRecord;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Timeline;

/**
 * What an analysis looks at.
 *
 * @param index what came of each artifact
 * @param trail what of it is the intruder's
 * @param jars of the libraries through which it came
 * @param process {@code process.json}
 * @param gap in the numbers of {@code events.ndjson}
 */
record AnalysisContext(
    EvidenceRecord evidence,
    IndexStatus index,
    Timeline timeline,
    Trail trail,
    Jars jars,
    ProcessFile process,
    Sequence.Gap gap) {}

package whorl.collector.report;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.Report;
import whorl.collector.custody.verify.ImportedHistory;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Row;
import whorl.evidence.CustodyEntry;

/**
 * All that a report says.
 *
 * @param index of its timeline, which knows how far the agent's clock was off
 * @param rows texts of rows that findings name, by number
 * @param marked the rows that people marked, at most {@link ReportBody#MARKED_ROWS}, with message
 *     and marks
 * @param markedRows how many there are
 * @param custody the evidence's entries, oldest first
 * @param earlier what other collectors had in custody, if the evidence was imported
 * @param verification null if the evidence is too large to be read for a report
 * @param madeBy who asked for the report, as custody names them
 */
record EvidenceReport(
    EvidenceRecord record,
    IndexStatus index,
    Report findings,
    Map<Long, String> rows,
    List<Row> marked,
    int markedRows,
    List<CustodyEntry> custody,
    List<ImportedHistory> earlier,
    @Nullable VerificationReport verification,
    String madeBy,
    Instant madeAt) {}

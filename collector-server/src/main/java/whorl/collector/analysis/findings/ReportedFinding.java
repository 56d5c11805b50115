package whorl.collector.analysis.findings;

import java.util.List;

/**
 * A finding and its steps of the chain.
 *
 * @param steps empty if the finding is not an action of the intruder
 */
public record ReportedFinding(Finding finding, List<Step> steps) {}

package whorl.collector.analysis;

import java.util.List;

/**
 * A finding and its steps of the chain.
 *
 * @param steps empty if the finding is not an action of the intruder
 */
record ReportedFinding(Finding finding, List<Step> steps) {}

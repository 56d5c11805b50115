/** What people do with alerts: groups, states, comments and mutes, over the API. */
@NullMarked
package whorl.collector.alerts.triage;

import org.jspecify.annotations.NullMarked;

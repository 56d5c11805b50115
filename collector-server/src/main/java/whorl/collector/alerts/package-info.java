/** Alerts: one adapter for each webhook dialect, and storm control. */
@NullMarked
package whorl.collector.alerts;

import org.jspecify.annotations.NullMarked;

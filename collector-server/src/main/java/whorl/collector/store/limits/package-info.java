/**
 * Limits that hold for all collectors together: storm control, cooldowns, quotas, failed logins.
 */
@NullMarked
package whorl.collector.store.limits;

import org.jspecify.annotations.NullMarked;

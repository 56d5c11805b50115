package whorl.collector.alerts;

import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;

/**
 * An external alert in the collector's own form.
 *
 * @param fingerprint equal for repetitions of an alert; used for the cooldown
 * @param firing false when it only reports that something is over
 * @param reason the capture's reason; null for the alert's title
 */
record IncomingAlert(
    Alert alert, AlertSource place, String fingerprint, boolean firing, @Nullable String reason) {}

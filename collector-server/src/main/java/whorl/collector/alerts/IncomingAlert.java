package whorl.collector.alerts;

import org.jspecify.annotations.Nullable;
import whorl.evidence.Alert;

/**
 * An alert from outside, in our words.
 *
 * @param fingerprint what makes two of them the same, for the cooldown
 * @param firing false when it only says that something is over
 * @param reason what the capture is for; null for the alert's title
 */
record IncomingAlert(
    Alert alert, AlertSource place, String fingerprint, boolean firing, @Nullable String reason) {}

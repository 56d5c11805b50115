package whorl.collector.store.triage;

import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * What is known of one alert besides itself.
 *
 * @param group its group
 * @param evidence evidence that has it among its events; null if none was found yet
 * @param version counts what people changed
 * @param mute the mute that hides it; null if none does
 */
public record TriagedAlert(
    Id alert,
    Id group,
    TriageState state,
    @Nullable String assignee,
    long version,
    @Nullable Id evidence,
    @Nullable Id mute) {}

package whorl.collector.fleet.agents;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A service's agents as the API counts them; every field is always present.
 *
 * @param agents all known agents, connected or not
 * @param lossy connected agents that have lost events or data
 * @param lastSeen when any of them was last seen
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record ServiceView(
    String service,
    @Nullable String namespace,
    int agents,
    int connected,
    int lossy,
    Instant lastSeen) {}

package whorl.collector.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A service's agents as the API counts them; every field is always there.
 *
 * @param agents those known, connected or not
 * @param lossy those connected that have lost something
 * @param lastSeen of any of them
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record ServiceView(
    String service,
    @Nullable String namespace,
    int agents,
    int connected,
    int lossy,
    Instant lastSeen) {}

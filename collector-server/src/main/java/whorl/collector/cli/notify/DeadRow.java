package whorl.collector.cli.notify;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A message that was given up. */
public record DeadRow(
    String id,
    String notification,
    @Nullable String level,
    @Nullable String service,
    String title,
    long count,
    int attempts,
    Instant added,
    @Nullable String problem) {}

package whorl.collector.cli;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An alert as the collector lists it. */
record AlertRow(
    @Nullable String id,
    @Nullable Instant time,
    @Nullable String level,
    @Nullable String title,
    @Nullable String rule,
    @Nullable String source,
    @Nullable String service,
    @Nullable String capture,
    @Nullable String evidence) {}

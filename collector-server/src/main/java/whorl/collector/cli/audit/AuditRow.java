package whorl.collector.cli.audit;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An act in the collector's list. */
public record AuditRow(
    long sequence,
    @Nullable Instant time,
    @Nullable String action,
    @Nullable String actor,
    @Nullable String who,
    @Nullable String evidence,
    @Nullable Map<String, String> detail) {}

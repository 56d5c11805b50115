package whorl.collector.cli.client;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A custody entry in the collector's list. */
public record CustodyRow(
    long sequence,
    @Nullable Instant time,
    @Nullable String action,
    @Nullable String actor,
    @Nullable Map<String, String> detail) {}

package whorl.collector.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A move between a data folder and what collectors share.
 *
 * @param data the data folder: what is moved, or with {@code back} what is filled
 * @param custodyKey null for the one in the data folder
 * @param back true to move from what is shared to the data folder
 * @param dryRun true to say only what would be moved
 * @param work for copies of databases and temporary files; null for the system's folder
 */
public record MigrateConfig(
    Path data,
    RecordsPlace.Postgres records,
    ObjectsPlace.Shared objects,
    @Nullable Path custodyKey,
    boolean back,
    boolean dryRun,
    @Nullable Path work) {}

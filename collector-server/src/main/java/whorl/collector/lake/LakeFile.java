package whorl.collector.lake;

import java.nio.file.Path;
import org.apache.iceberg.Metrics;

/**
 * A Parquet file of the table with rows of one piece of evidence, still on this machine.
 *
 * @param metrics counts, sizes and bounds of its columns, by which readers leave files out
 */
record LakeFile(LakeSource source, Path file, long bytes, Metrics metrics) {}

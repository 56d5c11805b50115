package whorl.collector.migrate;

import java.nio.file.Path;
import java.time.InstantSource;
import whorl.collector.store.disk.Disk;

/**
 * How a move works.
 *
 * @param work a folder of this run alone, for copies of databases and for temporary files
 * @param disk writes a data folder that is filled
 * @param threads that carry evidence
 */
public record MoveSettings(
    Path work, Disk disk, Watcher watcher, InstantSource clock, int threads) {}

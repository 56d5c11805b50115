package whorl.collector.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import whorl.collector.custody.log.CustodyCopy;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Modes;
import whorl.evidence.Digest;

/**
 * Copies a data folder as of one moment, while the collector runs or not: custody, evidence, its
 * content, cases with their notes and holds, alerts, agents and their keys, captures, journals,
 * rules, and the tokens. It leaves out data that can be rebuilt, such as timelines, and unfinished
 * uploads.
 *
 * <p>The databases are copied before the end of the custody log, so the copied log covers all that
 * they refer to. Evidence is copied until it agrees with the copied log. An earlier backup in the
 * folder is updated.
 */
public final class Backup {
  private static final Duration MAX_DURATION = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final int QUIET_PASSES_MAX = 25;
  private static final List<String> SMALL_FILES = List.of("tokens");

  private final DataFolder from;
  private final DataFolder to;
  private final InstantSource clock;
  private long quietSince = -1;
  private int quietPasses;

  private Backup(Path data, Path to, InstantSource clock) {
    this.from = new DataFolder(data);
    this.to = new DataFolder(to);
    this.clock = clock;
  }

  /**
   * The result of a backup.
   *
   * @param problems the missing or damaged parts of the collector's own data; empty if there are
   *     none
   */
  public record Outcome(BackupMark mark, List<String> problems) {
    public Outcome {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Makes or updates a backup.
   *
   * @param data the collector's data folder
   * @param to a folder that does not exist, is empty, or holds an earlier backup of the same log
   * @throws IOException with a message that names the remedy
   */
  public static Outcome make(Path data, Path to, InstantSource clock) throws IOException {
    return new Backup(data.toAbsolutePath().normalize(), to.toAbsolutePath().normalize(), clock)
        .make();
  }

  private Outcome make() throws IOException {
    check();
    Files.createDirectories(to.custody(), Modes.folder());
    Files.createDirectories(to.evidence(), Modes.folder());
    Files.createDirectories(to.blobs(), Modes.folder());
    BackupMark.begun(clock.instant()).write(to.root());
    CustodyCopy custody = new CustodyCopy(from.custodyLog(), to.custodyLog());
    EvidenceCopy evidence = new EvidenceCopy(from, to, custody);
    // copies most of the evidence, so that the databases are not much older than the rest
    evidence.pass();
    snapshot(from.cases(), to.cases());
    snapshot(from.catalog(), to.catalog());
    for (String name : SMALL_FILES) {
      if (Files.exists(from.root().resolve(name))) {
        CopiedFiles.copy(from.root().resolve(name), to.root().resolve(name));
      }
    }
    CustodyFiles.copy(from, to);
    long end = System.nanoTime() + MAX_DURATION.toNanos();
    while (!evidence.pass() && System.nanoTime() - end < 0 && mayChange(custody)) {
      pause();
    }
    EvidenceCopy.Content content = evidence.removePurged();
    Digest last = custody.last();
    BackupMark mark =
        new BackupMark(
            BackupMark.VERSION,
            true,
            clock.instant(),
            content.evidence(),
            content.blobs(),
            content.bytes(),
            custody.entries(),
            last == null ? null : last.hex());
    mark.write(to.root());
    List<String> problems = new ArrayList<>(custody.problems());
    problems.addAll(evidence.problems());
    return new Outcome(mark, problems);
  }

  /** True if missing evidence may still appear: evidence is in transition only for a moment. */
  private boolean mayChange(CustodyCopy custody) {
    if (quietSince == custody.entries()) {
      return ++quietPasses < QUIET_PASSES_MAX;
    }
    quietSince = custody.entries();
    quietPasses = 0;
    return true;
  }

  private void check() throws IOException {
    if (!Files.exists(from.custodyLog())) {
      throw new IOException(
          from.root() + " is no data folder of a collector: it has no custody/custody.ndjson");
    }
    if (to.root().startsWith(from.root()) || from.root().startsWith(to.root())) {
      throw new IOException("a backup must not lie in the data folder, nor the other way round");
    }
    if (Files.isDirectory(to.root()) && BackupMark.read(to.root()) == null) {
      try (Stream<Path> files = Files.list(to.root())) {
        if (files.anyMatch(file -> !file.endsWith("lost+found"))) {
          throw new IOException(
              to.root() + " holds other things than a backup; give an empty or a new folder");
        }
      }
    }
    requireSameLog();
  }

  /**
   * Refuses to update a backup of another log, or of a log that has lost or changed entries: what
   * the log does not list is removed from the backup, which may have the last copy of it.
   */
  private void requireSameLog() throws IOException {
    Path earlier = to.custodyLog();
    if (Files.exists(earlier)) {
      long different = Files.mismatch(earlier, from.custodyLog());
      if (different >= 0 && different < Files.size(earlier)) {
        throw new IOException(
            "the custody log of "
                + from.root()
                + " does not continue that of the backup in "
                + to.root()
                + ": it is another collector's, or entries are missing or changed; the backup stays"
                + " as it is. Restore it, or give a new folder");
      }
    }
  }

  private static void snapshot(Path database, Path copy) throws IOException {
    if (Files.exists(database)) {
      Path temporary = copy.resolveSibling(copy.getFileName() + ".new");
      Files.deleteIfExists(temporary);
      SqliteDatabase.snapshot(database, temporary);
      Files.move(
          temporary, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted; the backup is not complete", e);
    }
  }
}

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
import whorl.collector.custody.CustodyCopy;
import whorl.collector.store.DataFolder;
import whorl.collector.store.Database;
import whorl.collector.store.Modes;
import whorl.evidence.Digest;

/**
 * Copies a data folder, of one moment, while the collector works or not: custody, evidence, its
 * content, cases with their notes and holds, alerts, agents and their keys, captures, journals,
 * rules, and the tokens. What can be made again, such as timelines, is left out, and so is what is
 * still being uploaded.
 *
 * <p>The data bases are copied before the end of the custody log, which so knows of all that they
 * know of; evidence is copied until it is what custody tells of. A folder that holds an earlier
 * backup is brought up to date.
 */
public final class Backup {
  private static final Duration AT_MOST = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final int QUIET_TURNS = 25;
  private static final List<String> SMALL_FILES = List.of("tokens");

  private final DataFolder from;
  private final DataFolder to;
  private final InstantSource clock;
  private long quietSince = -1;
  private int quietTurns;

  private Backup(Path data, Path to, InstantSource clock) {
    this.from = new DataFolder(data);
    this.to = new DataFolder(to);
    this.clock = clock;
  }

  /**
   * What became of it.
   *
   * @param problems what the collector itself lacks, or has damaged; empty when all is well
   */
  public record Outcome(BackupMark mark, List<String> problems) {
    public Outcome {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Makes or renews a backup.
   *
   * @param data the collector's data folder
   * @param to a folder that is not there, is empty, or holds an earlier backup
   * @throws IOException with a message that says what to change
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
    evidence.pass(); // the most of it, so that the data bases are not much older than the rest
    snapshot(from.cases(), to.cases());
    snapshot(from.catalog(), to.catalog());
    for (String name : SMALL_FILES) {
      if (Files.exists(from.root().resolve(name))) {
        CopiedFiles.copy(from.root().resolve(name), to.root().resolve(name));
      }
    }
    long end = System.nanoTime() + AT_MOST.toNanos();
    while (!evidence.pass() && System.nanoTime() - end < 0 && mayChange(custody)) {
      pause();
    }
    EvidenceCopy.Content content = evidence.tidy();
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

  /** Whether what is missing may still come: evidence is in between for a moment only. */
  private boolean mayChange(CustodyCopy custody) {
    if (quietSince == custody.entries()) {
      return ++quietTurns < QUIET_TURNS;
    }
    quietSince = custody.entries();
    quietTurns = 0;
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
  }

  private static void snapshot(Path database, Path copy) throws IOException {
    if (Files.exists(database)) {
      Path temporary = copy.resolveSibling(copy.getFileName() + ".new");
      Files.deleteIfExists(temporary);
      Database.snapshot(database, temporary);
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

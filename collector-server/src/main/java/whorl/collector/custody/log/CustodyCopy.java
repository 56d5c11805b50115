package whorl.collector.custody.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.disk.Lines;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * A copy of a custody log that follows the log while another process writes it, and that knows
 * which evidence the log lists. Not thread-safe.
 */
public final class CustodyCopy {
  private final Path from;
  private final Path to;
  private final ChainCheck chain = new ChainCheck(null);
  private final Map<Id, List<CustodyEntry>> commits = new HashMap<>();
  private final Set<Id> kept = new HashSet<>();
  private final List<String> problems = new ArrayList<>();
  private long bytes;
  private long entries;

  /**
   * Creates an empty copy.
   *
   * @param from the log
   * @param to the copy; an earlier one is replaced once this one has all entries that there are
   */
  public CustodyCopy(Path from, Path to) {
    this.from = from;
    this.to = to;
  }

  /**
   * Copies the entries that were added since the last call; an incomplete entry is left out.
   *
   * @return true if there were any
   */
  public boolean extend() throws IOException {
    if (entries > 0 || !Files.exists(to)) {
      return extend(to);
    }
    Path beside = to.resolveSibling(to.getFileName() + ".new");
    boolean extended = extend(beside);
    Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return extended;
  }

  private boolean extend(Path copy) throws IOException {
    long before = entries;
    try (InputStream in = Files.newInputStream(from);
        OutputStream out = Appending.to(copy, bytes)) {
      in.skipNBytes(bytes);
      Lines lines = new Lines(in, CustodyLog.LINE_MAX_BYTES);
      long start = bytes;
      for (byte[] line = lines.next(); line != null && lines.ended(); line = lines.next()) {
        if (lines.cut()) {
          throw new IOException(from + " has a line that is too long for an entry");
        }
        out.write(line);
        out.write('\n');
        bytes = start + lines.offset();
        entries++;
        addEntry(chain.next(line));
      }
    }
    return entries > before;
  }

  private void addEntry(ChainCheck.Step step) {
    CustodyEntry entry = step.entry();
    if (step.problem() != null) {
      problems.add("custody entry " + (entries - 1) + " " + step.problem());
    }
    if (entry == null || entry.evidence() == null) {
      return;
    }
    Id evidence = entry.evidence();
    if (entry.action().equals(CustodyAction.PURGED.word()) && entry.intact()) {
      kept.remove(evidence);
    } else if (entry.detail().containsKey(CommittedRecords.RECORD)) {
      if (CustodyAction.commits(entry.action())) {
        kept.add(evidence);
      }
      commits.computeIfAbsent(evidence, id -> new ArrayList<>(2)).add(entry);
    }
  }

  /** Evidence that was kept and not purged, according to the copied entries. */
  public Set<Id> kept() {
    return Set.copyOf(kept);
  }

  /** True if the copied entries include this record. */
  public boolean includes(Id evidence, Digest record) {
    CommittedRecords committedRecords =
        CommittedRecords.of(commits.getOrDefault(evidence, List.of()));
    return committedRecords.isCurrent(record.hex())
        || committedRecords.isBeforeDerivation(record.hex());
  }

  /** The number of copied entries. */
  public long entries() {
    return entries;
  }

  /** The hash of the last copied entry; null if there is none. */
  public @Nullable Digest last() {
    return chain.last();
  }

  /** The problems of the log itself. */
  public List<String> problems() {
    return List.copyOf(problems);
  }
}

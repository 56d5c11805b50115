package whorl.collector.custody.log;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.records.EndLedger;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * The append-only, hash-chained log of actions on evidence, one {@link CustodyEntry} per line. Its
 * lines are the leaves of a Merkle tree, whose signed checkpoints show that no line was changed or
 * removed. An entry is durable when {@code append} returns. The lines are in {@code
 * custody.ndjson}, or in a database that several collectors share.
 *
 * <p>The file's chain is checked at the start. A last line without its line feed was never
 * acknowledged: it is removed, and an entry records that. If the chain is broken elsewhere, it
 * stays as it is, {@link #problems} reports it, and new entries follow the last one, because new
 * evidence must not wait for old damage. Thread-safe.
 */
public final class CustodyLog implements AutoCloseable {
  /** The length limit of a line; a longer one is no entry. */
  public static final int LINE_MAX_BYTES = 256 << 10;

  private static final int ACCEPTED_LINES = 1_000;

  static final String ACKNOWLEDGED = "acknowledged";

  private static final Logger LOG = LoggerFactory.getLogger(CustodyLog.class);
  private static final int DETAILS_MAX = 32;
  private static final int DETAIL_MAX_CHARS = 1024;

  /** Also with six bytes for each character, an entry then fits into a leaf. */
  private static final int DETAILS_MAX_CHARS = 8 << 10;

  private final EntryStore entries;
  private final InstantSource clock;
  private final List<String> problems;
  private final @Nullable Instant lastTimeFound;
  private volatile @Nullable String contradiction;

  /** The number of lines when the contradiction was found. */
  private volatile long contradictedAt;

  private CustodyLog(EntryStore entries, InstantSource clock, LogCheck found) {
    this.entries = entries;
    this.clock = clock;
    this.problems = found.problems();
    this.lastTimeFound = found.lastTime();
    this.contradiction = found.contradiction();
  }

  /** Receives the log's entries. */
  @FunctionalInterface
  public interface EntryReader {
    void entry(CustodyEntry entry) throws IOException;
  }

  /** An entry before it is chained. */
  public record Draft(
      CustodyAction action, @Nullable Id evidence, String actor, Map<String, String> detail) {}

  /** Decides what to append while nobody else can append. It may be asked again. */
  @FunctionalInterface
  public interface Decision {
    List<Draft> drafts() throws IOException;
  }

  /** Opens the log in a file, checks it, and repairs its end. */
  public static CustodyLog open(DataFolder folder, Disk disk, InstantSource clock)
      throws IOException {
    return open(folder, disk, clock, List.of(), entry -> {});
  }

  /**
   * Opens the log in a file, checks it, repairs its end, and compares it with the ends known
   * elsewhere and with its last checkpoint.
   *
   * @param ends the ledgers that keep the log's end apart from it
   * @param reader receives each intact entry, in the order of the log
   */
  public static CustodyLog open(
      DataFolder folder, Disk disk, InstantSource clock, List<EndLedger> ends, EntryReader reader)
      throws IOException {
    FileEntries entries = FileEntries.open(folder, disk, ends);
    try {
      LogCheck check = new LogCheck(KnownEnds.of(ends), KnownCheckpoint.of(folder), reader);
      byte[] incompleteLine = entries.read(check::line);
      check.end(entries);
      CustodyLog log = new CustodyLog(entries, clock, check);
      log.contradictedAt = entries.size();
      check.doubts().forEach(log::doubt);
      if (incompleteLine != null) {
        log.recordRemoval(incompleteLine);
      }
      entries.rememberEnd();
      return log;
    } catch (IOException | RuntimeException e) {
      entries.closeFile();
      throw e;
    }
  }

  /**
   * Opens the log that collectors share in a database.
   *
   * @param reader receives the entries with this action after this sequence
   */
  public static CustodyLog shared(
      Database database, InstantSource clock, CustodyAction action, long after, EntryReader reader)
      throws IOException {
    RowEntries entries = RowEntries.open(database);
    LogCheck check = new LogCheck(KnownEnds.of(List.of()), null, reader);
    entries.read(action, after, check::shared);
    check.lastTime(entries.lastTime());
    return new CustodyLog(entries, clock, check);
  }

  /** Appends one entry. */
  public CustodyEntry append(
      CustodyAction action, @Nullable Id evidence, String actor, Map<String, String> detail)
      throws IOException {
    return append(List.of(new Draft(action, evidence, actor, detail))).get(0);
  }

  /** Appends several entries, all or none. */
  public List<CustodyEntry> append(List<Draft> drafts) throws IOException {
    return append(() -> drafts);
  }

  /** Appends what is decided at the log's end, where no other entry can come between. */
  public List<CustodyEntry> append(Decision decision) throws IOException {
    return entries.atEnd(
        head -> {
          List<EntryStore.Written> written = chained(decision.drafts(), head);
          if (!written.isEmpty()) {
            entries.append(written);
          }
          return written.stream().map(EntryStore.Written::entry).toList();
        });
  }

  /** Saves the log's end apart from the log; call it regularly, and at the end. */
  public void rememberEnd() throws IOException {
    entries.rememberEnd();
  }

  /**
   * The reasons why the log cannot be relied on; empty if it can. While there are doubts no hold
   * may end and nothing may be purged, because the entry of a hold may be missing.
   */
  public List<String> doubts() {
    try {
      return entries.doubts();
    } catch (IOException e) {
      return List.of("custody cannot be read: " + e.getMessage());
    }
  }

  /**
   * The same, where a log that cannot be read is an error and not a doubt.
   *
   * @throws IOException if the log cannot be read now
   */
  public List<String> readDoubts() throws IOException {
    return entries.doubts();
  }

  /** Adds a doubt that was found outside of the log. */
  public void doubt(String why) {
    LOG.warn("custody is in doubt: {}", why);
    try {
      entries.doubt(why);
    } catch (IOException e) {
      LOG.warn("this doubt could not be kept; it is found again at the next start", e);
    }
  }

  /** Clears the doubts: a person has looked into them and accepts the log as it is. */
  public void acknowledge(String actor, String reason) throws IOException {
    append(
        () -> {
          List<String> all = entries.doubts();
          if (all.isEmpty()) {
            return List.of();
          }
          Map<String, String> detail =
              Map.of(
                  ACKNOWLEDGED,
                  CustodyDoubts.digest(problems).hex(),
                  "doubt",
                  all.get(0),
                  "doubts",
                  Integer.toString(all.size()),
                  "reason",
                  reason);
          return List.of(new Draft(CustodyAction.MENDED, null, actor, detail));
        });
    entries.clearDoubts();
    entries.rememberEnd();
  }

  /** How the log contradicts its last checkpoint; null if it does not. */
  public @Nullable String contradiction() {
    return contradiction;
  }

  /**
   * True if a person has accepted the log since it was found to contradict its checkpoint: there is
   * no doubt any more, and an entry says who accepted it. Doubts alone can be deleted from a
   * database without a trace; they are there again afterwards.
   */
  public boolean isAccepted() throws IOException {
    String how = contradiction;
    long size = entries.size();
    contradictedAt = Math.min(contradictedAt, size); // more entries were cut off since
    if (how == null || !entries.doubts().isEmpty()) {
      return false;
    }
    for (long first = contradictedAt; first < size; first += ACCEPTED_LINES) {
      for (LogLine line : entries.lines(first, ACCEPTED_LINES)) {
        CustodyEntry entry = new ChainCheck(null).next(line.bytes()).entry();
        if (entry != null
            && entry.action().equals(CustodyAction.MENDED.word())
            && entry.detail().containsKey(ACKNOWLEDGED)) {
          return true;
        }
      }
    }
    doubt(how);
    return false;
  }

  /** The log was found to contradict its last checkpoint. */
  public void contradict(String how) throws IOException {
    if (!how.equals(contradiction)) {
      contradictedAt = entries.size();
      contradiction = how;
      doubt(how);
    }
  }

  /** A new checkpoint was signed, here or elsewhere, after a person accepted the log as it is. */
  public void accepted() {
    contradiction = null;
  }

  /** Evidence that was kept and not purged, according to the log. */
  public Set<Id> kept() throws IOException {
    return entries.kept();
  }

  /** True if the evidence was kept and not purged, according to the log. */
  public boolean isKept(Id evidence) throws IOException {
    return entries.isKept(evidence);
  }

  /** The lines of this evidence's entries, oldest first. */
  public List<byte[]> lines(Id evidence) throws IOException {
    return located(evidence).stream().map(LogLine::bytes).toList();
  }

  /** The same, with their places in the log. */
  public List<LogLine> located(Id evidence) throws IOException {
    return entries.lines(evidence);
  }

  /** Up to {@code max} lines of the whole log, from the line {@code first} on. */
  public List<LogLine> lines(long first, int max) throws IOException {
    return entries.lines(first, max);
  }

  /** The holds that the entries amount to. */
  public HoldIndex holds() {
    return entries.holds();
  }

  /** True if this evidence was purged, and none of it was received since. */
  public boolean purged(Id evidence) throws IOException {
    return entries.isPurged(evidence);
  }

  /** True if the entry is in the log; false if it was undone with its transaction. */
  public boolean contains(CustodyEntry entry) throws IOException {
    return entries.contains(entry);
  }

  /** The entry with the time, actor and reason of the purge; null if it was not purged. */
  public @Nullable CustodyEntry purge(Id evidence) throws IOException {
    CustodyEntry purge = null;
    if (purged(evidence)) {
      for (CustodyEntry entry : entries(evidence)) {
        purge = entry.action().equals(CustodyAction.PURGED.word()) ? entry : purge;
      }
    }
    return purge;
  }

  /** The entries of this evidence, oldest first; lines that cannot be parsed are left out. */
  public List<CustodyEntry> entries(Id evidence) throws IOException {
    ChainCheck chain = new ChainCheck(evidence);
    List<CustodyEntry> found = new ArrayList<>();
    for (byte[] line : lines(evidence)) {
      CustodyEntry entry = chain.next(line).entry();
      if (entry != null) {
        found.add(entry);
      }
    }
    return found;
  }

  /** The problems of the chain when the log was opened. */
  public List<String> problems() {
    return problems;
  }

  /** The time of the last entry when the log was opened; null for a new log. */
  public @Nullable Instant lastTimeFound() {
    return lastTimeFound;
  }

  /** The number of lines. */
  public long size() throws IOException {
    return entries.size();
  }

  @Override
  public void close() throws IOException {
    entries.close();
  }

  private List<EntryStore.Written> chained(List<Draft> drafts, EntryStore.Head head)
      throws IOException {
    List<EntryStore.Written> written = new ArrayList<>(drafts.size());
    Map<Id, Digest> lastInBatch = new HashMap<>();
    Digest prev = head.last();
    for (Draft draft : drafts) {
      Id evidence = draft.evidence();
      Digest prevOfEvidence = null;
      if (evidence != null) {
        prevOfEvidence = lastInBatch.get(evidence);
        prevOfEvidence = prevOfEvidence == null ? entries.last(evidence) : prevOfEvidence;
      }
      CustodyEntry entry =
          CustodyEntry.chained(
              head.next() + written.size(),
              clock.instant(),
              draft.action().word(),
              evidence,
              shortened(draft.actor(), DETAIL_MAX_CHARS),
              bounded(draft.detail()),
              prev,
              prevOfEvidence);
      written.add(new EntryStore.Written(entry, Json.bytes(entry)));
      prev = entry.hash();
      if (evidence != null) {
        lastInBatch.put(evidence, entry.hash());
      }
    }
    return written;
  }

  private void recordRemoval(byte[] incompleteLine) throws IOException {
    LOG.warn("custody log: removed {} bytes of an incomplete last entry", incompleteLine.length);
    append(
        CustodyAction.MENDED,
        null,
        "collector",
        Map.of(
            "cutBytes",
            Integer.toString(incompleteLine.length),
            "cutSha256",
            Digest.of(incompleteLine).hex()));
  }

  private static Map<String, String> bounded(Map<String, String> detail) {
    Map<String, String> bounded = new TreeMap<>();
    int left = DETAILS_MAX_CHARS;
    for (Map.Entry<String, String> entry : new TreeMap<>(detail).entrySet()) {
      if (bounded.size() < DETAILS_MAX && left > 0) {
        String key = shortened(entry.getKey(), Math.min(left, DETAIL_MAX_CHARS));
        left -= key.length();
        String value = shortened(entry.getValue(), Math.max(0, Math.min(left, DETAIL_MAX_CHARS)));
        left -= value.length();
        bounded.put(key, value);
      }
    }
    return bounded;
  }

  private static String shortened(String text, int max) {
    return Text.atMost(text, max + 1);
  }
}

package whorl.collector.custody;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
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
import whorl.collector.custody.EntryIndex.Span;
import whorl.collector.store.DataFolder;
import whorl.collector.store.Disk;
import whorl.collector.store.EndLedger;
import whorl.collector.store.Lines;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * The append-only, hash-chained log of what happened to evidence: {@code custody.ndjson}, one
 * {@link CustodyEntry} a line. An entry is on the medium when {@code append} returns.
 *
 * <p>At the start the whole chain is walked. A last line without its line feed was never
 * acknowledged to anybody: it is cut off, and the log says so itself. A chain that is broken
 * elsewhere is left as it is, told by {@link #problems}, and carried on from its last entry, since
 * new evidence must not wait for old damage. Thread-safe.
 */
public final class CustodyLog implements AutoCloseable {
  static final int LINE_MAX_BYTES = 256 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(CustodyLog.class);
  private static final String ACKNOWLEDGED = "acknowledged";
  private static final int DETAILS_MAX = 32;
  private static final int DETAIL_MAX_CHARS = 1024;
  private static final int PROBLEMS_MAX = 100;

  private final DataFolder folder;
  private final FileChannel channel;
  private final Disk disk;
  private final InstantSource clock;
  private final EntryIndex entryIndex = new EntryIndex();
  private final List<String> problems = new ArrayList<>();
  private final List<EndLedger> ends;
  private final CustodyDoubts doubts = new CustodyDoubts();
  private long nextSequence;
  private long endOffset;
  private @Nullable Digest last;
  private @Nullable Instant lastTimeFound;

  private CustodyLog(
      DataFolder folder,
      FileChannel channel,
      Disk disk,
      InstantSource clock,
      List<EndLedger> ends) {
    this.folder = folder;
    this.channel = channel;
    this.disk = disk;
    this.clock = clock;
    this.ends = ends;
  }

  /** Is told what the log has. */
  @FunctionalInterface
  public interface EntryReader {
    void entry(CustodyEntry entry) throws IOException;
  }

  /** An entry to be. */
  public record Draft(
      CustodyAction action, @Nullable Id evidence, String actor, Map<String, String> detail) {}

  /** Opens the log, walks it, and mends its end. */
  public static CustodyLog open(DataFolder folder, Disk disk, InstantSource clock)
      throws IOException {
    return open(folder, disk, clock, List.of(), entry -> {});
  }

  /**
   * Opens the log, walks it, mends its end, and compares it with what was known of its end.
   *
   * @param ends where its end is kept apart from it
   * @param passed told each entry that is there, as it was written
   */
  public static CustodyLog open(
      DataFolder folder, Disk disk, InstantSource clock, List<EndLedger> ends, EntryReader passed)
      throws IOException {
    disk.createFolders(folder.custody());
    boolean created = !Files.exists(folder.custodyLog());
    FileChannel channel = disk.open(folder.custodyLog());
    try {
      if (created) {
        disk.forceFolder(folder.custody());
        disk.forceFolder(folder.root());
      }
      CustodyLog log = new CustodyLog(folder, channel, disk, clock, ends);
      log.walk(passed);
      log.rememberEnd();
      return log;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Adds one entry. */
  public CustodyEntry append(
      CustodyAction action, @Nullable Id evidence, String actor, Map<String, String> detail)
      throws IOException {
    return append(List.of(new Draft(action, evidence, actor, detail))).get(0);
  }

  /** Adds several entries with one write. */
  public synchronized List<CustodyEntry> append(List<Draft> drafts) throws IOException {
    List<CustodyEntry> entries = new ArrayList<>(drafts.size());
    List<Span> spans = new ArrayList<>(drafts.size());
    ByteArrayOutputStream lines = new ByteArrayOutputStream(512);
    Map<Id, Digest> lastOf = new HashMap<>();
    Digest prev = last;
    for (Draft draft : drafts) {
      CustodyEntry entry = chained(draft, nextSequence + entries.size(), prev, lastOf);
      byte[] line = Json.bytes(entry);
      spans.add(new Span(endOffset + lines.size(), line.length));
      lines.write(line, 0, line.length);
      lines.write('\n');
      entries.add(entry);
      prev = entry.hash();
      if (entry.evidence() != null) {
        lastOf.put(entry.evidence(), entry.hash());
      }
    }
    write(lines.toByteArray());
    boolean holds = false;
    for (int i = 0; i < entries.size(); i++) {
      accept(entries.get(i), spans.get(i));
      holds = holds || EntryIndex.isOfHolds(entries.get(i));
    }
    if (holds) {
      rememberEnd();
    }
    return entries;
  }

  /** Keeps the log's end apart from it; to be called now and then, and at the end. */
  public synchronized void rememberEnd() throws IOException {
    Digest hash = last;
    if (hash != null && doubts.isEmpty()) {
      for (EndLedger end : ends) {
        end.write(new EndLedger.End(nextSequence - 1, hash));
      }
    }
  }

  /**
   * Why the log can't be relied on; empty when it can. While there are doubts no hold may end and
   * nothing may be purged, for the entry that says so may be missing.
   */
  public List<String> doubts() {
    return doubts.all();
  }

  /** Something else was found that makes the log doubtful. */
  public void doubt(String why) {
    LOG.warn("custody is in doubt: {}", why);
    doubts.add(why);
  }

  /** Somebody has looked into the doubts, and says that the log is to be relied on as it is. */
  public synchronized void acknowledge(String actor, String reason) throws IOException {
    List<String> all = doubts.all();
    if (all.isEmpty()) {
      return;
    }
    append(
        CustodyAction.MENDED,
        null,
        actor,
        Map.of(
            ACKNOWLEDGED,
            CustodyDoubts.digest(problems).hex(),
            "doubt",
            all.get(0),
            "doubts",
            Integer.toString(all.size()),
            "reason",
            reason));
    doubts.clear();
    rememberEnd();
  }

  /** Evidence that custody says was kept and not purged. */
  public synchronized Set<Id> kept() {
    return entryIndex.kept();
  }

  /** Whether custody says that there is such evidence. */
  public synchronized boolean isKept(Id evidence) {
    return entryIndex.isKept(evidence);
  }

  /** The entries of this evidence, oldest first, as they lie in the file. */
  public synchronized List<byte[]> lines(Id evidence) throws IOException {
    List<byte[]> lines = new ArrayList<>();
    for (Span span : entryIndex.of(evidence)) {
      lines.add(line(span));
    }
    return lines;
  }

  /** Every {@link CustodyAction#HELD} and {@link CustodyAction#RELEASED}, oldest first. */
  public synchronized List<CustodyEntry> holdEntries() throws IOException {
    List<CustodyEntry> entries = new ArrayList<>();
    for (Span span : entryIndex.ofHolds()) {
      entries.add(Json.MAPPER.readValue(line(span), CustodyEntry.class));
    }
    return entries;
  }

  /** Whether this was evidence and was purged, and no more of it was taken in since. */
  public synchronized boolean purged(Id evidence) {
    return entryIndex.isPurged(evidence);
  }

  /** The entry that says when, by whom and why it was purged; null where it was not. */
  public @Nullable CustodyEntry purge(Id evidence) throws IOException {
    CustodyEntry purge = null;
    if (purged(evidence)) {
      for (CustodyEntry entry : entries(evidence)) {
        purge = entry.action().equals(CustodyAction.PURGED.word()) ? entry : purge;
      }
    }
    return purge;
  }

  private byte[] line(Span span) throws IOException {
    ByteBuffer line = ByteBuffer.allocate(span.length());
    while (line.hasRemaining() && channel.read(line, span.offset() + line.position()) >= 0) {}
    return line.array();
  }

  /** The entries of this evidence, oldest first; lines that hold none are left out. */
  public List<CustodyEntry> entries(Id evidence) throws IOException {
    ChainCheck chain = new ChainCheck(evidence);
    List<CustodyEntry> entries = new ArrayList<>();
    for (byte[] line : lines(evidence)) {
      CustodyEntry entry = chain.next(line).entry();
      if (entry != null) {
        entries.add(entry);
      }
    }
    return entries;
  }

  /** What was wrong with the chain when it was opened. */
  public synchronized List<String> problems() {
    return List.copyOf(problems);
  }

  /** The time of the last entry that was there when the log was opened; null for a new log. */
  public @Nullable Instant lastTimeFound() {
    return lastTimeFound;
  }

  /** How many entries there are. */
  public synchronized long size() {
    return nextSequence;
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      rememberEnd();
    } finally {
      channel.close();
    }
  }

  private CustodyEntry chained(
      Draft draft, long sequence, @Nullable Digest prev, Map<Id, Digest> lastInBatch) {
    Id evidence = draft.evidence();
    Digest prevOfEvidence = null;
    if (evidence != null) {
      prevOfEvidence = lastInBatch.get(evidence);
      if (prevOfEvidence == null) {
        prevOfEvidence = entryIndex.last(evidence);
      }
    }
    return CustodyEntry.chained(
        sequence,
        clock.instant(),
        draft.action().word(),
        evidence,
        shortened(draft.actor()),
        bounded(draft.detail()),
        prev,
        prevOfEvidence);
  }

  private void write(byte[] lines) throws IOException {
    try {
      disk.write(channel, ByteBuffer.wrap(lines), endOffset);
      disk.force(channel);
    } catch (IOException e) {
      // What was written of it must not be taken for an entry by the next one that succeeds.
      disk.truncate(channel, endOffset);
      throw e;
    }
  }

  private void accept(CustodyEntry entry, Span span) {
    nextSequence = entry.sequence() + 1;
    last = entry.hash();
    endOffset = span.end();
    entryIndex.add(entry, span);
  }

  private void walk(EntryReader passed) throws IOException {
    KnownEnds known = KnownEnds.of(ends);
    ChainCheck chain = new ChainCheck(null);
    byte[] torn = null;
    try (InputStream in = Files.newInputStream(folder.custodyLog());
        Lines lines = new Lines(in, LINE_MAX_BYTES)) {
      long start = 0;
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        if (!lines.ended()) {
          torn = line;
          break;
        }
        ChainCheck.Step step = chain.next(line);
        if (step.problem() != null) {
          problem("custody.ndjson line " + lines.number() + ": " + step.problem());
        }
        if (step.entry() != null) {
          lastTimeFound = step.entry().time();
          accept(step.entry(), new Span(start, line.length));
          known.passed(step.entry());
          acknowledged(step.entry());
          if (step.entry().intact()) {
            passed.entry(step.entry());
          }
        }
        start = lines.offset();
        endOffset = start;
      }
    }
    known.missed(nextSequence).forEach(this::doubt);
    if (torn != null) {
      cut(torn);
    }
  }

  /** What was found up to an entry that says just this was looked into. */
  private void acknowledged(CustodyEntry entry) {
    if (entry.action().equals(CustodyAction.MENDED.word())
        && entry.intact()
        && !problems.isEmpty()
        && CustodyDoubts.digest(problems).hex().equals(entry.detail().get(ACKNOWLEDGED))) {
      doubts.clear();
    }
  }

  private void cut(byte[] torn) throws IOException {
    LOG.warn("custody log: cut {} bytes of an entry that was never finished", torn.length);
    disk.truncate(channel, endOffset);
    append(
        CustodyAction.MENDED,
        null,
        "collector",
        Map.of("cutBytes", Integer.toString(torn.length), "cutSha256", Digest.of(torn).hex()));
  }

  private void problem(String problem) {
    doubt(problem);
    if (problems.size() < PROBLEMS_MAX) {
      problems.add(problem);
    }
  }

  private static Map<String, String> bounded(Map<String, String> detail) {
    Map<String, String> bounded = new TreeMap<>();
    for (Map.Entry<String, String> entry : new TreeMap<>(detail).entrySet()) {
      if (bounded.size() < DETAILS_MAX) {
        bounded.put(shortened(entry.getKey()), shortened(entry.getValue()));
      }
    }
    return bounded;
  }

  private static String shortened(String text) {
    return text.length() <= DETAIL_MAX_CHARS ? text : text.substring(0, DETAIL_MAX_CHARS) + "…";
  }
}

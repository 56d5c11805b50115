package whorl.collector.custody.log;




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
import whorl.collector.custody.log.EntryIndex.Span;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.disk.Lines;
import whorl.collector.store.records.EndLedger;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * The append-only, hash-chained log of actions on evidence: {@code custody.ndjson}, one {@link
 * CustodyEntry} per line. An entry is on the medium when {@code append} returns.
 *
 * <p>At the start the whole chain is checked. A last line without its line feed was never
 * acknowledged: it is removed, and an entry records that. If the chain is broken elsewhere, it
 * stays as it is, {@link #problems} reports it, and new entries follow the last one, because new
 * evidence must not wait for old damage. Thread-safe.
 */
public final class CustodyLog implements AutoCloseable {
  /** The length limit of a line; a longer one is no entry. */
  public static final int LINE_MAX_BYTES = 256 << 10;

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

  /** Receives the log's entries. */
  @FunctionalInterface
  public interface EntryReader {
    void entry(CustodyEntry entry) throws IOException;
  }

  /** An entry before it is chained. */
  public record Draft(
      CustodyAction action, @Nullable Id evidence, String actor, Map<String, String> detail) {}

  /** Opens the log, checks it, and repairs its end. */
  public static CustodyLog open(DataFolder folder, Disk disk, InstantSource clock)
      throws IOException {
    return open(folder, disk, clock, List.of(), entry -> {});
  }

  /**
   * Opens the log, checks it, repairs its end, and compares it with the ends known elsewhere.
   *
   * @param ends the ledgers that keep the log's end apart from it
   * @param reader receives each intact entry, in the order of the log
   */
  public static CustodyLog open(
      DataFolder folder, Disk disk, InstantSource clock, List<EndLedger> ends, EntryReader reader)
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
      log.check(reader);
      log.rememberEnd();
      return log;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Appends one entry. */
  public CustodyEntry append(
      CustodyAction action, @Nullable Id evidence, String actor, Map<String, String> detail)
      throws IOException {
    return append(List.of(new Draft(action, evidence, actor, detail))).get(0);
  }

  /** Appends several entries with one write. */
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
      holds = holds || EntryIndex.isHoldEntry(entries.get(i));
    }
    if (holds) {
      rememberEnd();
    }
    return entries;
  }

  /** Saves the log's end apart from the log; call it regularly, and at the end. */
  public synchronized void rememberEnd() throws IOException {
    Digest hash = last;
    if (hash != null && doubts.isEmpty()) {
      for (EndLedger end : ends) {
        end.write(new EndLedger.End(nextSequence - 1, hash));
      }
    }
  }

  /**
   * The reasons why the log cannot be relied on; empty if it can. While there are doubts no hold
   * may end and nothing may be purged, because the entry of a hold may be missing.
   */
  public List<String> doubts() {
    return doubts.all();
  }

  /** Adds a doubt that was found outside of the log. */
  public void doubt(String why) {
    LOG.warn("custody is in doubt: {}", why);
    doubts.add(why);
  }

  /** Clears the doubts: a person has looked into them and accepts the log as it is. */
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

  /** Evidence that was kept and not purged, according to the log. */
  public synchronized Set<Id> kept() {
    return entryIndex.kept();
  }

  /** True if the evidence was kept and not purged, according to the log. */
  public synchronized boolean isKept(Id evidence) {
    return entryIndex.isKept(evidence);
  }

  /** The lines of this evidence's entries, oldest first, as in the file. */
  public synchronized List<byte[]> lines(Id evidence) throws IOException {
    List<byte[]> lines = new ArrayList<>();
    for (Span span : entryIndex.spans(evidence)) {
      lines.add(line(span));
    }
    return lines;
  }

  /** All {@link CustodyAction#HELD} and {@link CustodyAction#RELEASED} entries, oldest first. */
  public synchronized List<CustodyEntry> holdEntries() throws IOException {
    List<CustodyEntry> entries = new ArrayList<>();
    for (Span span : entryIndex.holdSpans()) {
      entries.add(Json.MAPPER.readValue(line(span), CustodyEntry.class));
    }
    return entries;
  }

  /** True if this evidence was purged, and none of it was received since. */
  public synchronized boolean purged(Id evidence) {
    return entryIndex.isPurged(evidence);
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

  private byte[] line(Span span) throws IOException {
    ByteBuffer line = ByteBuffer.allocate(span.length());
    while (line.hasRemaining() && channel.read(line, span.offset() + line.position()) >= 0) {}
    return line.array();
  }

  /** The entries of this evidence, oldest first; lines that cannot be parsed are left out. */
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

  /** The problems of the chain when the log was opened. */
  public synchronized List<String> problems() {
    return List.copyOf(problems);
  }

  /** The time of the last entry when the log was opened; null for a new log. */
  public @Nullable Instant lastTimeFound() {
    return lastTimeFound;
  }

  /** The number of entries. */
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
      // Remove the partial write, so that it does not become part of the next entry.
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

  private void check(EntryReader reader) throws IOException {
    KnownEnds knownEnds = KnownEnds.of(ends);
    ChainCheck chain = new ChainCheck(null);
    byte[] incompleteLine = null;
    try (InputStream in = Files.newInputStream(folder.custodyLog());
        Lines lines = new Lines(in, LINE_MAX_BYTES)) {
      long start = 0;
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        if (!lines.ended()) {
          incompleteLine = line;
          break;
        }
        ChainCheck.Step step = chain.next(line);
        if (step.problem() != null) {
          addProblem("custody.ndjson line " + lines.number() + ": " + step.problem());
        }
        if (step.entry() != null) {
          lastTimeFound = step.entry().time();
          accept(step.entry(), new Span(start, line.length));
          knownEnds.compare(step.entry());
          applyAcknowledgement(step.entry());
          if (step.entry().intact()) {
            reader.entry(step.entry());
          }
        }
        start = lines.offset();
        endOffset = start;
      }
    }
    knownEnds.differences(nextSequence).forEach(this::doubt);
    if (incompleteLine != null) {
      removeIncompleteLine(incompleteLine);
    }
  }

  /** Clears the doubts if this entry acknowledges exactly the problems before it. */
  private void applyAcknowledgement(CustodyEntry entry) {
    if (entry.action().equals(CustodyAction.MENDED.word())
        && entry.intact()
        && !problems.isEmpty()
        && CustodyDoubts.digest(problems).hex().equals(entry.detail().get(ACKNOWLEDGED))) {
      doubts.clear();
    }
  }

  private void removeIncompleteLine(byte[] incompleteLine) throws IOException {
    LOG.warn("custody log: removed {} bytes of an incomplete last entry", incompleteLine.length);
    disk.truncate(channel, endOffset);
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

  private void addProblem(String problem) {
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

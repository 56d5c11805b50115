package whorl.collector.custody.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.EntryIndex.Span;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.disk.Lines;
import whorl.collector.store.records.EndLedger;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The log in {@code custody.ndjson}, one line each, which only this process writes. The whole file
 * is read at the start; where each evidence's lines are, and what they amount to, stays in memory.
 * Thread-safe.
 */
final class FileEntries implements EntryStore {
  private final DataFolder folder;
  private final FileChannel channel;
  private final Disk disk;
  private final List<EndLedger> ends;

  /** True if holds changed since the end was written apart from the log. */
  private boolean endIsDue;

  private final EntryIndex entryIndex = new EntryIndex();
  private final CustodyDoubts doubts = new CustodyDoubts();
  private long nextSequence;
  private long lines;
  private long endOffset;
  private @Nullable Digest last;

  private FileEntries(DataFolder folder, FileChannel channel, Disk disk, List<EndLedger> ends) {
    this.folder = folder;
    this.channel = channel;
    this.disk = disk;
    this.ends = ends;
  }

  /** Opens the file, and creates it if there is none; it is not read yet. */
  static FileEntries open(DataFolder folder, Disk disk, List<EndLedger> ends) throws IOException {
    disk.createFolders(folder.custody());
    boolean created = !Files.exists(folder.custodyLog());
    FileChannel channel = disk.open(folder.custodyLog());
    try {
      if (created) {
        disk.forceFolder(folder.custody());
        disk.forceFolder(folder.root());
      }
      return new FileEntries(folder, channel, disk, ends);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Receives the lines of the file while it is opened. */
  interface Reader {
    /** Returns the line's entry; null if it is none. */
    @Nullable CustodyEntry line(LogLine line) throws IOException;
  }

  /**
   * Reads the whole file.
   *
   * @return the incomplete last line, which was removed; null if the file ends with a line feed
   */
  synchronized byte @Nullable [] read(Reader reader) throws IOException {
    try (InputStream in = Files.newInputStream(folder.custodyLog());
        Lines file = new Lines(in, CustodyLog.LINE_MAX_BYTES)) {
      for (byte[] line = file.next(); line != null; line = file.next()) {
        if (!file.ended()) {
          disk.truncate(channel, endOffset);
          return line;
        }
        entryIndex.begin(lines, endOffset);
        CustodyEntry entry = reader.line(new LogLine(lines, line));
        if (entry != null) {
          nextSequence = entry.sequence() + 1;
          last = entry.hash();
          entryIndex.add(entry, new Span(lines, endOffset, line.length));
        }
        lines++;
        endOffset = file.offset();
      }
    }
    return null;
  }

  @Override
  public <T> T atEnd(Work<T> work) throws IOException {
    T result;
    boolean remember;
    synchronized (this) {
      result = work.run(new Head(nextSequence, last));
      remember = endIsDue;
    }
    if (remember) {
      rememberEnd();
    }
    return result;
  }

  @Override
  public synchronized void append(List<Written> written) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    for (Written each : written) {
      bytes.writeBytes(each.line());
      bytes.write('\n');
    }
    write(bytes.toByteArray());
    for (Written each : written) {
      CustodyEntry entry = each.entry();
      Span span = new Span(lines, endOffset, each.line().length);
      entryIndex.begin(lines, endOffset);
      entryIndex.add(entry, span);
      nextSequence = entry.sequence() + 1;
      last = entry.hash();
      lines++;
      endOffset = span.end();
      endIsDue = endIsDue || HoldChange.of(entry) != null;
    }
  }

  private void write(byte[] bytes) throws IOException {
    try {
      disk.write(channel, ByteBuffer.wrap(bytes), endOffset);
      disk.force(channel);
    } catch (IOException e) {
      // Remove the partial write, so that it does not become part of the next entry.
      disk.truncate(channel, endOffset);
      throw e;
    }
  }

  /** Writes without this log's lock, which threads want that have the ledgers' databases. */
  @Override
  public void rememberEnd() throws IOException {
    EndLedger.End now;
    synchronized (this) {
      endIsDue = false;
      Digest hash = last;
      if (hash == null || !doubts.isEmpty()) {
        return;
      }
      now = new EndLedger.End(nextSequence - 1, hash);
    }
    for (EndLedger end : ends) {
      end.write(now);
    }
  }

  @Override
  public synchronized @Nullable Digest last(Id evidence) {
    return entryIndex.last(evidence);
  }

  @Override
  public synchronized List<LogLine> lines(Id evidence) throws IOException {
    List<LogLine> found = new ArrayList<>();
    for (Span span : entryIndex.spans(evidence)) {
      ByteBuffer line = ByteBuffer.allocate(span.length());
      while (line.hasRemaining() && channel.read(line, span.offset() + line.position()) >= 0) {}
      found.add(new LogLine(span.index(), line.array()));
    }
    return found;
  }

  @Override
  public List<LogLine> lines(long first, int max) throws IOException {
    Span from;
    long end;
    synchronized (this) {
      end = Math.min(lines, first + max);
      if (first >= end) {
        return List.of();
      }
      from = entryIndex.before(first);
    }
    List<LogLine> found = new ArrayList<>((int) (end - first));
    try (FileChannel file = FileChannel.open(folder.custodyLog())) {
      file.position(from.offset());
      Lines rest = new Lines(Channels.newInputStream(file), CustodyLog.LINE_MAX_BYTES);
      for (long index = from.index(); index < end; index++) {
        byte[] line = rest.next();
        if (line == null) {
          throw new IOException(
              "custody.ndjson ends before line " + (index + 1) + ": something else cut it off");
        }
        if (index >= first) {
          found.add(new LogLine(index, line));
        }
      }
    }
    return found;
  }

  @Override
  public synchronized long size() {
    return lines;
  }

  @Override
  public synchronized Set<Id> kept() {
    return entryIndex.kept();
  }

  @Override
  public synchronized boolean isKept(Id evidence) {
    return entryIndex.isKept(evidence);
  }

  @Override
  public synchronized boolean isPurged(Id evidence) {
    return entryIndex.isPurged(evidence);
  }

  /** Whatever was appended stays. */
  @Override
  public synchronized boolean contains(CustodyEntry entry) {
    return entry.sequence() < nextSequence;
  }

  @Override
  public HoldIndex holds() {
    return entryIndex.holds();
  }

  @Override
  public List<String> doubts() {
    return doubts.all();
  }

  @Override
  public void doubt(String why) {
    doubts.add(why);
  }

  @Override
  public void clearDoubts() {
    doubts.clear();
  }

  @Override
  public void close() throws IOException {
    try {
      rememberEnd();
    } finally {
      closeFile();
    }
  }

  /** Closes the file as it is. */
  void closeFile() throws IOException {
    channel.close();
  }
}

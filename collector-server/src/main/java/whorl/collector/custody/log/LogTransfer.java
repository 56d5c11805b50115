package whorl.collector.custody.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import whorl.collector.custody.proof.TreeEdge;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.disk.Lines;
import whorl.evidence.Digest;

/**
 * Moves a log from a data folder into a database that collectors share, or back. The lines are
 * copied byte for byte, so the Merkle tree stays the same. An interrupted transfer goes on where it
 * ended. Nothing may append to either meanwhile.
 */
public final class LogTransfer {
  private static final int PAGE = 500;

  private LogTransfer() {}

  /**
   * Copies the lines that the database lacks.
   *
   * @return the number of lines that the database has then
   * @throws IOException if the database has another log
   */
  public static long toDatabase(DataFolder from, Database to) throws IOException {
    RowEntries rows = RowEntries.open(to);
    long known = rows.size();
    try (InputStream in = Files.newInputStream(from.custodyLog());
        Lines lines = new Lines(in, CustodyLog.LINE_MAX_BYTES)) {
      ChainCheck chain = new ChainCheck(null);
      List<RowEntries.Imported> page = new ArrayList<>(PAGE);
      long index = 0;
      for (byte[] line = lines.next(); line != null && lines.ended(); line = lines.next()) {
        RowEntries.Imported imported =
            new RowEntries.Imported(new LogLine(index, line), chain.next(line).entry());
        if (index == known - 1) {
          refuseOther(rows.lines(index, 1), line);
        } else if (index >= known) {
          page.add(imported);
        }
        if (page.size() == PAGE) {
          rows.add(page);
          page.clear();
        }
        index++;
      }
      rows.add(page);
      if (index < known) {
        throw new IOException(
            "the database has "
                + known
                + " custody entries, and custody.ndjson only "
                + index
                + ": it is of another log, or was written to since");
      }
      return index;
    }
  }

  /** The root of the Merkle tree over the first lines of a log; reads all of them. */
  public static Digest root(CustodyLog log, long size) throws IOException {
    TreeEdge edge = new TreeEdge();
    while (edge.size() < size) {
      List<LogLine> lines = log.lines(edge.size(), (int) Math.min(PAGE, size - edge.size()));
      if (lines.isEmpty()) {
        throw new IOException("custody lacks the line " + (edge.size() + 1));
      }
      for (LogLine line : lines) {
        edge.add(line.leafHash(), (tile, hashes) -> {});
      }
    }
    return edge.root();
  }

  private static void refuseOther(List<LogLine> last, byte[] line) throws IOException {
    if (last.isEmpty() || !Arrays.equals(last.get(0).bytes(), line)) {
      throw new IOException("the database has another custody log; give an empty one");
    }
  }

  /**
   * Writes the lines of a shared log into a data folder that has none.
   *
   * @return the number of lines
   */
  public static long toFolder(Database from, DataFolder to, Disk disk) throws IOException {
    RowEntries rows = RowEntries.open(from);
    long size = rows.size();
    disk.createFolders(to.custody());
    try (FileChannel file = disk.open(to.custodyLog())) {
      disk.truncate(file, 0);
      long offset = 0;
      long index = 0;
      while (index < size) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<LogLine> lines = rows.lines(index, PAGE);
        if (lines.isEmpty() || lines.get(0).index() != index) {
          throw new IOException("the database lacks custody entry " + index);
        }
        for (LogLine line : lines) {
          bytes.writeBytes(line.bytes());
          bytes.write('\n');
        }
        disk.write(file, ByteBuffer.wrap(bytes.toByteArray()), offset);
        offset += bytes.size();
        index += lines.size();
      }
      disk.force(file);
    }
    disk.forceFolder(to.custody());
    return size;
  }
}

package whorl.agent.hprof;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.agent.hprof.format.BigEndian;
import whorl.agent.hprof.format.Tags;
import whorl.agent.hprof.held.CompressedBlocks;
import whorl.agent.hprof.held.HoldBudget;
import whorl.agent.hprof.held.LongSet;
import whorl.agent.hprof.held.Sink;

/**
 * The symbols of a dump. Only symbols that are used as names are passed on. HotSpot writes its
 * whole symbol table, and every string literal of every class file is a symbol. Which of them are
 * names is known only after all classes were described. Until then, and for symbols used later, the
 * texts stay here, compressed.
 *
 * <pre>identifier (u8), bytes of the text (u2), text</pre>
 */
final class NameTable implements AutoCloseable {
  private static final int ENTRY_HEAD_BYTES = 10;
  private static final int ENTRY_MAX_BYTES = ENTRY_HEAD_BYTES + 65_535;
  private static final int BLOCK_BYTES = 128 << 10;

  private final int idBytes;
  private final CompressedBlocks blocks;
  private final LongSet usedNames;
  private final LongSet pending;
  private final byte[] open = new byte[BLOCK_BYTES];
  private int used;
  private boolean emitted;
  private long symbols;
  private long passed;

  NameTable(int idBytes, HoldBudget budget) {
    this.idBytes = idBytes;
    this.blocks = new CompressedBlocks(budget);
    this.usedNames = new LongSet(budget);
    this.pending = new LongSet(budget);
  }

  void add(long id, byte[] text, int offset, int length) throws IOException {
    if (used + ENTRY_HEAD_BYTES + length > open.length) {
      blocks.add(open, used);
      used = 0;
    }
    BigEndian.putId(open, used, 8, id);
    open[used + 8] = (byte) (length >> 8);
    open[used + 9] = (byte) length;
    System.arraycopy(text, offset, open, used + ENTRY_HEAD_BYTES, length);
    used += ENTRY_HEAD_BYTES + length;
    symbols++;
    if (emitted && usedNames.contains(id)) {
      pending.add(id);
    }
  }

  /** Notes that a record uses this symbol as a name. */
  void markUsed(long id) throws IOException {
    if (usedNames.add(id) && emitted) {
      pending.add(id);
    }
  }

  /** Writes a UTF8 record for each used name that was not written yet. */
  void emit(Sink sink) throws IOException {
    if ((emitted ? pending : usedNames).size() == 0) {
      emitted = true;
      return;
    }
    LongSet now = emitted ? pending : usedNames;
    byte[] block = new byte[BLOCK_BYTES];
    Records records = new Records(idBytes, sink);
    for (int i = 0; i < blocks.count(); i++) {
      pass(block, blocks.read(i, block), now, records);
    }
    pass(open, used, now, records);
    records.flush();
    pending.clear();
    emitted = true;
  }

  private void pass(byte[] block, int length, LongSet now, Records records) throws IOException {
    int at = 0;
    while (at < length) {
      long id = BigEndian.id(block, at, 8);
      int bytes = BigEndian.u2(block, at + 8);
      if (now.contains(id)) {
        records.add(id, block, at + ENTRY_HEAD_BYTES, bytes);
        passed++;
      }
      at += ENTRY_HEAD_BYTES + bytes;
    }
  }

  /** The number of added symbols. */
  long symbols() {
    return symbols;
  }

  /** The number of symbols that were not written. */
  long dropped() {
    return symbols - passed;
  }

  @Override
  public void close() {
    blocks.close();
  }

  /** UTF8 records, batched so that the sink sees few writes. */
  private static final class Records {
    private final int idBytes;
    private final Sink sink;
    private byte @Nullable [] bytes;
    private int used;

    Records(int idBytes, Sink sink) {
      this.idBytes = idBytes;
      this.sink = sink;
    }

    void add(long id, byte[] text, int offset, int length) throws IOException {
      if (bytes == null) {
        bytes = new byte[Tags.RECORD_HEAD_BYTES + ENTRY_MAX_BYTES];
      }
      if (used + Tags.RECORD_HEAD_BYTES + idBytes + length > bytes.length) {
        flush();
      }
      bytes[used] = Tags.UTF8;
      BigEndian.putI4(bytes, used + 1, 0);
      BigEndian.putI4(bytes, used + 5, idBytes + length);
      BigEndian.putId(bytes, used + Tags.RECORD_HEAD_BYTES, idBytes, id);
      System.arraycopy(text, offset, bytes, used + Tags.RECORD_HEAD_BYTES + idBytes, length);
      used += Tags.RECORD_HEAD_BYTES + idBytes + length;
    }

    void flush() throws IOException {
      if (bytes != null) {
        sink.write(bytes, 0, used);
      }
      used = 0;
    }
  }
}

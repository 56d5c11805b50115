package whorl.agent.hprof;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import whorl.agent.hprof.format.BigEndian;
import whorl.agent.hprof.format.Tags;
import whorl.agent.hprof.held.HoldBudget;
import whorl.agent.hprof.held.LongSet;

/**
 * The frames of the agent's own deep stacks. They only make HotSpot flush its buffer, and are of no
 * use in a dump.
 */
final class PaddingFrames {
  /** The beginning of the names of the classes of such frames. */
  static final String CLASS_PREFIX = "whorl/agent/heap/DeepStack";

  private static final byte[] PREFIX = CLASS_PREFIX.getBytes(StandardCharsets.UTF_8);

  private final int idBytes;
  private final LongSet names;
  private final LongSet classSerials;
  private final LongSet frames;
  private final LongSet threadSerials;

  PaddingFrames(int idBytes, HoldBudget budget) {
    this.idBytes = idBytes;
    this.names = new LongSet(budget);
    this.classSerials = new LongSet(budget);
    this.frames = new LongSet(budget);
    this.threadSerials = new LongSet(budget);
  }

  void symbol(long id, byte[] text, int offset, int length) throws IOException {
    if (length >= PREFIX.length
        && Arrays.equals(text, offset, offset + PREFIX.length, PREFIX, 0, PREFIX.length)) {
      names.add(id);
    }
  }

  void loadClass(long serial, long nameId) throws IOException {
    if (names.contains(nameId)) {
      classSerials.add(serial);
    }
  }

  /** True if this frame is padding, and must be left out. */
  boolean frame(long frameId, long classSerial) throws IOException {
    if (!classSerials.contains(classSerial)) {
      return false;
    }
    frames.add(frameId);
    return true;
  }

  /**
   * The TRACE record at this offset without its padding, or the array itself if it has none.
   *
   * @param length with the record's head
   */
  byte[] trace(byte[] record, int offset, int length) throws IOException {
    int first = offset + Tags.RECORD_HEAD_BYTES + 12;
    int padding = 0;
    if (frames.size() > 0) {
      for (int at = first; at < offset + length; at += idBytes) {
        padding += frames.contains(BigEndian.id(record, at, idBytes)) ? 1 : 0;
      }
    }
    if (padding == 0) {
      return record;
    }
    threadSerials.add(BigEndian.u4(record, offset + Tags.RECORD_HEAD_BYTES + 4));
    byte[] kept = Arrays.copyOfRange(record, offset, offset + length - padding * idBytes);
    BigEndian.putI4(kept, 5, kept.length - Tags.RECORD_HEAD_BYTES);
    BigEndian.putI4(
        kept, Tags.RECORD_HEAD_BYTES + 8, (kept.length - Tags.RECORD_HEAD_BYTES - 12) / idBytes);
    int to = Tags.RECORD_HEAD_BYTES + 12;
    for (int at = first; at < offset + length; at += idBytes) {
      long id = BigEndian.id(record, at, idBytes);
      if (!frames.contains(id)) {
        BigEndian.putId(kept, to, idBytes, id);
        to += idBytes;
      }
    }
    return kept;
  }

  /**
   * True if frames were removed from this thread's trace, so that frame numbers are no longer
   * valid.
   */
  boolean cut(long threadSerial) {
    return threadSerials.contains(threadSerial);
  }

  int framesDropped() {
    return frames.size();
  }
}

package whorl.agent.hprof;

import java.io.IOException;
import java.util.Arrays;
import whorl.agent.hprof.format.BigEndian;
import whorl.agent.hprof.format.Tags;

/**
 * Reads the main stream on a thread of its own: HotSpot writes both streams from one thread, and
 * while one is blocked the other gets no data either. It checks the kinds and bounds of records;
 * their contents are left to others.
 */
final class MainReader implements Runnable {
  /** A symbol is at most as long as a class file's u2 allows, plus an identifier. */
  private static final int UTF8_MAX_BYTES = 65_535 + 8;

  private final RecordInput in;
  private final MainQueue queue;

  MainReader(RecordInput in, MainQueue queue) {
    this.in = in;
    this.queue = queue;
  }

  @Override
  public void run() {
    try {
      try {
        read();
      } catch (IOException e) {
        queue.put(new MainPart.Failed(e));
      } catch (RuntimeException | Error e) {
        queue.put(new MainPart.Failed(new IOException("heap dump: its main stream: " + e, e)));
      }
    } catch (InterruptedException e) {
      // the other side has given up, and reported why
      Thread.currentThread().interrupt();
    }
  }

  private void read() throws IOException, InterruptedException {
    HprofHead head = HprofHead.read(in);
    queue.put(new MainPart.Head(head));
    while (true) {
      in.need(Tags.RECORD_HEAD_BYTES);
      int tag = in.bytes[in.at] & 0xFF;
      if (tag == Tags.HEAP_DUMP || tag == Tags.HEAP_DUMP_SEGMENT) {
        queue.put(new MainPart.OneStream(in));
        return;
      }
      if (tag == Tags.HEAP_DUMP_END) {
        queue.put(new MainPart.End(end(in)));
        return;
      }
      record(in, head.idBytes());
      batch(head.idBytes());
    }
  }

  /** Queues all whole records that are in the buffer; there is at least one. */
  private void batch(int idBytes) throws IOException, InterruptedException {
    int from = in.at;
    while (in.end - in.at >= Tags.RECORD_HEAD_BYTES && isTop(in.bytes[in.at] & 0xFF)) {
      int bytes = recordBytes(in, idBytes);
      if (in.end - in.at < bytes) {
        break;
      }
      in.at += record(in, idBytes);
    }
    byte[] records = Arrays.copyOfRange(in.bytes, from, in.at);
    in.drop();
    queue.put(new MainPart.Records(records));
  }

  private static boolean isTop(int tag) {
    return tag == Tags.UTF8 || tag == Tags.LOAD_CLASS || tag == Tags.FRAME || tag == Tags.TRACE;
  }

  /** The dump's last record, whose head is in the buffer. */
  static byte[] end(RecordInput in) throws IOException {
    if (BigEndian.u4(in.bytes, in.at + 5) != 0) {
      throw RefusedDumpException.at("record", Tags.HEAP_DUMP_END, in.offset(), "is not empty");
    }
    byte[] record = Arrays.copyOfRange(in.bytes, in.at, in.at + Tags.RECORD_HEAD_BYTES);
    in.at += Tags.RECORD_HEAD_BYTES;
    return record;
  }

  /**
   * Reads a whole record outside the segments into the buffer, and validates it.
   *
   * @return its bytes, with its head
   */
  static int record(RecordInput in, int idBytes) throws IOException {
    int bytes = recordBytes(in, idBytes);
    in.need(bytes);
    if (in.bytes[in.at] == Tags.TRACE) {
      long frames = BigEndian.u4(in.bytes, in.at + Tags.RECORD_HEAD_BYTES + 8);
      if (frames * idBytes != bytes - Tags.RECORD_HEAD_BYTES - 12) {
        throw RefusedDumpException.at(
            "record", Tags.TRACE, in.offset(), frames + " frames do not make its length");
      }
    }
    return bytes;
  }

  /** Bytes of a record whose head is in the buffer. */
  private static int recordBytes(RecordInput in, int idBytes) throws IOException {
    int tag = in.bytes[in.at] & 0xFF;
    long length = BigEndian.u4(in.bytes, in.at + 5);
    boolean fits;
    switch (tag) {
      case Tags.UTF8:
        fits = length >= idBytes && length <= UTF8_MAX_BYTES;
        break;
      case Tags.LOAD_CLASS:
        fits = length == 8 + 2L * idBytes;
        break;
      case Tags.FRAME:
        fits = length == 8 + 4L * idBytes;
        break;
      case Tags.TRACE:
        fits = length >= 12 && (length - 12) % idBytes == 0 && length < in.growMaxBytes();
        break;
      default:
        throw RefusedDumpException.at("record", tag, in.offset(), "unknown kind");
    }
    if (!fits) {
      throw RefusedDumpException.at("record", tag, in.offset(), "cannot be " + length + " bytes");
    }
    return Tags.RECORD_HEAD_BYTES + (int) length;
  }
}

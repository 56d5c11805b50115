package whorl.agent.hprof;

import java.io.IOException;
import java.util.Arrays;
import whorl.agent.hprof.format.BigEndian;
import whorl.agent.hprof.format.Tags;

/**
 * Reads CLASS_DUMP sub-records as they pass. For redacted content it notes their names and layouts;
 * for the structure alone it zeroes primitive constants and static fields.
 *
 * <pre>
 *   class (id), stack trace (u4), super class, loader, signers, domain, two reserved (6 ids),
 *   bytes of an instance (u4),
 *   constants (u2), each: index (u2), type (u1), value
 *   static fields (u2), each: name (id), type (u1), value
 *   instance fields (u2), each: name (id), type (u1)
 * </pre>
 */
final class ClassDumps {
  private final boolean redacted;
  private final boolean structure;
  private final RecordInput in;
  private final int idBytes;
  private final TopRecords top;
  private final NameTable names;
  private final ClassLayouts layouts;
  private long left;
  private long count;

  ClassDumps(
      Content content,
      RecordInput in,
      int idBytes,
      TopRecords top,
      NameTable names,
      ClassLayouts layouts) {
    this.redacted = content.isRedacted();
    this.structure = content == Content.STRUCTURE;
    this.in = in;
    this.idBytes = idBytes;
    this.top = top;
    this.names = names;
    this.layouts = layouts;
  }

  /**
   * Reads the class dump whose tag is next.
   *
   * @param room bytes of the segment that are left
   * @return bytes of the segment that are left after it
   */
  long pass(long room) throws IOException {
    left = room;
    top.classesBegin();
    int head = 1 + idBytes + 4;
    need(head + 6 * idBytes + 4 + 2);
    long id = BigEndian.id(in.bytes, in.at + 1, idBytes);
    long superId = BigEndian.id(in.bytes, in.at + head, idBytes);
    int constants = BigEndian.u2(in.bytes, in.at + head + 6 * idBytes + 4);
    skip(head + 6 * idBytes + 4 + 2);
    for (int i = 0; i < constants; i++) {
      value(2);
    }
    int statics = count();
    for (int i = 0; i < statics; i++) {
      need(idBytes + 1);
      markUsed(BigEndian.id(in.bytes, in.at, idBytes));
      value(idBytes);
    }
    instanceFields(id, superId, count());
    count++;
    return left;
  }

  private void instanceFields(long id, long superId, int fields) throws IOException {
    int total = 0;
    int[] zeroed = {};
    for (int i = 0; i < fields; i++) {
      need(idBytes + 1);
      long name = BigEndian.id(in.bytes, in.at, idBytes);
      int type = in.bytes[in.at + idBytes];
      int bytes = bytesOf(type);
      if (redacted) {
        names.markUsed(name);
        if (isZeroed(type, name)) {
          zeroed = with(zeroed, total, bytes);
        }
      }
      total += bytes;
      skip(idBytes + 1);
    }
    if (redacted) {
      layouts.add(id, superId, total, zeroed);
    }
  }

  private boolean isZeroed(int type, long name) {
    if (structure) {
      return type != Tags.TYPE_OBJECT;
    }
    return (type == Tags.TYPE_INT || type == Tags.TYPE_LONG) && top.namesHash(name);
  }

  /** Ranges that touch become one. */
  private static int[] with(int[] ranges, int offset, int bytes) {
    int known = ranges.length;
    if (known > 0 && ranges[known - 2] + ranges[known - 1] == offset) {
      ranges[known - 1] += bytes;
      return ranges;
    }
    int[] more = Arrays.copyOf(ranges, known + 2);
    more[known] = offset;
    more[known + 1] = bytes;
    return more;
  }

  private void markUsed(long name) throws IOException {
    if (redacted) {
      names.markUsed(name);
    }
  }

  private int count() throws IOException {
    need(2);
    int value = BigEndian.u2(in.bytes, in.at);
    skip(2);
    return value;
  }

  /** Skips some bytes, a type (u1), and a value of that type, which may be zeroed. */
  private void value(int before) throws IOException {
    need(before + 1);
    int type = in.bytes[in.at + before];
    int bytes = bytesOf(type);
    need(before + 1 + bytes);
    if (structure && type != Tags.TYPE_OBJECT) {
      Arrays.fill(in.bytes, in.at + before + 1, in.at + before + 1 + bytes, (byte) 0);
    }
    skip(before + 1 + bytes);
  }

  private int bytesOf(int type) throws IOException {
    int bytes = Tags.valueBytes(type, idBytes);
    if (bytes == 0) {
      throw refused("a field of the unknown type " + type);
    }
    return bytes;
  }

  private void need(int bytes) throws IOException {
    if (bytes > left) {
      throw refused("reaches beyond its segment");
    }
    in.need(bytes);
  }

  private void skip(int bytes) {
    in.at += bytes;
    left -= bytes;
  }

  private IOException refused(String why) {
    return RefusedDumpException.at("sub-record", Tags.CLASS_DUMP, in.offset(), why);
  }

  long passed() {
    return count;
  }
}

package whorl.agent.hprof;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The order of a dump's records that other programs expect. Eclipse MAT resolves a name when it
 * reads the class or the frame with it, so the name must come first. NetBeans' library reads from
 * the first segment to the last as objects, so no other record may be between them. Parsed by code
 * that is independent of the tested code.
 */
final class RecordOrder {
  private static final int PROBLEMS_MAX = 5;

  private final DataInputStream in;
  private final Set<Long> names = new HashSet<>();
  private final Set<Long> loaded = new HashSet<>();
  private final List<String> problems = new ArrayList<>();
  private int idBytes;
  private boolean segmentSeen;
  private boolean otherAfterSegment;
  private int segments;
  private long left;

  private RecordOrder(InputStream in) {
    this.in = new DataInputStream(new BufferedInputStream(in, 1 << 16));
  }

  /** The first few problems; empty for a dump that all programs can read. */
  static List<String> problems(InputStream dump) throws IOException {
    RecordOrder order = new RecordOrder(dump);
    order.read();
    return order.problems;
  }

  private void read() throws IOException {
    in.skipNBytes("JAVA PROFILE 1.0.2".length() + 1);
    idBytes = in.readInt();
    in.readLong();
    while (true) {
      int tag = in.readUnsignedByte();
      in.readInt();
      left = in.readInt() & 0xFFFF_FFFFL;
      switch (tag) {
        case 0x01 -> {
          other("a name");
          names.add(id());
        }
        case 0x02 -> {
          other("a loaded class");
          u4();
          loaded.add(id());
          u4();
          name("a loaded class");
        }
        case 0x04 -> {
          other("a frame");
          id();
          for (int i = 0; i < 3; i++) {
            name("a frame");
          }
        }
        case 0x1C, 0x0C -> segment();
        case 0x2C -> {
          return;
        }
        default -> other("a record " + tag);
      }
      in.skipNBytes(left);
    }
  }

  private void other(String what) {
    otherAfterSegment |= segmentSeen;
    if (segmentSeen && what.equals("a loaded class")) {
      problem("a class is loaded after segment " + segments);
    }
  }

  private void segment() throws IOException {
    if (otherAfterSegment) {
      problem("other records lie between segment " + segments + " and the next");
      otherAfterSegment = false;
    }
    segmentSeen = true;
    segments++;
    while (left > 0) {
      subRecord(in.readUnsignedByte());
    }
  }

  private void subRecord(int tag) throws IOException {
    left--;
    switch (tag) {
      case 0xFF, 0x05, 0x07 -> id();
      case 0x01 -> skip(2L * idBytes);
      case 0x04, 0x06 -> skip(idBytes + 4L);
      case 0x02, 0x03, 0x08 -> skip(idBytes + 8L);
      case 0x20 -> classDump();
      case 0x21 -> {
        skip(idBytes + 4L);
        loadedClass(id());
        skip(u4());
      }
      case 0x22 -> {
        skip(idBytes + 4L);
        long elements = u4();
        loadedClass(id());
        skip(elements * idBytes);
      }
      case 0x23 -> {
        skip(idBytes + 4L);
        long elements = u4();
        skip(elements * bytes(u1()));
      }
      default -> throw new AssertionError("sub-record " + tag);
    }
  }

  private void classDump() throws IOException {
    loadedClass(id());
    skip(4 + 6L * idBytes + 4);
    int constants = u2();
    for (int i = 0; i < constants; i++) {
      u2();
      skip(bytes(u1()));
    }
    int statics = u2();
    for (int i = 0; i < statics; i++) {
      name("a static field");
      skip(bytes(u1()));
    }
    int fields = u2();
    for (int i = 0; i < fields; i++) {
      name("a field");
      u1();
    }
  }

  private void name(String of) throws IOException {
    long id = id();
    if (id != 0 && !names.contains(id)) {
      problem("name " + id + " of " + of + " has not come");
    }
  }

  private void loadedClass(long id) {
    if (!loaded.contains(id)) {
      problem("class " + id + " was not loaded before it is used in a segment");
    }
  }

  private void problem(String what) {
    if (problems.size() < PROBLEMS_MAX) {
      problems.add(what);
    }
  }

  private int bytes(int type) {
    return switch (type) {
      case 2 -> idBytes;
      case 4, 8 -> 1;
      case 5, 9 -> 2;
      case 6, 10 -> 4;
      case 7, 11 -> 8;
      default -> throw new AssertionError("type " + type);
    };
  }

  private long id() throws IOException {
    return idBytes == 8 ? take(8, in.readLong()) : u4();
  }

  private long u4() throws IOException {
    return take(4, in.readInt() & 0xFFFF_FFFFL);
  }

  private int u2() throws IOException {
    return (int) take(2, in.readUnsignedShort());
  }

  private int u1() throws IOException {
    return (int) take(1, in.readUnsignedByte());
  }

  private long take(int bytes, long value) {
    left -= bytes;
    return value;
  }

  private void skip(long bytes) throws IOException {
    try {
      in.skipNBytes(bytes);
    } catch (EOFException e) {
      throw new AssertionError("the dump ends within segment " + segments, e);
    }
    left -= bytes;
  }
}

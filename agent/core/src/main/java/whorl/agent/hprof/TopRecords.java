package whorl.agent.hprof;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import whorl.agent.hprof.format.BigEndian;
import whorl.agent.hprof.format.Tags;
import whorl.agent.hprof.held.HoldBudget;
import whorl.agent.hprof.held.LongSet;

/**
 * The records outside the segments: UTF8, LOAD_CLASS, FRAME and TRACE. Their contents are noted.
 * The padding, and in redacted content every symbol, is left out; the rest goes to the outlet in
 * its order.
 *
 * <p>No record is written between two segments: records after the first segment wait for the end.
 */
final class TopRecords implements AutoCloseable {
  private static final byte[] STRING = "java/lang/String".getBytes(StandardCharsets.UTF_8);

  private final Content content;
  private final int idBytes;
  private final Outlet outlet;
  private final NameTable names;
  private final PaddingFrames paddingFrames;
  private final LongSet hashNames;
  private final LateRecords late;
  private long stringName;
  private long stringClass;
  private long symbols;
  private boolean segmentsBegun;
  private boolean classesBegun;
  private boolean traceSeen;

  TopRecords(
      Content content,
      int idBytes,
      Outlet outlet,
      NameTable names,
      PaddingFrames paddingFrames,
      HoldBudget budget) {
    this.content = content;
    this.idBytes = idBytes;
    this.outlet = outlet;
    this.names = names;
    this.paddingFrames = paddingFrames;
    this.hashNames = new LongSet(budget);
    this.late = new LateRecords(budget);
  }

  /** Takes whole records, which {@link MainReader#record} has validated. */
  void accept(byte[] bytes, int from, int to) throws IOException {
    int run = from;
    int at = from;
    while (at < to) {
      int length = Tags.RECORD_HEAD_BYTES + BigEndian.i4(bytes, at + 5);
      boolean keep = (!segmentsBegun || late.admits(bytes[at])) && note(bytes, at, length);
      byte[] trace = bytes;
      if (bytes[at] == Tags.TRACE && keep) {
        traceSeen = true;
        trace = paddingFrames.trace(bytes, at, length);
        keep = trace == bytes;
      }
      if (!keep) {
        pass(bytes, run, at - run);
        run = at + length;
      }
      if (trace != bytes) {
        pass(trace, 0, trace.length);
      }
      at += length;
    }
    pass(bytes, run, to - run);
  }

  /** Notes the record's contents; true if it is passed on unchanged. */
  private boolean note(byte[] bytes, int at, int length) throws IOException {
    int body = at + Tags.RECORD_HEAD_BYTES;
    switch (bytes[at]) {
      case Tags.UTF8:
        symbol(
            BigEndian.id(bytes, body, idBytes),
            bytes,
            body + idBytes,
            length - Tags.RECORD_HEAD_BYTES - idBytes);
        return content == Content.FULL;
      case Tags.LOAD_CLASS:
        loadClass(bytes, body);
        return true;
      case Tags.FRAME:
        return frame(bytes, body);
      default:
        return true;
    }
  }

  private void symbol(long id, byte[] bytes, int text, int length) throws IOException {
    symbols++;
    paddingFrames.symbol(id, bytes, text, length);
    if (content == Content.FULL) {
      return;
    }
    if (isHash(bytes, text, length)) {
      if (classesBegun) {
        throw new RefusedDumpException(
            "heap dump: symbol 0x" + Long.toHexString(id) + " comes after the classes it may name");
      }
      hashNames.add(id);
    }
    if (Arrays.equals(bytes, text, text + length, STRING, 0, STRING.length)) {
      stringName = id;
    }
    names.add(id, bytes, text, length);
  }

  private void loadClass(byte[] bytes, int body) throws IOException {
    long serial = BigEndian.u4(bytes, body);
    long name = BigEndian.id(bytes, body + 8 + idBytes, idBytes);
    paddingFrames.loadClass(serial, name);
    if (content.isRedacted()) {
      names.markUsed(name);
      if (name == stringName && name != 0) {
        stringClass = BigEndian.id(bytes, body + 4, idBytes);
      }
    }
  }

  private boolean frame(byte[] bytes, int body) throws IOException {
    long id = BigEndian.id(bytes, body, idBytes);
    if (paddingFrames.frame(id, BigEndian.u4(bytes, body + 4 * idBytes))) {
      return false;
    }
    if (content.isRedacted()) {
      for (int i = 1; i <= 3; i++) {
        names.markUsed(BigEndian.id(bytes, body + i * idBytes, idBytes));
      }
    }
    return true;
  }

  private void pass(byte[] bytes, int offset, int length) throws IOException {
    if (segmentsBegun) {
      late.add(bytes, offset, length);
    } else {
      outlet.write(bytes, offset, length);
    }
  }

  /** A segment is about to pass: from now on records wait for {@link #finish}. */
  void segmentsBegin() {
    segmentsBegun = true;
  }

  /** All segments have passed: writes the names that are needed, then the waiting records. */
  void finish() throws IOException {
    names.emit(outlet);
    late.replay(outlet);
  }

  /** Class dumps begin: from now on no symbol may arrive that names a hash. */
  void classesBegin() {
    classesBegun = true;
  }

  /** True if this symbol names fields that hold a hash. */
  boolean namesHash(long symbol) {
    return hashNames.contains(symbol);
  }

  /** The class java.lang.String; 0 if none was loaded by this name. */
  long stringClass() {
    return stringClass;
  }

  /** True if the stacks have begun, so that all symbols and classes have arrived. */
  boolean traceSeen() {
    return traceSeen;
  }

  long symbols() {
    return symbols;
  }

  /** Stacks that arrived after the first segment and for which there was no room. */
  long stacksDropped() {
    return late.stacksDropped();
  }

  @Override
  public void close() {
    late.close();
  }

  private static boolean isHash(byte[] bytes, int offset, int length) {
    for (int i = offset; i + 4 <= offset + length; i++) {
      if ((bytes[i] | 0x20) == 'h'
          && (bytes[i + 1] | 0x20) == 'a'
          && (bytes[i + 2] | 0x20) == 's'
          && (bytes[i + 3] | 0x20) == 'h') {
        return true;
      }
    }
    return false;
  }
}

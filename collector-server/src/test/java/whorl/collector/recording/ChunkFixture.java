package whorl.collector.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static whorl.collector.recording.ChunkMaker.LONG;
import static whorl.collector.recording.ChunkMaker.STRING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.recording.ChunkMaker.Part;

/** Chunks that a test writes. */
abstract class ChunkFixture {
  static final String EVENT = "jdk.jfr.Event";
  static final long THING = 100;
  static final long CLASS = 101;
  static final long LOADER = 102;
  static final long SYMBOL = 103;

  /** An event type with these fields, and the types of constants. */
  static ChunkMaker things(boolean compressed, Part... parts) {
    Part[] all = new Part[parts.length + 1];
    all[0] = Part.of("startTime", LONG);
    System.arraycopy(parts, 0, all, 1, parts.length);
    return new ChunkMaker(compressed)
        .type(THING, "acme.Thing", EVENT, all)
        .type(
            CLASS,
            "java.lang.Class",
            null,
            Part.constant("classLoader", LOADER),
            Part.constant("name", SYMBOL))
        .type(
            LOADER,
            "jdk.types.ClassLoader",
            null,
            Part.constant("type", CLASS),
            Part.constant("name", SYMBOL))
        .type(SYMBOL, "jdk.types.Symbol", null, true, Part.of("string", STRING));
  }

  /** The time of each event, and its values. */
  static List<String> read(ByteBuffer bytes) throws IOException {
    List<String> events = new ArrayList<>();
    Cursor cursor = Chunk.of(bytes, frames -> 1).events();
    for (Type type = cursor.next(); type != null; type = cursor.next()) {
      PlainValues out = new PlainValues();
      out.text.append(cursor.startNanos());
      try {
        for (Field field : type.values()) {
          out.text.append(' ');
          if (field.kind().isText()) {
            byte[] text = cursor.text(field);
            boolean nameless = text == Cursor.NAMELESS;
            out.text.append(nameless ? "(nameless)" : text == null ? "-" : new String(text, UTF_8));
          } else if (!cursor.write(field, out)) {
            out.text.append('-');
          }
        }
      } catch (DamagedRecordingException damaged) {
        out.text.append("(damaged)");
      }
      events.add(out.text.toString());
    }
    return events;
  }
}

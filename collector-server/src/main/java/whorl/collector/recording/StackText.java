package whorl.collector.recording;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/**
 * Stacks as text: innermost frame first, one per line. A stack is a struct ({@code metadata.xml} of
 * HotSpot's JFR):
 *
 * <pre>
 * StackTrace: boolean truncated; StackFrame[] frames
 * StackFrame: Method method; int lineNumber; int bytecodeIndex; FrameType type
 * </pre>
 *
 * In version 1 of the format, {@code boolean javaFrame} marks frames of Java code.
 */
final class StackText {
  private static final int BYTES_MAX = 1 << 20;
  private static final byte[] UNKNOWN = {'?'};
  private static final byte[] LINE = "(line ".getBytes(US_ASCII);
  private static final byte[] TRUNCATED = "\n… deeper frames were not recorded".getBytes(UTF_8);
  private static final byte[] FULL = "\n… deeper frames are left out".getBytes(UTF_8);

  private final Input input;
  private final Constants constants;
  private final Utf8Text out = new Utf8Text(BYTES_MAX);
  private @Nullable Type layoutType;
  private Part[] parts = new Part[0];

  StackText(Input input, Constants constants) {
    this.input = input;
    this.constants = constants;
  }

  private enum Part {
    METHOD,
    LINE,
    TYPE,
    JAVA,
    OTHER
  }

  /**
   * @param type of the stack at this position
   */
  byte[] text(Type type, int place) throws DamagedRecordingException {
    int back = input.position();
    input.position(place);
    out.size(0);
    boolean truncated = true;
    for (int i = 0; i < type.fieldCount(); i++) {
      Field field = type.field(i);
      if (field.name().equals("truncated") && plain(field, Kind.BOOLEAN)) {
        truncated = input.readByte() != 0;
      } else if (field.name().equals("frames") && field.isArray() && !field.isConstant()) {
        frames(field);
      } else {
        ValueSkipper.field(input, field);
      }
    }
    input.position(back);
    return withEnding(truncated);
  }

  private byte[] withEnding(boolean truncated) {
    byte[] end = out.isFull() ? FULL : TRUNCATED;
    byte[] frames = out.toBytes();
    if (!truncated && !out.isFull()) {
      return frames;
    }
    return new Utf8Text(BYTES_MAX + end.length).add(frames).add(end).toBytes();
  }

  private void frames(Field field) throws DamagedRecordingException {
    int count = input.readCount();
    Part[] layout = layout(field.type());
    HookFrames hook = new HookFrames();
    for (int i = 0; i < count; i++) {
      if (hook.endsWith(frame(field.type(), layout))) {
        out.size(0);
      }
    }
  }

  private byte[] frame(Type type, Part[] layout) throws DamagedRecordingException {
    byte[] method = null;
    byte[] kind = null;
    int line = 0;
    boolean java = true;
    for (int i = 0; i < layout.length; i++) {
      switch (layout[i]) {
        case METHOD -> method = constants.text(type.field(i).type(), input.readLong());
        case LINE -> line = input.readInt();
        case JAVA -> java = input.readByte() != 0;
        case TYPE -> {
          if (java) {
            ValueSkipper.field(input, type.field(i));
          } else {
            kind = constants.names().text(input, type.field(i));
          }
        }
        default -> ValueSkipper.field(input, type.field(i));
      }
    }
    if (!out.isEmpty()) {
      out.add('\n');
    }
    out.add(method == null ? UNKNOWN : method);
    if (line > 0) {
      out.add(LINE).add((long) line).add(')');
    }
    if (!java) {
      out.add(' ').add('[').add(kind == null ? Constants.NAMELESS : kind).add(']');
    }
    return method == null ? UNKNOWN : method;
  }

  private Part[] layout(Type type) {
    if (type != layoutType) {
      parts = new Part[type.fieldCount()];
      for (int i = 0; i < parts.length; i++) {
        parts[i] = part(type.field(i));
      }
      layoutType = type;
    }
    return parts;
  }

  private static Part part(Field field) {
    return switch (field.name()) {
      case "method" -> field.isConstant() && field.kind() == Kind.METHOD ? Part.METHOD : Part.OTHER;
      case "lineNumber" -> plain(field, Kind.INT) ? Part.LINE : Part.OTHER;
      case "javaFrame" -> plain(field, Kind.BOOLEAN) ? Part.JAVA : Part.OTHER;
      case "type" -> field.kind() == Kind.TEXT ? Part.TYPE : Part.OTHER;
      default -> Part.OTHER;
    };
  }

  /** True if the value is stored in the field itself and is of this kind. */
  private static boolean plain(Field field, Kind kind) {
    return !field.isConstant() && !field.type().isSimple() && field.kind() == kind;
  }
}

package whorl.agent.event;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

/**
 * An event packed into a few bytes. Events kept for seconds then cost the garbage collector
 * nothing, whereas objects would be copied from collection to collection. Only strings, numbers and
 * booleans are packed; the stack is in a {@link StackTable}.
 */
final class PackedEvent {
  private static final EventType[] TYPES = EventType.values();

  private static final byte NULL = 0;
  private static final byte FALSE = 1;
  private static final byte TRUE = 2;
  private static final byte INT = 3;
  private static final byte LONG = 4;
  private static final byte LATIN1 = 5;
  private static final byte UTF16 = 6;

  /** The value is the same object as one of the request's. */
  private static final byte METHOD = 7;

  private static final byte PATH = 8;
  private static final byte REMOTE_ADDRESS = 9;

  /** In place of a type: no event. */
  private static final byte NONE = -1;

  /** Flag beside the type: the number of a stack follows. */
  private static final int HAS_STACK = 0x40;

  private PackedEvent() {}

  /**
   * Writes an event. Returns false if it does not fit; {@link #read} then returns null, also if this
   * ends with an error, such as a lack of memory.
   *
   * @param stack its number
   * @param out array-backed, with room for at least an event's numbers
   */
  static boolean write(AgentEvent event, long stack, ByteBuffer out) {
    int start = out.position();
    out.put(NONE);
    boolean written = writeAll(event, stack, out);
    if (written) {
      int type = event.type().ordinal();
      out.put(start, (byte) (stack == StackTable.NONE ? type : type | HAS_STACK));
    }
    return written;
  }

  /** Writes all but the type. */
  private static boolean writeAll(AgentEvent event, long stack, ByteBuffer out) {
    EventType type = event.type();
    RequestContext request = event.request();
    out.putLong(event.sequence()).putLong(event.epochNanos());
    if (stack != StackTable.NONE) {
      out.putLong(stack);
    }
    if (!writeText(event.thread(), out) || !writeRequest(request, out)) {
      return false;
    }
    for (int i = 0; i < type.fields().size(); i++) {
      if (!writeValue(event.value(i), request, out)) {
        return false;
      }
    }
    return true;
  }

  /** The sequence of the written event, without moving the position; -1 if there is none. */
  static long sequence(ByteBuffer in) {
    int start = in.position();
    return in.get(start) == NONE ? -1 : in.getLong(start + 1);
  }

  /**
   * Reads an event.
   *
   * @param in array-backed
   * @param texts source of texts that repeat
   * @param stacks source of the stack
   */
  static @Nullable AgentEvent read(ByteBuffer in, RecentTexts texts, StackTable.View stacks) {
    byte tag = in.get();
    if (tag == NONE) {
      return null;
    }
    EventType type = TYPES[tag & ~HAS_STACK];
    long sequence = in.getLong();
    long epochNanos = in.getLong();
    StackTraceElement[] stack = (tag & HAS_STACK) == 0 ? null : stacks.stack(in.getLong());
    String thread = readNullableText(in, texts);
    RequestContext request = readRequest(in, texts);
    @Nullable Object[] values = new Object[type.fields().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = readValue(request, in, texts);
    }
    return AgentEvent.recorded(type, sequence, epochNanos, thread, stack, request, values);
  }

  private static boolean writeRequest(@Nullable RequestContext request, ByteBuffer out) {
    return request == null
        ? writeText(null, out)
        : writeText(request.id(), out)
            && writeText(request.method(), out)
            && writeText(request.path(), out)
            && writeText(request.remoteAddress(), out);
  }

  private static @Nullable RequestContext readRequest(ByteBuffer in, RecentTexts texts) {
    String id = readNullableText(in, texts);
    return id == null
        ? null
        : new RequestContext(id, readText(in, texts), readText(in, texts), readText(in, texts));
  }

  private static boolean writeValue(
      @Nullable Object value, @Nullable RequestContext request, ByteBuffer out) {
    if (value == null || value instanceof String) {
      byte tag = request == null || value == null ? NULL : partOf(request, value);
      return tag == NULL ? writeText((String) value, out) : writeTag(tag, out);
    }
    if (out.remaining() < 1 + Long.BYTES) {
      return false;
    }
    if (value instanceof Long number) {
      out.put(LONG).putLong(number);
    } else if (value instanceof Integer number) {
      out.put(INT).putInt(number);
    } else if (value instanceof Boolean flag) {
      out.put(flag ? TRUE : FALSE);
    } else {
      return false;
    }
    return true;
  }

  private static byte partOf(RequestContext request, Object value) {
    return value == request.path()
        ? PATH
        : value == request.method()
            ? METHOD
            : value == request.remoteAddress() ? REMOTE_ADDRESS : NULL;
  }

  private static boolean writeTag(byte tag, ByteBuffer out) {
    boolean room = out.hasRemaining();
    if (room) {
      out.put(tag);
    }
    return room;
  }

  private static boolean writeText(@Nullable String text, ByteBuffer out) {
    if (text == null) {
      return writeTag(NULL, out);
    }
    int length = text.length();
    int start = out.position() + 1 + Short.BYTES;
    if (start + length > out.limit()) {
      return false;
    }
    if (!writeLatin1(text, out.array(), out.arrayOffset() + start)) {
      return writeUtf16(text, out);
    }
    out.put(LATIN1).putShort((short) length).position(start + length);
    return true;
  }

  /**
   * Writes the text if all characters are among the first 256; returns whether they are. Uses two
   * deprecated methods that are limited to these characters: they copy in bulk, where a loop is
   * slow until it is compiled.
   */
  @SuppressWarnings("deprecation")
  private static boolean writeLatin1(String text, byte[] bytes, int at) {
    int length = text.length();
    text.getBytes(0, length, bytes, at);
    return text.equals(new String(bytes, 0, at, length));
  }

  private static boolean writeUtf16(String text, ByteBuffer out) {
    int length = text.length();
    if (out.remaining() < 1 + Short.BYTES + length * Character.BYTES) {
      return false;
    }
    out.put(UTF16).putShort((short) length);
    out.asCharBuffer().put(text);
    out.position(out.position() + length * Character.BYTES);
    return true;
  }

  private static @Nullable String readNullableText(ByteBuffer in, RecentTexts texts) {
    return (String) readValue(null, in, texts);
  }

  private static String readText(ByteBuffer in, RecentTexts texts) {
    return Objects.requireNonNull(readNullableText(in, texts), "a text");
  }

  private static @Nullable Object readValue(
      @Nullable RequestContext request, ByteBuffer in, RecentTexts texts) {
    return switch (in.get()) {
      case NULL -> null;
      case FALSE -> false;
      case TRUE -> true;
      case INT -> in.getInt();
      case LONG -> in.getLong();
      case LATIN1 -> {
        int length = in.getShort();
        int start = in.position();
        in.position(start + length);
        yield texts.of(in.array(), in.arrayOffset() + start, length);
      }
      case UTF16 -> {
        char[] chars = new char[in.getShort()];
        in.asCharBuffer().get(chars);
        in.position(in.position() + chars.length * Character.BYTES);
        yield new String(chars);
      }
      case METHOD -> request == null ? null : request.method();
      case PATH -> request == null ? null : request.path();
      case REMOTE_ADDRESS -> request == null ? null : request.remoteAddress();
      default -> throw new IllegalStateException("no packed event");
    };
  }
}

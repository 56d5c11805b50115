package whorl.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the bytes of an event, rather too high than too low: two bytes a character, and no text
 * shared.
 */
public final class EventSize {
  static final int TEXT_BYTES = 48;

  /** A frame; its texts are mostly shared with its class. */
  public static final int FRAME_BYTES = 64;

  private static final int EVENT_BYTES = 128;
  private static final int REQUEST_BYTES = 32;
  private static final int VALUE_BYTES = 8;
  private static final int NUMBER_BYTES = 24;

  private EventSize() {}

  public static int of(AgentEvent event) {
    int bytes = EVENT_BYTES + of(event.thread()) + of(event.request());
    for (int i = 0; i < event.type().fields().size(); i++) {
      bytes += VALUE_BYTES + of(event.value(i));
    }
    return bytes;
  }

  /** The bytes of an event whose only value of its own is one text. */
  public static int of(String text, @Nullable RequestContext request) {
    return EVENT_BYTES + of(text) + of(request);
  }

  public static int of(@Nullable String text) {
    return text == null ? 0 : TEXT_BYTES + 2 * text.length();
  }

  private static int of(@Nullable RequestContext request) {
    return request == null
        ? 0
        : REQUEST_BYTES
            + of(request.id())
            + of(request.method())
            + of(request.path())
            + of(request.remoteAddress());
  }

  private static int of(@Nullable Object value) {
    if (value instanceof String text) {
      return of(text);
    }
    if (value instanceof Number) {
      return NUMBER_BYTES;
    }
    if (!(value instanceof List<?> list)) {
      return 0;
    }
    int bytes = NUMBER_BYTES;
    for (int i = 0; i < list.size(); i++) {
      bytes += VALUE_BYTES + (list.get(i) instanceof String text ? of(text) : NUMBER_BYTES);
    }
    return bytes;
  }
}

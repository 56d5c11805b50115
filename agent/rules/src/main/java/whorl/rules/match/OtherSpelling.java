package whorl.rules.match;

import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.DecodedText;
import whorl.event.EventType;

/**
 * The second spelling of an event, if it has one: a file by the path that the kernel resolved, a
 * request's text decoded. Rules evaluate both spellings separately, so that an exception for one
 * does not excuse the other.
 */
public final class OtherSpelling {
  private static final int OPEN_REAL_PATH = EventType.FILE_OPEN.indexOf("realPath");
  private static final int MODE_REAL_PATH = EventType.FILE_MODE.indexOf("realPath");
  private static final int PATH = EventType.HTTP_REQUEST.indexOf("path");
  private static final int QUERY = EventType.HTTP_REQUEST.indexOf("query");
  private static final int FORWARDED_FOR = EventType.HTTP_REQUEST.indexOf("forwardedFor");
  private static final int USER_AGENT = EventType.HTTP_REQUEST.indexOf("userAgent");

  private OtherSpelling() {}

  /** Null if there is none, as for nearly all events. */
  public static @Nullable AgentEvent of(AgentEvent event) {
    return switch (event.type()) {
      case FILE_OPEN -> resolved(event, OPEN_REAL_PATH, -1);
      case FILE_MODE -> resolved(event, MODE_REAL_PATH, -1);
      case FILE_DELETE, FILE_ATTRIBUTE, FILE_PROBE, FOLDER_CREATE ->
          resolved(event, event.type().fields().size() - 1, -1);
      case FILE_RENAME, FILE_LINK -> resolved(event, 2, 3);
      case HTTP_REQUEST -> decoded(event);
      default -> null;
    };
  }

  /**
   * @param realPath position of the value that replaces the first field
   * @param realTarget position of the value that replaces the second field; -1 for none
   */
  private static @Nullable AgentEvent resolved(AgentEvent event, int realPath, int realTarget) {
    Object path = event.value(realPath);
    Object target = realTarget < 0 ? null : event.value(realTarget);
    if (path == null && target == null) {
      return null;
    }
    @Nullable Object[] values = values(event);
    values[0] = path == null ? values[0] : path;
    values[1] = target == null ? values[1] : target;
    return event.with(values);
  }

  private static @Nullable AgentEvent decoded(AgentEvent event) {
    @Nullable Object[] values = null;
    for (int position : new int[] {PATH, QUERY, FORWARDED_FOR, USER_AGENT}) {
      if (event.value(position) instanceof String text) {
        String plain = position == PATH ? DecodedText.ofPath(text) : DecodedText.of(text);
        if (!plain.equals(text)) {
          values = values == null ? values(event) : values;
          values[position] = plain;
        }
      }
    }
    return values == null ? null : event.with(values);
  }

  private static @Nullable Object[] values(AgentEvent event) {
    @Nullable Object[] values = new Object[event.type().fields().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = event.value(i);
    }
    return values;
  }
}

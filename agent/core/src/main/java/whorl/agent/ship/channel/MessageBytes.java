package whorl.agent.ship.channel;

import java.util.List;
import whorl.evidence.EventLine;
import whorl.evidence.channel.AgentMessage.AlertRaised;

/** Approximate heap bytes of messages, as if they shared no text with each other. */
final class MessageBytes {
  private static final int LINE_BYTES = 200;
  private static final int FIELD_BYTES = 32;
  private static final int TEXT_BYTES = 48;

  private MessageBytes() {}

  static long of(EventLine line) {
    return LINE_BYTES
        + FIELD_BYTES * line.fields().size()
        + ofAll(line.fields().values())
        + ofAll(line.stack());
  }

  static long of(AlertRaised raised) {
    return LINE_BYTES
        + ofAll(raised.alert().fields().values())
        + ofAll(raised.alert().stack())
        + of(raised.journal());
  }

  static long of(List<EventLine> lines) {
    long bytes = 0;
    for (EventLine line : lines) {
      bytes += of(line);
    }
    return bytes;
  }

  private static long ofAll(Iterable<?> values) {
    long bytes = 0;
    for (Object value : values) {
      bytes += ofValue(value);
    }
    return bytes;
  }

  private static long ofValue(Object value) {
    if (value instanceof String text) {
      return TEXT_BYTES + text.length();
    }
    return FIELD_BYTES + (value instanceof List<?> list ? ofAll(list) : 0);
  }
}

package whorl.collector.timeline.read;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** Writes a JSON object's members into a text that is used again and again. For one thread. */
final class JsonText {
  private static final JsonStringEncoder ENCODER = JsonStringEncoder.getInstance();

  private final StringBuilder text = new StringBuilder(256);
  private boolean first = true;

  JsonText begin() {
    text.setLength(0);
    text.append('{');
    first = true;
    return this;
  }

  /** A member's name, as it stands in JSON, colon included: {@code "path":}. */
  static String name(String name) {
    StringBuilder quoted = new StringBuilder(name.length() + 3).append('"');
    ENCODER.quoteAsString(name, quoted);
    return quoted.append("\":").toString();
  }

  /** Begins a member; its value follows. */
  StringBuilder member(String name) {
    if (!first) {
      text.append(',');
    }
    first = false;
    return text.append(name);
  }

  static void quoted(StringBuilder out, String value) {
    out.append('"');
    ENCODER.quoteAsString(value, out);
    out.append('"');
  }

  boolean isEmpty() {
    return first;
  }

  String end() {
    return text.append('}').toString();
  }
}

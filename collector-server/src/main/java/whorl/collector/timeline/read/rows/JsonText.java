package whorl.collector.timeline.read.rows;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** Writes the members of a JSON object into a reused buffer. For one thread. */
public final class JsonText {
  private static final JsonStringEncoder ENCODER = JsonStringEncoder.getInstance();

  private final StringBuilder text = new StringBuilder(256);
  private boolean first = true;

  public JsonText begin() {
    text.setLength(0);
    text.append('{');
    first = true;
    return this;
  }

  /** A member's name, encoded for JSON, with quotes and colon: {@code "path":}. */
  public static String name(String name) {
    StringBuilder quoted = new StringBuilder(name.length() + 3).append('"');
    ENCODER.quoteAsString(name, quoted);
    return quoted.append("\":").toString();
  }

  /** Begins a member; its value follows. */
  public StringBuilder member(String name) {
    if (!first) {
      text.append(',');
    }
    first = false;
    return text.append(name);
  }

  public static void quoted(StringBuilder out, String value) {
    out.append('"');
    if (plain(value)) {
      out.append(value);
    } else {
      ENCODER.quoteAsString(value, out);
    }
    out.append('"');
  }

  private static boolean plain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  public boolean isEmpty() {
    return first;
  }

  public String end() {
    return text.append('}').toString();
  }
}

package whorl.collector.http.server;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.http.request.ProblemException;

/**
 * The path of a request target (RFC 9112, 3.2), decoded once and strictly. Paths that a proxy in
 * front could read differently are refused.
 *
 * @param raw the undecoded path without the query; safe for a problem document, not for a log
 * @param segments decoded segments; none is empty, {@code .} or {@code ..}
 * @param rawQuery the query without the question mark; empty when absent
 */
record RequestPath(String raw, List<String> segments, String rawQuery) {
  /**
   * @throws ProblemException 400 when the target is not a valid path
   */
  static RequestPath parse(String target) {
    String origin = originForm(target);
    int question = origin.indexOf('?');
    String raw = question < 0 ? origin : origin.substring(0, question);
    String query = question < 0 ? "" : origin.substring(question + 1);
    if (raw.indexOf('#') >= 0 || query.indexOf('#') >= 0) {
      throw refused("a fragment is not sent to a server");
    }
    List<String> segments = new ArrayList<>();
    if (raw.length() > 1) {
      for (String segment : raw.substring(1).split("/", -1)) {
        segments.add(decode(segment));
      }
    }
    return new RequestPath(raw, List.copyOf(segments), query);
  }

  /** Returns the decoded path with its slashes. */
  String decoded() {
    return "/" + String.join("/", segments);
  }

  private static String originForm(String target) {
    if (target.startsWith("/")) {
      return target;
    }
    int scheme = target.indexOf("://");
    if (target.startsWith("http") && scheme > 0) {
      int slash = target.indexOf('/', scheme + 3);
      return slash < 0 ? "/" : target.substring(slash);
    }
    throw refused("it does not start with a slash");
  }

  private static String decode(String segment) {
    byte[] bytes = new byte[segment.length()];
    int length = 0;
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c == '%') {
        if (i + 2 >= segment.length()) {
          throw refused("a percent sign without two hexadecimal digits");
        }
        int high = Character.digit(segment.charAt(i + 1), 16);
        int low = Character.digit(segment.charAt(i + 2), 16);
        if (high < 0 || low < 0) {
          throw refused("a percent sign without two hexadecimal digits");
        }
        bytes[length++] = requirePlain((char) (high << 4 | low));
        i += 2;
      } else if (c < 0x80) {
        bytes[length++] = requirePlain(c);
      } else {
        throw refused("a character that is not ASCII; percent-encode it");
      }
    }
    String text = utf8(bytes, length);
    if (text.isEmpty() || text.equals(".") || text.equals("..")) {
      throw refused("an empty segment, '.' or '..'");
    }
    return text;
  }

  private static byte requirePlain(char c) {
    if (c < 0x20 || c == 0x7f || c == '/' || c == '\\') {
      throw refused("an encoded slash, a backslash or a control character");
    }
    return (byte) c;
  }

  private static String utf8(byte[] bytes, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw refused("it is not UTF-8");
    }
  }

  private static ProblemException refused(String why) {
    return new ProblemException(400, "bad path", "this path is refused: " + why);
  }
}

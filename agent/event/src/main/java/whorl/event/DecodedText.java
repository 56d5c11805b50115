package whorl.event;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Removes percent-encoding from a request's text, even if it was applied several times. Text that
 * is not encoded stays. Octets that are not UTF-8 become the replacement character.
 */
public final class DecodedText {
  /** Clients do not encode more often than this, and each pass costs time. */
  private static final int MAX_TIMES = 3;

  private static final int HEX = 16;

  private DecodedText() {}

  /** Decodes a query or header; a plus is a space. */
  public static String of(String text) {
    return decoded(text.indexOf('+') < 0 ? text : text.replace('+', ' '));
  }

  /** Decodes a path and removes its parameters, such as {@code ;jsessionid=1}. */
  public static String ofPath(String path) {
    String decoded = decoded(path);
    return decoded.indexOf(';') < 0 ? decoded : withoutParameters(decoded);
  }

  private static String decoded(String text) {
    String decoded = text;
    for (int i = 0; i < MAX_TIMES && decoded.indexOf('%') >= 0; i++) {
      String next = decodedOnce(decoded);
      if (next.equals(decoded)) {
        break;
      }
      decoded = next;
    }
    return decoded;
  }

  private static String decodedOnce(String text) {
    int length = text.length();
    StringBuilder out = new StringBuilder(length);
    int at = 0;
    while (at < length) {
      if (octet(text, at) < 0) {
        out.append(text.charAt(at));
        at++;
      } else {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (int octet = octet(text, at); octet >= 0; octet = octet(text, at)) {
          octets.write(octet);
          at += 3;
        }
        out.append(octets.toString(StandardCharsets.UTF_8));
      }
    }
    return out.toString();
  }

  /** The octet encoded at this position; -1 if there is none. */
  private static int octet(String text, int at) {
    if (at + 2 >= text.length() || text.charAt(at) != '%') {
      return -1;
    }
    int high = Character.digit(text.charAt(at + 1), HEX);
    int low = Character.digit(text.charAt(at + 2), HEX);
    return high < 0 || low < 0 ? -1 : high * HEX + low;
  }

  private static String withoutParameters(String path) {
    StringBuilder out = new StringBuilder(path.length());
    boolean inside = false;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      inside = c != '/' && (inside || c == ';');
      if (!inside) {
        out.append(c);
      }
    }
    return out.toString();
  }
}

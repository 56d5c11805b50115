package whorl.collector.analysis;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What a request's path and query say; of its body and headers nothing is known. */
final class RequestText {
  private static final int DECODED_MAX = 8_192;
  private static final int TAIL_CHARS = 6;
  private static final int PIECE_CHARS = 12;
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private final String asked;

  private RequestText(String asked) {
    this.asked = asked;
  }

  static RequestText of(Request request) {
    return new RequestText(decoded(request.path()) + "\n" + decoded(request.query()));
  }

  /** Whether it climbs out of a folder. */
  boolean climbs() {
    return asked.contains("../") || asked.contains("..\\") || asked.contains("..;/");
  }

  /** Whether it names this file: its whole path, or an end of it that is hardly there by chance. */
  boolean names(String path) {
    if (path.length() < 2) {
      return false;
    }
    if (asked.contains(path)) {
      return true;
    }
    int name = path.lastIndexOf('/') + 1;
    int folder = path.lastIndexOf('/', Math.max(0, name - 2)) + 1;
    return (folder < name && has(path.substring(folder)))
        || (path.indexOf('.', name + 1) > 0 && has(path.substring(name)));
  }

  /** Whether the text stands there as a whole, and not within a word. */
  private boolean has(String tail) {
    if (tail.length() < TAIL_CHARS) {
      return false;
    }
    for (int at = asked.indexOf(tail); at >= 0; at = asked.indexOf(tail, at + 1)) {
      boolean begins = at == 0 || !isWord(asked.charAt(at - 1));
      int end = at + tail.length();
      if (begins && (end == asked.length() || !isWord(asked.charAt(end)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-';
  }

  /** Whether it holds this text, or the greater part of it, whatever the space between. */
  boolean carries(String text) {
    String wanted = SPACE.matcher(text).replaceAll("");
    String all = SPACE.matcher(asked).replaceAll("");
    if (wanted.length() < PIECE_CHARS) {
      return wanted.length() > 3 && all.contains(wanted);
    }
    // engines cut what surrounds an expression, such as its braces
    int half = Math.max(PIECE_CHARS, Math.min(64, wanted.length() / 2));
    int from = Math.max(0, (wanted.length() - half) / 2);
    return all.contains(wanted.substring(from, Math.min(wanted.length(), from + half)));
  }

  /** Decoded twice, as filters in front of servers are fooled; as it is where that can't be. */
  static String decoded(String text) {
    String decoded = text.length() > DECODED_MAX ? text.substring(0, DECODED_MAX) : text;
    try {
      for (int i = 0; i < 2; i++) {
        decoded = URLDecoder.decode(decoded, StandardCharsets.UTF_8);
      }
    } catch (IllegalArgumentException notEncoded) {
      return decoded;
    }
    return decoded;
  }
}

package whorl.collector.analysis.rows;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** A request's decoded path and query. Its body and headers are unknown. */
public final class RequestText {
  private static final int DECODED_MAX = 8_192;
  private static final int TAIL_CHARS = 6;
  private static final int PIECE_CHARS = 12;
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private final String text;

  private RequestText(String text) {
    this.text = text;
  }

  public static RequestText of(Request request) {
    return new RequestText(decoded(request.path()) + "\n" + decoded(request.query()));
  }

  /** True if the text climbs out of a folder. */
  public boolean climbs() {
    return text.contains("../") || text.contains("..\\") || text.contains("..;/");
  }

  /**
   * True if the text names this file: by its whole path, or by an end of it that is unlikely to
   * occur by chance.
   */
  public boolean names(String path) {
    if (path.length() < 2) {
      return false;
    }
    if (text.contains(path)) {
      return true;
    }
    int name = path.lastIndexOf('/') + 1;
    int folder = path.lastIndexOf('/', Math.max(0, name - 2)) + 1;
    return (folder < name && containsWhole(path.substring(folder)))
        || (path.indexOf('.', name + 1) > 0 && containsWhole(path.substring(name)));
  }

  /** True if the text contains this tail as a whole and not within a word. */
  private boolean containsWhole(String tail) {
    if (tail.length() < TAIL_CHARS) {
      return false;
    }
    for (int at = text.indexOf(tail); at >= 0; at = text.indexOf(tail, at + 1)) {
      boolean begins = at == 0 || !isWord(text.charAt(at - 1));
      int end = at + tail.length();
      if (begins && (end == text.length() || !isWord(text.charAt(end)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-';
  }

  /** True if the text contains this text, or most of it, ignoring white space. */
  public boolean carries(String expression) {
    String compactText = SPACE.matcher(expression).replaceAll("");
    String compactRequest = SPACE.matcher(text).replaceAll("");
    if (compactText.length() < PIECE_CHARS) {
      return compactText.length() > 3 && compactRequest.contains(compactText);
    }
    // engines cut delimiters of an expression, such as its braces
    int half = Math.max(PIECE_CHARS, Math.min(64, compactText.length() / 2));
    int from = Math.max(0, (compactText.length() - half) / 2);
    return compactRequest.contains(
        compactText.substring(from, Math.min(compactText.length(), from + half)));
  }

  /**
   * Decodes the text twice, because double encoding bypasses filters in front of servers. Returns
   * the text as it is where it cannot be decoded.
   */
  public static String decoded(String text) {
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

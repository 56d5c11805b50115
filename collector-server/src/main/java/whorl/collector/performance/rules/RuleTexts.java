package whorl.collector.performance.rules;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Text;

/**
 * Makes plain text of the HTML in which rules speak. Values of the recording are encoded in it, so
 * that what looks like markup in them stays text.
 */
final class RuleTexts {
  private static final int HTML_MAX_CHARS = 20_000;
  private static final int TEXT_MAX_CHARS = 4_000;
  private static final Pattern LINK =
      Pattern.compile(
          "<a\\s[^>]{0,200}?href=[\"']([^\"'>]{1,500})[\"'][^>]{0,200}>([^<]{0,500})</a>",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern ITEM = Pattern.compile("<li[^>]{0,200}>", Pattern.CASE_INSENSITIVE);
  private static final Pattern BREAK =
      Pattern.compile(
          "</?(?:p|br|ul|ol|div|table|tr|h[1-6])\\b[^>]{0,200}>", Pattern.CASE_INSENSITIVE);
  private static final Pattern TAG = Pattern.compile("</?[a-zA-Z][^>]{0,500}>");
  private static final Pattern CUT_TAG = Pattern.compile("<[^<>]*$");
  private static final Pattern ENTITY = Pattern.compile("&(?:#(\\d{1,7})|([a-z]{2,6}));");
  private static final Pattern BLANKS = Pattern.compile("[ \\t\\x0B\\f\\r]+");
  private static final Pattern LINE_ENDS = Pattern.compile(" ?\\n(?: ?\\n)* ?");

  private RuleTexts() {}

  /** At most 4,000 characters, with line ends; empty for null. */
  static String plain(@Nullable String html) {
    if (html == null) {
      return "";
    }
    String text =
        html.length() <= HTML_MAX_CHARS
            ? html
            : CUT_TAG.matcher(html.substring(0, HTML_MAX_CHARS)).replaceFirst("");
    text = LINK.matcher(text).replaceAll("$2 ($1)");
    text = ITEM.matcher(text).replaceAll("\n- ");
    text = BREAK.matcher(text).replaceAll("\n");
    text = TAG.matcher(text).replaceAll("");
    text = withoutEntities(text.replace("''", "'")); // two quotes are one to MessageFormat
    text = BLANKS.matcher(shown(text)).replaceAll(" ");
    text = LINE_ENDS.matcher(text).replaceAll("\n").strip();
    return Text.atMost(text, TEXT_MAX_CHARS);
  }

  private static String withoutEntities(String text) {
    Matcher entity = ENTITY.matcher(text);
    StringBuilder decoded = new StringBuilder();
    while (entity.find()) {
      entity.appendReplacement(decoded, Matcher.quoteReplacement(character(entity)));
    }
    return entity.appendTail(decoded).toString();
  }

  private static String character(Matcher entity) {
    if (entity.group(1) != null) {
      int number = Integer.parseInt(entity.group(1));
      return Character.isValidCodePoint(number) ? Character.toString(number) : "";
    }
    return switch (entity.group(2)) {
      case "lt" -> "<";
      case "gt" -> ">";
      case "amp" -> "&";
      case "quot" -> "\"";
      case "apos" -> "'";
      case "nbsp" -> " ";
      default -> entity.group();
    };
  }

  /** Without characters that do not show, or that change the direction of others. */
  private static String shown(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .filter(each -> each == '\n' || each == '\t' || Text.isHarmless(each))
        .forEach(shown::appendCodePoint);
    return shown.toString();
  }
}

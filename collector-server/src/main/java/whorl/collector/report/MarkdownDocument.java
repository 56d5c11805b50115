package whorl.collector.report;

import java.util.List;
import java.util.Locale;

/**
 * Markdown as GitHub, GitLab and most trackers read it. Each text follows words of ours on one
 * line, so it never begins a line; within it, what could be markup, a link, a mention of a person
 * or of an issue is escaped.
 */
final class MarkdownDocument implements ReportDocument {
  /** Not the full stop and the hyphen, which are markup only where a line begins. */
  private static final String MARKUP = "\\`*_{}[]<>()#+!|~$^=&";

  private final StringBuilder text = new StringBuilder(32 << 10);

  @Override
  public void title(String title) {
    text.append("# ").append(escaped(title)).append("\n\n");
  }

  @Override
  public void facts(List<Fact> facts) {
    for (Fact fact : facts) {
      text.append("- **").append(escaped(fact.name())).append(":** ");
      text.append(escaped(fact.value())).append('\n');
    }
    text.append('\n');
  }

  @Override
  public void section(String title) {
    text.append("## ").append(escaped(title)).append("\n\n");
  }

  @Override
  public void finding(String severity, String title) {
    text.append("### ").append(escaped(severity.toUpperCase(Locale.ROOT))).append(": ");
    text.append(escaped(title)).append("\n\n");
  }

  @Override
  public void paragraph(String paragraph) {
    text.append(atLineStart(escaped(paragraph))).append("\n\n");
  }

  @Override
  public void note(String note) {
    paragraph(note);
  }

  @Override
  public void items(List<String> items) {
    if (items.isEmpty()) {
      return;
    }
    items.forEach(item -> text.append("- ").append(atLineStart(escaped(item))).append('\n'));
    text.append('\n');
  }

  @Override
  public void table(List<String> head, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    row(head);
    text.append('|').append(" --- |".repeat(head.size())).append('\n');
    rows.forEach(this::row);
    text.append('\n');
  }

  @Override
  public String end() {
    return text.toString();
  }

  private void row(List<String> cells) {
    text.append('|');
    cells.forEach(cell -> text.append(' ').append(escaped(cell)).append(" |"));
    text.append('\n');
  }

  /**
   * A text that begins a line or an item, where a hyphen makes a list, {@code 1.} a numbered one,
   * and spaces a block of code.
   */
  private static String atLineStart(String escaped) {
    String line = escaped.stripLeading();
    if (line.startsWith("-")) {
      return "\\" + line;
    }
    int digits = 0;
    while (digits < line.length() && Character.isDigit(line.charAt(digits))) {
      digits++;
    }
    boolean isNumbered = digits > 0 && digits < line.length() && line.charAt(digits) == '.';
    return isNumbered ? line.substring(0, digits) + "\\" + line.substring(digits) : line;
  }

  /**
   * Escapes what is markup. Trackers make links, mentions and references also of plain text, and
   * some of them after escapes are gone: where one would begin, the character becomes code.
   */
  static String escaped(String value) {
    String shown = ReportText.of(value);
    StringBuilder escaped = new StringBuilder(shown.length() + 32);
    boolean isCode = false;
    for (int i = 0; i < shown.length(); i++) {
      char c = shown.charAt(i);
      boolean wasCode = isCode;
      boolean beginsLink = c == ':' && shown.startsWith("//", i + 1);
      boolean beginsHost =
          c == '.' && i >= 3 && shown.regionMatches(true, i - 3, "www", 0, "www".length());
      isCode = c == '@' || beginsLink || beginsHost || isReference(shown, i);
      if (isCode) {
        // one piece of code, not two that touch
        escaped.setLength(escaped.length() - (wasCode ? 1 : 0));
        escaped.append(wasCode ? "" : "`").append(c).append('`');
      } else if (MARKUP.indexOf(c) >= 0) {
        escaped.append('\\').append(c);
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  /** True if the number of an issue may begin here. */
  private static boolean isReference(String text, int at) {
    char c = text.charAt(at);
    return (c == '#' || c == '!')
        && at + 1 < text.length()
        && Character.isDigit(text.charAt(at + 1));
  }
}

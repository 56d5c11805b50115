package whorl.collector.report;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import whorl.evidence.Digest;

/**
 * One HTML file without scripts and without references to others. Its own policy permits its style
 * sheet, by digest, and nothing else, also where the file is opened from a disk.
 */
final class HtmlDocument implements ReportDocument {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; }
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
        padding: 0 1rem; }
      h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
      h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid; }
      h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
      h1, h2, h3, p, li, dd { overflow-wrap: anywhere; }
      p, ul { margin: .25rem 0 .5rem; }
      dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr;
        gap: .15rem 1rem; margin: 0; }
      dt { font-weight: 600; }
      dd { margin: 0; }
      .note { opacity: .75; font-size: .9em; }
      .severity { display: inline-block; border: 1px solid; border-radius: .25rem;
        padding: 0 .4rem; font-size: .8rem; text-transform: uppercase; margin-right: .4rem; }
      .critical { background: #8f1020; color: #fff; border-color: #8f1020; }
      .high { background: #a84300; color: #fff; border-color: #a84300; }
      .medium { background: #ffe08a; color: #222; border-color: #b58a00; }
      .wide { overflow-x: auto; }
      table { border-collapse: collapse; width: 100%; font-size: .88rem; }
      th, td { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0;
        border-bottom: 1px solid #8884; overflow-wrap: anywhere; min-width: 6.5rem; }
      thead { display: table-header-group; }
      @page { margin: 18mm 15mm 20mm;
        @top-right { content: "Whorl: report of evidence"; font: 9pt sans-serif; }
        @bottom-right { content: "Page " counter(page) " of " counter(pages);
          font: 9pt sans-serif; } }
      @media print {
        :root { color-scheme: light; }
        body { font-size: 10pt; max-width: none; margin: 0; padding: 0; }
        h2, h3 { break-after: avoid; }
        tr, dl, li { break-inside: avoid; }
        .wide { overflow: visible; }
        th, td { min-width: 0; }
        .severity { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      }
      """;

  /** What the document may load and do: nothing but its own style. */
  static final String POLICY =
      "default-src 'none'; style-src 'sha256-"
          + styleDigest()
          + "'; base-uri 'none'; form-action"
          + " 'none'";

  private static final Set<String> COLOURED = Set.of("critical", "high", "medium");

  private final StringBuilder body = new StringBuilder(64 << 10);
  private String title = "";

  private static String styleDigest() {
    byte[] style = STYLE.getBytes(StandardCharsets.UTF_8);
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(Digest.of(style).hex()));
  }

  @Override
  public void title(String text) {
    title = text;
    element("h1", text);
  }

  @Override
  public void facts(List<Fact> facts) {
    body.append("<dl>\n");
    for (Fact fact : facts) {
      element("dt", fact.name());
      element("dd", fact.value());
    }
    body.append("</dl>\n");
  }

  @Override
  public void section(String text) {
    element("h2", text);
  }

  @Override
  public void finding(String severity, String text) {
    String colour = COLOURED.contains(severity) ? " " + severity : "";
    body.append("<h3><span class=\"severity").append(colour).append("\">");
    body.append(escaped(severity)).append("</span>").append(escaped(text)).append("</h3>\n");
  }

  @Override
  public void paragraph(String text) {
    element("p", text);
  }

  @Override
  public void note(String text) {
    body.append("<p class=\"note\">").append(escaped(text)).append("</p>\n");
  }

  @Override
  public void items(List<String> items) {
    if (items.isEmpty()) {
      return;
    }
    body.append("<ul>\n");
    items.forEach(item -> element("li", item));
    body.append("</ul>\n");
  }

  @Override
  public void table(List<String> head, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    body.append("<div class=\"wide\"><table>\n<thead><tr>");
    head.forEach(cell -> body.append("<th scope=\"col\">").append(escaped(cell)).append("</th>"));
    body.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      body.append("<tr>");
      row.forEach(cell -> body.append("<td>").append(escaped(cell)).append("</td>"));
      body.append("</tr>\n");
    }
    body.append("</tbody></table></div>\n");
  }

  @Override
  public String end() {
    return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta http-equiv=\"Content-Security-Policy\" content=\""
        + POLICY
        + "\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        + "<meta name=\"referrer\" content=\"no-referrer\">\n<title>"
        + escaped(title)
        + "</title>\n<style>"
        + STYLE
        + "</style>\n</head>\n<body>\n<main>\n"
        + body
        + "</main>\n</body>\n</html>\n";
  }

  private void element(String name, String text) {
    body.append('<').append(name).append('>').append(escaped(text));
    body.append("</").append(name).append(">\n");
  }

  /** Text that is no markup, neither in an element nor in an attribute. */
  private static String escaped(String text) {
    String shown = ReportText.of(text);
    StringBuilder escaped = new StringBuilder(shown.length() + 16);
    for (int i = 0; i < shown.length(); i++) {
      char c = shown.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }
}

package whorl.collector.report;

import java.util.List;

/**
 * A document that is written from its beginning to its end. All texts may be hostile: each
 * implementation escapes them, so that they show as they are and are no markup. Used by one thread.
 */
interface ReportDocument {
  /** A name with its value. */
  record Fact(String name, String value) {}

  /** The heading of the whole document; first, and once. */
  void title(String title);

  void facts(List<Fact> facts);

  void section(String title);

  /**
   * The heading of a finding.
   *
   * @param severity a word, such as {@code critical}
   */
  void finding(String severity, String title);

  void paragraph(String text);

  /** A paragraph that matters less. */
  void note(String text);

  void items(List<String> items);

  /**
   * A table; nothing if it has no rows.
   *
   * @param rows each with as many cells as {@code head}
   */
  void table(List<String> head, List<List<String>> rows);

  /** The whole document. */
  String end();
}

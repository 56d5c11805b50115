package whorl.collector.report;

import org.jspecify.annotations.Nullable;

/** The formats of a report. */
enum ReportFormat {
  /** One file without scripts, which prints well. */
  HTML("text/html; charset=utf-8", "html"),
  /** For a ticket or a wiki. */
  MARKDOWN("text/markdown; charset=utf-8", "md");

  private final String mediaType;
  private final String fileEnding;

  ReportFormat(String mediaType, String fileEnding) {
    this.mediaType = mediaType;
    this.fileEnding = fileEnding;
  }

  /** The format with this word, {@code html} if there is none; null if it is not known. */
  static @Nullable ReportFormat of(@Nullable String word) {
    if (word == null || word.equals("html")) {
      return HTML;
    }
    return word.equals("markdown") ? MARKDOWN : null;
  }

  String mediaType() {
    return mediaType;
  }

  String fileEnding() {
    return fileEnding;
  }

  /** An empty document of this format. */
  ReportDocument document() {
    return this == HTML ? new HtmlDocument() : new MarkdownDocument();
  }
}

package whorl.collector.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A page of lines of a text artifact.
 *
 * @param lines lines; a long line is split into pieces, each but the last with a mark at its end
 * @param numbers line numbers in the artifact, from 1
 * @param next cursor of the next page; null at the end. With a filter, there may be more although
 *     this page is empty, because one call scans a bounded part
 * @param read offset in bytes up to which the artifact was scanned
 * @param size of the artifact, in bytes
 */
record LinePage(
    List<String> lines, List<Long> numbers, @Nullable String next, long read, long size) {
  static final String CONTINUED = " …[the line goes on]";

  private static final long MAX_SCAN_BYTES = 32 << 20;
  private static final long MAX_SHOWN_CHARS = 2 << 20;

  /** The start of a page: an offset in bytes, and its line number. */
  record Cursor(long offset, long number) {
    static final Cursor START = new Cursor(0, 1);

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,15})-(\\d{1,15})");

    /** Parses a cursor; null when it is malformed. */
    static @Nullable Cursor parse(String text) {
      Matcher matcher = SHAPE.matcher(text);
      return matcher.matches()
          ? new Cursor(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)))
          : null;
    }

    String text() {
      return offset + "-" + number;
    }
  }

  /**
   * Reads a page.
   *
   * @param words shows only lines that contain this text, ignoring case; null for all
   */
  static LinePage read(Path file, Cursor from, @Nullable String words, int limit)
      throws IOException {
    String lower = words == null ? null : words.toLowerCase(Locale.ROOT);
    List<String> lines = new ArrayList<>();
    List<Long> numbers = new ArrayList<>();
    long size = Files.size(file);
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(Math.min(from.offset, size));
      TextSegments textSegments = new TextSegments(in, from.offset, from.number);
      long shownChars = 0;
      boolean end = false;
      while (!end
          && lines.size() < limit
          && shownChars < MAX_SHOWN_CHARS
          && textSegments.offset() - from.offset < MAX_SCAN_BYTES) {
        TextSegments.Piece piece = textSegments.next();
        end = piece == null;
        if (piece != null
            && (lower == null || piece.text().toLowerCase(Locale.ROOT).contains(lower))) {
          lines.add(piece.continues() ? piece.text() + CONTINUED : piece.text());
          numbers.add(piece.number());
          shownChars += piece.text().length();
        }
      }
      String next =
          end || textSegments.offset() >= size
              ? null
              : new Cursor(textSegments.offset(), textSegments.number()).text();
      return new LinePage(lines, numbers, next, textSegments.offset(), size);
    }
  }
}

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
 * Some lines of a text artifact.
 *
 * @param lines a long one comes in pieces, each but the last with a mark at its end
 * @param numbers of these lines in the artifact, from 1
 * @param next where to go on; null at the end. With a filter, there may be more although no line
 *     was found: one call looks at a bounded part only
 * @param read up to which byte the artifact was looked at
 * @param size of the artifact, in bytes
 */
record LinePage(
    List<String> lines, List<Long> numbers, @Nullable String next, long read, long size) {
  static final String GOES_ON = " …[the line goes on]";

  private static final long SCAN_MAX_BYTES = 32 << 20;
  private static final long SHOWN_MAX_CHARS = 2 << 20;

  /** Where a page starts: a byte, and the line it is of. */
  record Cursor(long offset, long number) {
    static final Cursor START = new Cursor(0, 1);

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,15})-(\\d{1,15})");

    /** The cursor of this text; null when it is none. */
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
   * Reads one.
   *
   * @param words only lines with these, in any case; null for all
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
          && shownChars < SHOWN_MAX_CHARS
          && textSegments.offset() - from.offset < SCAN_MAX_BYTES) {
        TextSegments.Piece piece = textSegments.next();
        end = piece == null;
        if (piece != null
            && (lower == null || piece.text().toLowerCase(Locale.ROOT).contains(lower))) {
          lines.add(piece.goesOn() ? piece.text() + GOES_ON : piece.text());
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

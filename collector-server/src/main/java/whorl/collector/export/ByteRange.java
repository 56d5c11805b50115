package whorl.collector.export;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A {@code Range} header with one range of bytes (RFC 9110, 14.2). Other units, several ranges and
 * malformed headers are ignored, as the RFC allows: the whole artifact is sent.
 */
sealed interface ByteRange {
  Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /** The whole artifact. */
  record Whole() implements ByteRange {}

  /** An existing part. */
  record Part(long offset, long length) implements ByteRange {}

  /** A part beyond the end. */
  record Unsatisfiable() implements ByteRange {}

  static ByteRange parse(@Nullable String header, long size) {
    Matcher matcher = ONE.matcher(header == null ? "" : header.strip());
    if (!matcher.matches()) {
      return new Whole();
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    if (first.isEmpty()) {
      return last.isEmpty() ? new Whole() : suffix(Long.parseLong(last), size);
    }
    long from = Long.parseLong(first);
    long to = last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last);
    if (to < from) {
      return new Whole();
    }
    return from >= size ? new Unsatisfiable() : new Part(from, Math.min(to, size - 1) - from + 1);
  }

  private static ByteRange suffix(long length, long size) {
    long sent = Math.min(length, size);
    return sent == 0 ? new Unsatisfiable() : new Part(size - sent, sent);
  }
}

package whorl.samples.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/**
 * Looks for many texts at once, in every encoding that a JVM might keep them in, in a file of any
 * size. A text is found by the last eight bytes of one of its encodings, and then compared whole.
 */
final class SecretSearch {
  private static final List<Charset> CHARSETS =
      List.of(
          StandardCharsets.UTF_8,
          StandardCharsets.ISO_8859_1,
          StandardCharsets.UTF_16LE,
          StandardCharsets.UTF_16BE);
  private static final int TAIL_BYTES = Long.BYTES;
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int FILTER_BITS = 22;

  private final Map<Long, Map<byte[], String>> byTail = new HashMap<>();
  private final long[] filter = new long[1 << (FILTER_BITS - 6)];
  private int longestBytes;

  SecretSearch(Collection<String> texts) {
    for (String text : texts) {
      for (Charset charset : CHARSETS) {
        if (charset.newEncoder().canEncode(text)) {
          add(text, text.getBytes(charset));
        }
      }
    }
  }

  private void add(String text, byte[] encoded) {
    if (encoded.length < TAIL_BYTES) {
      throw new IllegalArgumentException("shorter than " + TAIL_BYTES + " bytes: " + text);
    }
    long tail = 0;
    for (int i = encoded.length - TAIL_BYTES; i < encoded.length; i++) {
      tail = tail << 8 | (encoded[i] & 0xff);
    }
    byTail.computeIfAbsent(tail, t -> new HashMap<>()).put(encoded, text);
    int bit = hash(tail);
    filter[bit >>> 6] |= 1L << bit;
    longestBytes = Math.max(longestBytes, encoded.length);
  }

  private static int hash(long tail) {
    return (int) ((tail * 0x9E3779B97F4A7C15L) >>> (64 - FILTER_BITS));
  }

  /** Those of the texts that are in this gzip file. */
  Set<String> inGzip(Path file) {
    try (InputStream in =
        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file)), BLOCK_BYTES)) {
      return in(in);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be searched", e);
    }
  }

  /** Those of the texts that are in this stream, which is read to its end. */
  Set<String> in(InputStream in) throws IOException {
    Set<String> found = new TreeSet<>();
    byte[] window = new byte[longestBytes + BLOCK_BYTES];
    int kept = 0;
    long tail = 0;
    for (int n = in.read(window, kept, BLOCK_BYTES);
        n >= 0;
        n = in.read(window, kept, BLOCK_BYTES)) {
      int end = kept + n;
      for (int i = kept; i < end; i++) {
        tail = tail << 8 | (window[i] & 0xff);
        int bit = hash(tail);
        if ((filter[bit >>> 6] & 1L << bit) != 0) {
          compare(window, i + 1, tail, found);
        }
      }
      kept = Math.min(longestBytes, end);
      System.arraycopy(window, end - kept, window, 0, kept);
    }
    return found;
  }

  private void compare(byte[] window, int end, long tail, Set<String> found) {
    Map<byte[], String> candidates = byTail.get(tail);
    if (candidates == null) {
      return;
    }
    candidates.forEach(
        (encoded, text) -> {
          int start = end - encoded.length;
          if (start >= 0 && Arrays.equals(window, start, end, encoded, 0, encoded.length)) {
            found.add(text);
          }
        });
  }
}

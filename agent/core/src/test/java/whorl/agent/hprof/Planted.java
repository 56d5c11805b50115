package whorl.agent.hprof;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A thousand secrets of sixteen characters, and the search for them. All have the same beginning,
 * so that remains of one are found too.
 */
final class Planted {
  static final int COUNT = 1_000;
  static final String BEGINNING = "Zq7x";
  static final int KINDS = 10;
  static final int LITERAL_KIND = 5;

  private Planted() {}

  /** The planting program has a copy of this computation. */
  static String secret(int number) {
    long mixed = (number + 1) * 0x9E3779B97F4A7C15L;
    mixed ^= mixed >>> 29;
    return BEGINNING + String.format("%012x", mixed & 0xFFFF_FFFF_FFFFL);
  }

  /** The numbers of the secrets found, in UTF-8, UTF-16LE or UTF-16BE. */
  static Set<Integer> found(byte[] dump) {
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < COUNT; i++) {
      numbers.put(secret(i), i);
    }
    Set<Integer> found = new HashSet<>();
    search(dump, StandardCharsets.UTF_8, numbers, found);
    search(dump, StandardCharsets.UTF_16LE, numbers, found);
    search(dump, StandardCharsets.UTF_16BE, numbers, found);
    return found;
  }

  /** The number of occurrences of their common beginning, in any of the three encodings. */
  static int beginnings(byte[] dump) {
    return occurrences(dump, StandardCharsets.UTF_8)
        + occurrences(dump, StandardCharsets.UTF_16LE)
        + occurrences(dump, StandardCharsets.UTF_16BE);
  }

  private static void search(
      byte[] dump, Charset charset, Map<String, Integer> numbers, Set<Integer> found) {
    byte[] beginning = BEGINNING.getBytes(charset);
    int length = secret(0).getBytes(charset).length;
    for (int at = 0; at + length <= dump.length; at++) {
      if (matches(dump, at, beginning)) {
        Integer number = numbers.get(new String(dump, at, length, charset));
        if (number != null) {
          found.add(number);
        }
      }
    }
  }

  private static int occurrences(byte[] dump, Charset charset) {
    byte[] beginning = BEGINNING.getBytes(charset);
    int count = 0;
    for (int at = 0; at + beginning.length <= dump.length; at++) {
      count += matches(dump, at, beginning) ? 1 : 0;
    }
    return count;
  }

  private static boolean matches(byte[] dump, int at, byte[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      if (dump[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}

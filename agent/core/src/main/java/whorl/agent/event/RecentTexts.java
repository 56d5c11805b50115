package whorl.agent.event;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Texts that were read lately, so that what many events have in common, such as threads, paths and
 * addresses, is made once. Any thread, since a text that another has put there is as good.
 */
final class RecentTexts {
  private static final int TEXTS = 512;

  private final @Nullable String[] texts = new String[TEXTS];

  /** The text of these Latin-1 bytes. */
  String of(byte[] bytes, int from, int length) {
    int hash = 0;
    for (int i = from; i < from + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    int place = (hash ^ hash >>> 16) & TEXTS - 1;
    String text = texts[place];
    if (text == null || !isSame(text, bytes, from, length)) {
      text = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
      texts[place] = text;
    }
    return text;
  }

  private static boolean isSame(String text, byte[] bytes, int from, int length) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) != (bytes[from + i] & 0xFF)) {
        return false;
      }
    }
    return true;
  }
}

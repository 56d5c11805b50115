package whorl.agent.event;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Recently read texts, so that strings shared by many events, such as threads, paths and addresses,
 * are made once. Thread-safe without synchronization, because any thread's text is as good as
 * another's.
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
    int slot = (hash ^ hash >>> 16) & TEXTS - 1;
    String text = texts[slot];
    if (text == null || !isSame(text, bytes, from, length)) {
      text = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
      texts[slot] = text;
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

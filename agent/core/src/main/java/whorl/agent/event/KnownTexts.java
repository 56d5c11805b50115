package whorl.agent.event;

import org.jspecify.annotations.Nullable;

/**
 * Texts of which something was found out before, such as that they hold no secret: whoever meets
 * the same text again need not look. They are compared as a whole, never by a hash alone. It keeps
 * a bounded number of short texts; where two share a place the later one is known. Any thread, and
 * without a lock.
 */
public final class KnownTexts {
  static final int MAX_CHARS = 512;

  private final @Nullable String[] texts;

  /**
   * @param bits binary logarithm of how many texts are known at most
   */
  public KnownTexts(int bits) {
    texts = new String[1 << bits];
  }

  public boolean has(String text) {
    if (text.length() > MAX_CHARS) {
      return false;
    }
    String known = texts[place(text)];
    return known != null && known.equals(text);
  }

  /** Long ones stay unknown. */
  public void add(String text) {
    if (text.length() <= MAX_CHARS) {
      texts[place(text)] = text;
    }
  }

  private int place(String text) {
    int hash = text.hashCode();
    return (hash ^ hash >>> 16) & (texts.length - 1);
  }
}

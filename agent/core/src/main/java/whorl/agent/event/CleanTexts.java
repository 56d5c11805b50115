package whorl.agent.event;

import org.jspecify.annotations.Nullable;

/**
 * Remembers texts that were found clean, so that the same text is not examined again. Texts are
 * compared as a whole, never by a hash alone. It keeps a bounded number of short texts; of two that
 * share a place, the later one. Any thread, and without a lock.
 */
public final class CleanTexts {
  static final int MAX_CHARS = 512;

  private final @Nullable String[] texts;

  /**
   * @param bits binary logarithm of how many texts are known at most
   */
  public CleanTexts(int bits) {
    texts = new String[1 << bits];
  }

  /** Whether this very text was added, and no other has taken its place. */
  public boolean has(String text) {
    if (text.length() > MAX_CHARS) {
      return false;
    }
    String known = texts[place(text)];
    return known != null && known.equals(text);
  }

  /** Remembers the text, unless it has more than 512 characters. */
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

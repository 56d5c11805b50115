package whorl.event;

import org.jspecify.annotations.Nullable;

/**
 * Remembers texts that contain no secret, so that the same text is not examined again. Compares
 * whole texts, never a hash alone. Keeps a bounded number of short texts; on a collision the newer
 * text replaces the older. Thread-safe, without a lock.
 */
public final class CleanTexts {
  static final int MAX_CHARS = 512;

  private final @Nullable String[] texts;

  /**
   * @param bits binary logarithm of the maximum number of texts
   */
  public CleanTexts(int bits) {
    texts = new String[1 << bits];
  }

  /** True if this text was added and has not been replaced. */
  public boolean contains(String text) {
    if (text.length() > MAX_CHARS) {
      return false;
    }
    String kept = texts[slot(text)];
    return kept != null && kept.equals(text);
  }

  /** Adds the text, unless it has more than 512 characters. */
  public void add(String text) {
    if (text.length() <= MAX_CHARS) {
      texts[slot(text)] = text;
    }
  }

  private int slot(String text) {
    int hash = text.hashCode();
    return (hash ^ hash >>> 16) & (texts.length - 1);
  }
}

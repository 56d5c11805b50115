package whorl.agent.redact;

import org.jspecify.annotations.Nullable;

/** A text with parts replaced by the mask; the text itself if nothing is masked. */
final class MaskedText {
  private final String text;
  private @Nullable StringBuilder shown;
  private int copied;

  MaskedText(String text) {
    this.text = text;
  }

  /** Masks from {@code from} to {@code to}; calls must be in the order of the text. */
  void mask(int from, int to) {
    if (to > from) {
      show(from, to, Redactor.MASK);
    }
  }

  /** Replaces the characters from {@code from} to {@code to}. */
  void show(int from, int to, String instead) {
    if (from < copied || text.startsWith(instead, from) && instead.length() == to - from) {
      return;
    }
    StringBuilder out = shown;
    if (out == null) {
      out = new StringBuilder(text.length());
      shown = out;
    }
    out.append(text, copied, from).append(instead);
    copied = to;
  }

  String result() {
    StringBuilder out = shown;
    return out == null ? text : out.append(text, copied, text.length()).toString();
  }
}

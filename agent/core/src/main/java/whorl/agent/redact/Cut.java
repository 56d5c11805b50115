package whorl.agent.redact;

import org.jspecify.annotations.Nullable;

/** A text with parts of it replaced by the mask; the text itself where nothing was. */
final class Cut {
  private final String text;
  private @Nullable StringBuilder shown;
  private int copied;

  Cut(String text) {
    this.text = text;
  }

  /** Masks from {@code from} to {@code to}; the calls come in the order of the text. */
  void mask(int from, int to) {
    if (to <= from || from < copied || isMask(text, from, to)) {
      return;
    }
    StringBuilder out = shown;
    if (out == null) {
      out = new StringBuilder(text.length());
      shown = out;
    }
    out.append(text, copied, from).append(Redactor.MASK);
    copied = to;
  }

  String result() {
    StringBuilder out = shown;
    return out == null ? text : out.append(text, copied, text.length()).toString();
  }

  private static boolean isMask(String text, int from, int to) {
    return to - from == Redactor.MASK.length() && text.startsWith(Redactor.MASK, from);
  }
}

package whorl.agent.rule;

import org.jspecify.annotations.Nullable;

/** A rule that is not loaded; the message says what about it is not supported or makes no sense. */
final class RuleRefused extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int QUOTED_MAX_CHARS = 80;

  RuleRefused(String message) {
    super(message);
  }

  /** {@code text} in quotes for a message: one line, at most 80 characters of it. */
  static String quoted(@Nullable Object text) {
    String whole = String.valueOf(text);
    int length = Math.min(whole.length(), QUOTED_MAX_CHARS);
    StringBuilder quoted = new StringBuilder(length + 3).append('\'');
    for (int i = 0; i < length; i++) {
      char c = whole.charAt(i);
      quoted.append(Character.isISOControl(c) ? '\uFFFD' : c);
    }
    return quoted.append(length < whole.length() ? "…'" : "'").toString();
  }
}

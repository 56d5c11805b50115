package whorl.collector.cli.replay;

import java.util.regex.Pattern;

/** A pattern in which {@code *} stands for any characters; all others are literal. */
final class Glob {
  private final Pattern pattern;

  Glob(String text) {
    StringBuilder regex = new StringBuilder();
    for (String part : text.split("\\*", -1)) {
      regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    this.pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  boolean matches(String text) {
    return pattern.matcher(text).matches();
  }
}

package whorl.agent.redact;

/**
 * Derives from earlier arguments whether the next one is a secret: {@code --password X}, {@code
 * Authorization: Bearer X} split by a shell, {@code token = X}, and the words of a private key.
 */
final class ArgumentContext {
  private static final int KEY_MAX_WORDS = 200;
  private static final String DASHES = "-----";

  private enum Key {
    NONE,
    LABEL,
    BODY,
    END
  }

  private final SecretNames names;

  /** True if the next argument is the value of a secret's name. */
  private boolean value;

  /** True if the next argument is a value once a sign comes, as in {@code token = X}. */
  private boolean afterSign;

  /** True if more values follow after a semicolon. */
  private boolean cookie;

  private String before = "";
  private Key key = Key.NONE;
  private boolean privateLabel;
  private int keyWords;

  ArgumentContext(SecretNames names) {
    this.names = names;
  }

  /**
   * Returns true if the next argument is a secret as a whole. Called for each argument in order.
   */
  boolean masks(String argument) {
    if (isKeyWord(argument)) {
      return true;
    }
    boolean secret =
        value && ValueShape.isSecret(SecretNames.Level.STRONG, argument, 0, argument.length());
    boolean scheme = AuthSchemes.is(argument);
    boolean credential = AuthSchemes.is(before) && AuthSchemes.masks(before, argument);
    boolean valueContinues =
        value && (scheme || isSign(argument) || cookie && argument.endsWith(";"));
    if (!valueContinues) {
      follow(argument);
    }
    before = argument;
    return secret && !scheme && !isSign(argument) || credential;
  }

  private void follow(String argument) {
    if (afterSign && isSign(argument)) {
      value = true;
      afterSign = false;
      return;
    }
    int start = Chars.quote(first(argument)) ? 1 : 0;
    int end = argument.length();
    while (end > start && isSign(argument.charAt(end - 1))) {
      end--;
    }
    boolean sign = end < argument.length();
    boolean option = first(argument) == '-' && argument.indexOf('=') < 0;
    boolean name = isName(argument, start, end);
    SecretNames.Level level =
        name && end > start ? names.of(argument, start, end) : SecretNames.Level.NONE;
    boolean secret = level.compareTo(SecretNames.Level.KEY) >= 0;
    value = secret && (sign || option);
    afterSign = secret && !sign && !option;
    cookie = sign && Chars.at(argument, end - Math.min(6, end - start), "cookie");
  }

  private static boolean isName(String argument, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Chars.token(argument.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Handles the words of a private key, whose label and lines were split. */
  private boolean isKeyWord(String argument) {
    Key now = key;
    if (now == Key.NONE) {
      if (argument.endsWith(PrivateKeys.BEGIN.stripTrailing())) {
        key = Key.LABEL;
        privateLabel = false;
        keyWords = 0;
      }
      return false;
    }
    if (++keyWords > KEY_MAX_WORDS) {
      key = Key.NONE;
      return false;
    }
    boolean dashes = argument.contains(DASHES);
    if (now == Key.LABEL) {
      privateLabel |= Chars.find(argument, 0, argument.length(), "private") >= 0;
      if (!dashes) {
        return false;
      }
      key = privateLabel ? bodyAfter(argument) : Key.NONE;
      return privateLabel && !argument.endsWith(DASHES);
    }
    if (now == Key.BODY) {
      key = bodyAfter(argument);
      return true;
    }
    if (dashes) {
      key = Key.NONE;
    }
    return false;
  }

  private static Key bodyAfter(String argument) {
    return argument.contains(PrivateKeys.END.stripTrailing()) ? Key.END : Key.BODY;
  }

  private static char first(String argument) {
    return argument.isEmpty() ? ' ' : argument.charAt(0);
  }

  private static boolean isSign(String argument) {
    for (int i = 0; i < argument.length(); i++) {
      if (!isSign(argument.charAt(i))) {
        return false;
      }
    }
    return !argument.isEmpty();
  }

  private static boolean isSign(char c) {
    return c == ':' || c == '=' || c == '>';
  }
}

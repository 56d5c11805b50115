package whorl.agent.redact;

import java.util.List;

/**
 * Masks passwords in addresses: {@code scheme://user:password@host}, a single token before the
 * host, {@code jdbc:oracle:thin:user/password@…}, {@code user:password@host} without a scheme,
 * webhooks whose path is the secret, and a path's segment after one with the name of a secret.
 */
final class UrlSecrets {
  private static final int IDENTITY_MAX_DIGITS = 8;
  private static final int TOKEN_MIN_CHARS = 16;
  private static final String ORACLE = "jdbc:oracle:";
  private static final String[] NOT_USERS = {
    "jdbc", "http", "https", "urn", "mailto", "sip", "sips", "xmpp", "acct", "im", "from", "to",
    "cc", "bcc", "at", "by"
  };
  private static final String[] WEBHOOKS = {
    "hooks.slack.com/services/",
    "hooks.slack.com/workflows/",
    "hooks.slack.com/triggers/",
    "discord.com/api/webhooks/",
    "discord.com/api/v8/webhooks/",
    "discord.com/api/v9/webhooks/",
    "discord.com/api/v10/webhooks/",
    "discordapp.com/api/webhooks/",
    ".webhook.office.com/webhookb2/",
    "outlook.office.com/webhook/",
    "outlook.office365.com/webhook/",
  };

  /** Endings of a segment before a secret one, besides the names of secrets. */
  private static final String[] SEGMENTS = {"reset", "verify", "invite", "activate"};

  private static final String QUERY_SIGNS = "?&;#";

  private final SecretNames names;

  UrlSecrets(SecretNames names) {
    this.names = names;
  }

  /** Endings of a segment before a secret one that are not names of secrets. */
  static List<String> names() {
    return List.of(SEGMENTS);
  }

  /** Hosts and paths after which everything is a secret. */
  static List<String> hosts() {
    return List.of(WEBHOOKS);
  }

  String mask(String text) {
    String shown = text;
    if (shown.indexOf('@') >= 0) {
      shown = userInfo(shown);
      if (Chars.find(shown, 0, shown.length(), ORACLE) >= 0) {
        shown = oracle(shown);
      }
      shown = bare(shown);
    }
    return shown.indexOf('/') >= 0 ? segments(webhooks(shown)) : shown;
  }

  private static String userInfo(String text) {
    MaskedText maskedText = new MaskedText(text);
    int scheme = authority(text, 0);
    while (scheme >= 0) {
      int start = scheme + (text.startsWith("//", scheme + 1) ? 3 : 2);
      int colon = -1;
      int slash = -1;
      int lastAt = -1;
      int i = start;
      for (; i < text.length() && !ends(text.charAt(i)); i++) {
        char c = text.charAt(i);
        if (c == ':' && colon < 0 && slash < 0) {
          colon = i;
        } else if (c == '/' && slash < 0) {
          slash = i;
          // After a host, or where no password is possible, an @ does not end a password.
          if (colon < 0 || lastAt >= 0 || portBefore(text, colon, i)) {
            break;
          }
        } else if (c == '@') {
          lastAt = i;
          if (slash >= 0) {
            break;
          }
        }
      }
      if (lastAt > 0 && colon > 0 && colon < lastAt) {
        maskedText.mask(colon + 1, lastAt);
      } else if (lastAt - start >= TOKEN_MIN_CHARS && ValueShape.hasDigit(text, start, lastAt)) {
        maskedText.mask(start, lastAt);
      }
      scheme = authority(text, Math.max(i, start));
    }
    return maskedText.result();
  }

  /**
   * The colon before {@code //}, or before {@code /}, because a path has no two slashes in a row.
   */
  private static int authority(String text, int from) {
    int colon = text.indexOf(":/", from);
    while (colon >= 0) {
      boolean scheme = colon > 1 && Chars.alphanumeric(text.charAt(colon - 2));
      if (text.startsWith("//", colon + 1)
          || scheme && !Chars.at(text, colon - Math.min(4, colon), "file")) {
        return colon;
      }
      colon = text.indexOf(":/", colon + 1);
    }
    return -1;
  }

  private static boolean portBefore(String text, int colon, int slash) {
    for (int i = colon + 1; i < slash; i++) {
      if (!Chars.digit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean ends(char c) {
    return Chars.space(c) || Chars.quote(c) || c == '?' || c == '#' || c == '<';
  }

  private static String oracle(String text) {
    MaskedText maskedText = new MaskedText(text);
    int at = Chars.find(text, 0, text.length(), ORACLE);
    while (at >= 0) {
      int user = text.indexOf(':', at + ORACLE.length());
      int i = user < 0 ? text.length() : user + 1;
      int slash = -1;
      while (i < text.length() && text.charAt(i) != '@' && !Chars.space(text.charAt(i))) {
        slash = slash < 0 && text.charAt(i) == '/' ? i : slash;
        i++;
      }
      if (slash > 0 && i < text.length() && text.charAt(i) == '@') {
        maskedText.mask(slash + 1, i);
      }
      at = Chars.find(text, Math.min(i, text.length()), text.length(), ORACLE);
    }
    return maskedText.result();
  }

  /** {@code user:password@host}, if the host has a dot or a port or is this machine. */
  private static String bare(String text) {
    MaskedText maskedText = null;
    int at = text.indexOf('@');
    while (at >= 0) {
      int start = at;
      int colon = -1;
      while (start > 0 && !bareEnds(text.charAt(start - 1))) {
        start--;
        colon = text.charAt(start) == ':' ? start : colon;
      }
      boolean possible = colon > start && colon + 1 < at && at - start < 512;
      if (possible
          && isUserName(text, start, colon)
          && isHost(text, at + 1)
          && !isIdentity(text, colon + 1, at)) {
        maskedText = maskedText == null ? new MaskedText(text) : maskedText;
        maskedText.mask(colon + 1, at);
      }
      at = text.indexOf('@', at + 1);
    }
    return maskedText == null ? text : maskedText.result();
  }

  /** {@code app:java.net.URLClassLoader@1f2e3d}: a class and its identity hash. */
  private static boolean isIdentity(String text, int from, int at) {
    boolean dotted = false;
    for (int i = from; i < at; i++) {
      char c = text.charAt(i);
      dotted |= c == '.';
      if (c != '.' && !Character.isJavaIdentifierPart(c)) {
        return false;
      }
    }
    int end = at + 1;
    while (end < text.length() && Character.digit(text.charAt(end), 16) >= 0) {
      end++;
    }
    return dotted
        && end - at - 1 <= IDENTITY_MAX_DIGITS
        && (end == text.length() || !Chars.token(text.charAt(end)));
  }

  private static boolean bareEnds(char c) {
    return Chars.space(c)
        || Chars.quote(c)
        || c == '/'
        || c == '='
        || c == ','
        || c == '('
        || c == '<'
        || c == '>'
        || c == '['
        || c == '@';
  }

  private static boolean isUserName(String text, int start, int to) {
    int from = start;
    for (int i = start; i < to; i++) {
      // A sign of a query; a password may contain these as well, but comes later.
      from = QUERY_SIGNS.indexOf(text.charAt(i)) < 0 ? from : i + 1;
    }
    if (from == to) {
      return false;
    }
    for (String word : NOT_USERS) {
      if (word.length() == to - from && Chars.at(text, from, word)) {
        return false;
      }
    }
    for (int i = from; i < to; i++) {
      if (!Chars.token(text.charAt(i)) && text.charAt(i) != '%') {
        return false;
      }
    }
    return true;
  }

  private static boolean isHost(String text, int from) {
    if (Chars.at(text, from, "localhost") || Chars.at(text, from, "tcp(")) {
      return true;
    }
    int i = from;
    int dots = 0;
    while (i < text.length() && Chars.token(text.charAt(i))) {
      dots += text.charAt(i) == '.' ? 1 : 0;
      i++;
    }
    return i > from + 1
        && (dots > 0
            || i + 1 < text.length() && text.charAt(i) == ':' && Chars.digit(text.charAt(i + 1))
            || i < text.length() && text.charAt(i) == ':'
            || i < text.length() && text.charAt(i) == '/'
            || i == text.length()
            || Chars.space(text.charAt(i)));
  }

  private static String webhooks(String text) {
    String shown = text;
    for (String hook : WEBHOOKS) {
      int at = Chars.find(shown, 0, shown.length(), hook);
      if (at >= 0) {
        shown = webhook(shown, hook, at);
      }
    }
    return shown;
  }

  private static String webhook(String text, String hook, int first) {
    MaskedText maskedText = new MaskedText(text);
    int at = first;
    while (at >= 0) {
      int start = at + hook.length();
      int end = start;
      while (end < text.length() && (Chars.base64(text.charAt(end)) || text.charAt(end) == '@')) {
        end++;
      }
      maskedText.mask(start, end);
      at = Chars.find(text, end, text.length(), hook);
    }
    return maskedText.result();
  }

  /** {@code /reset-token/4f7c…/}: named by the previous segment. */
  private String segments(String text) {
    MaskedText maskedText = null;
    int slash = text.indexOf('/');
    while (slash >= 0) {
      int next = text.indexOf('/', slash + 1);
      if (next < 0) {
        break;
      }
      int end = segmentEnd(text, next + 1);
      if (end - next > 8
          && next - slash > 2
          && next - slash < 64
          && ValueShape.isRandom(text, next + 1, end)
          && isSecretName(text, slash + 1, next)) {
        maskedText = maskedText == null ? new MaskedText(text) : maskedText;
        maskedText.mask(next + 1, end);
      }
      slash = next;
    }
    return maskedText == null ? text : maskedText.result();
  }

  private boolean isSecretName(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Chars.token(text.charAt(i))) {
        return false;
      }
    }
    for (String end : SEGMENTS) {
      if (Chars.at(text, to - Math.min(end.length(), to - from), end)) {
        return true;
      }
    }
    return names.of(text, from, to) != SecretNames.Level.NONE;
  }

  private static int segmentEnd(String text, int from) {
    int end = from;
    while (end < text.length()
        && (Chars.token(text.charAt(end))
            || text.charAt(end) == '='
            || text.charAt(end) == '~'
            || text.charAt(end) == '+')) {
      end++;
    }
    return end;
  }
}

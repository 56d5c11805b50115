package whorl.agent.redact;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Classifies a name by the secrecy of its value. A name is split into words, at {@code _ - . [ ]}
 * and where a capital or a digit begins, so that {@code DB_PASS} and {@code dbPass} are secrets and
 * {@code bypass}, {@code monkey} and {@code tokenizer} are not. Only configured parts are searched
 * anywhere in a name. A name without percent-encoding needs no allocation.
 */
final class SecretNames {
  /** How certainly the value is a secret. */
  enum Level {
    /** An ordinary name. */
    NONE,
    /** A secret if the value looks like one, for example {@code code} or {@code key}. */
    WEAK,
    /** A secret unless the value is a number or a path, for example {@code apiKey}. */
    KEY,
    /** A secret for any value. */
    STRONG
  }

  private static final int NAME_MAX_CHARS = 512;

  /** Words that mark a secret, also as the end of a longer word. */
  private static final String[] STRONG = {
    "password",
    "passwd",
    "passwrd",
    "passwort",
    "kennwort",
    "passphrase",
    "passcode",
    "passkey",
    "pass",
    "pwd",
    "pswd",
    "psw",
    "pw",
    "secret",
    "secrets",
    "token",
    "credential",
    "credentials",
    "creds",
    "authorization",
    "cookie",
    "cookies",
    "jsessionid",
    "phpsessid",
    "sessionid",
    "sessid",
    "connectionstring",
    "otp",
    "totp",
    "cvv",
    "cvc",
    "jwt",
    "bearer",
    "masterauth",
  };

  /** Parts that mark a secret anywhere in a word, because no other word contains them. */
  private static final String[] WITHIN = {
    "password",
    "passwd",
    "passphrase",
    "credential",
    "apikey",
    "privatekey",
    "accesskey",
    "secretkey",
    "secret",
  };

  private static final String[] NOT_SECRET = {
    "bypass",
    "compass",
    "encompass",
    "trespass",
    "overpass",
    "underpass",
    "surpass",
    "multipass",
    "onepass",
    "singlepass",
    "secretary",
    "secretariat",
    "cryptotoken",
  };

  /** Words that make a following {@code key} a secret. */
  private static final String[] KEYS = {
    "api",
    "access",
    "secret",
    "private",
    "encryption",
    "encrypt",
    "decryption",
    "signing",
    "sign",
    "master",
    "shared",
    "sharedaccess",
    "account",
    "storage",
    "jwt",
    "license",
    "licence",
    "auth",
    "ssh",
    "aes",
    "rsa",
    "hmac",
    "crypto",
    "cipher",
    "session",
    "subscription",
    "consumer",
    "deploy",
    "webhook",
    "server",
    "client",
    "app",
    "application",
    "service",
    "integration",
    "routing",
    "write",
    "ingest",
    "instrumentation",
    "wallet",
    "tls",
    "ssl",
    "pgp",
    "gpg",
    "psk",
  };

  private static final String[] WEAK = {
    "key",
    "keys",
    "code",
    "sig",
    "sign",
    "signature",
    "sid",
    "session",
    "auth",
    "ticket",
    "assertion",
    "tokens",
    "hmac",
    "psk",
    "pin",
    "seed",
    "verifier",
    "artifact",
    "pat",
  };

  /** Words that make a following {@code auth} a secret, as in {@code REDISCLI_AUTH}. */
  private static final String[] AUTHS = {"basic", "redis", "rediscli"};

  /** Last words of a name that make its value an attribute of a secret. */
  private static final String[] ATTRIBUTES = {
    "length",
    "size",
    "min",
    "max",
    "count",
    "limit",
    "timeout",
    "ttl",
    "expiry",
    "expires",
    "expiration",
    "expired",
    "age",
    "policy",
    "type",
    "file",
    "path",
    "dir",
    "directory",
    "folder",
    "location",
    "url",
    "uri",
    "endpoint",
    "host",
    "port",
    "name",
    "names",
    "field",
    "param",
    "parameter",
    "header",
    "prefix",
    "suffix",
    "algorithm",
    "alg",
    "provider",
    "encoder",
    "encoding",
    "format",
    "strategy",
    "enabled",
    "disabled",
    "required",
    "strength",
    "reset",
    "validator",
    "service",
    "manager",
    "store",
    "factory",
    "class",
    "resolver",
    "generator",
    "version",
    "id",
    "ids",
    "status",
    "mode",
    "domain",
    "secure",
    "only",
    "site",
    "hint",
    "change",
    "changed",
    "update",
    "attempts",
    "retries",
    "history",
    "rotation",
    "interval",
    "issuer",
    "audience",
    "scope",
    "realm",
    "source",
    "ref",
    "index",
    "position",
    "converter",
    "parser",
    "handler",
    "filter",
    "listener",
    "repository",
    "refresh",
    "valid",
    "validity",
    "seconds",
    "millis",
    "minutes",
    "hours",
    "days",
    "iterations",
    "rounds",
    "bits",
    "line",
    "column",
  };

  private static final String[][] STRONG_BY_END = byEnd(STRONG);
  private static final String[][] KEYS_BY_END = byEnd(KEYS);
  private static final String[][] WEAK_BY_END = byEnd(WEAK);
  private static final String[][] AUTHS_BY_END = byEnd(AUTHS);
  private static final String[][] ATTRIBUTES_BY_END = byEnd(ATTRIBUTES);

  private final String[] configured;

  /**
   * @param configured parts of names, searched without regard to case and separators
   */
  SecretNames(Collection<String> configured) {
    List<String> parts = new ArrayList<>();
    for (String part : configured) {
      String plain = plain(part);
      // Built-in words are compared word by word.
      if (!plain.isEmpty() && !builtIn(plain)) {
        parts.add(plain);
      }
    }
    this.configured = parts.toArray(new String[0]);
  }

  /** Words: each built-in name contains one of these, or one of {@link #within}. */
  static List<String> words() {
    List<String> words = new ArrayList<>(List.of(STRONG));
    words.addAll(List.of(WEAK));
    return words;
  }

  /** Parts of words: each built-in name contains one of these, or one of {@link #words}. */
  static List<String> within() {
    return List.of(WITHIN);
  }

  /** True if names other than the built-in ones are configured. */
  boolean isConfigured() {
    return configured.length > 0;
  }

  /** The level of the whole text. */
  Level of(String name) {
    return of(name, 0, name.length());
  }

  /** The level of the name from {@code from} to {@code to}. */
  Level of(String text, int from, int to) {
    if (to - from > NAME_MAX_CHARS) {
      return Level.STRONG;
    }
    int option = optionEnd(text, from, to);
    if (option > from) {
      Level within = of(text, option, to);
      return within == Level.STRONG ? within : highest(within, words(text, from, to));
    }
    for (int i = from; i < to; i++) {
      if (text.charAt(i) == '%') {
        String decoded = decoded(text, from, to);
        return words(decoded, 0, decoded.length());
      }
    }
    return words(text, from, to);
  }

  /** Where the name of the property begins that {@code -D} or {@code -P} sets. */
  private static int optionEnd(String text, int from, int to) {
    int at = text.startsWith("-J-", from) ? from + 2 : from;
    boolean sets = text.startsWith("-D", at) || text.startsWith("-P", at);
    return sets && at + 2 < to ? at + 2 : from;
  }

  private static Level highest(Level one, Level other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private Level words(String text, int from, int to) {
    if (isConfigured(text, from, to)) {
      return Level.STRONG;
    }
    Level level = Level.NONE;
    boolean attribute = false;
    int beforeStart = from;
    int beforeEnd = from;
    int at = from;
    while (at < to) {
      if (!Character.isLetter(text.charAt(at))) {
        at++;
        continue;
      }
      int end = wordEnd(text, at, to);
      Level word = word(text, at, end, beforeStart, beforeEnd);
      attribute = level != Level.NONE && word == Level.NONE && is(ATTRIBUTES_BY_END, text, at, end);
      level = word.compareTo(level) > 0 ? word : level;
      beforeStart = at;
      beforeEnd = end;
      at = end;
    }
    return attribute && level != Level.NONE ? Level.WEAK : level;
  }

  private static Level word(String text, int from, int to, int beforeFrom, int beforeTo) {
    if (from + 1 == to || isOneOf(NOT_SECRET, text, from, to)) {
      return Level.NONE;
    }
    if (endsWithOneOf(STRONG_BY_END, text, from, to)) {
      return Level.STRONG;
    }
    for (String part : WITHIN) {
      if (to - from >= part.length() && Chars.find(text, from, to, part) >= 0) {
        return Level.STRONG;
      }
    }
    if (to - from > 3 && Chars.at(text, to - 3, "key") && is(KEYS_BY_END, text, from, to - 3)) {
      return Level.KEY;
    }
    if (is(WEAK_BY_END, text, from, to)) {
      boolean key = to - from == 3 && Chars.at(text, from, "key");
      boolean auth = to - from == 4 && Chars.at(text, from, "auth");
      return key && is(KEYS_BY_END, text, beforeFrom, beforeTo)
              || auth && is(AUTHS_BY_END, text, beforeFrom, beforeTo)
          ? Level.KEY
          : Level.WEAK;
    }
    return Level.NONE;
  }

  /** Returns the end of the word: at a separator, a digit, or the next word's capital. */
  private static int wordEnd(String text, int from, int to) {
    int at = from + 1;
    while (at < to) {
      char c = text.charAt(at);
      if (!Character.isLetter(c)) {
        return at;
      }
      boolean capital = Character.isUpperCase(c);
      boolean afterCapital = Character.isUpperCase(text.charAt(at - 1));
      if (capital && !afterCapital) {
        return at;
      }
      // The last of several capitals begins the next word, unless a plural follows, as in JWTs.
      if (capital
          && at + 2 < to
          && Character.isLowerCase(text.charAt(at + 1))
          && Character.isLowerCase(text.charAt(at + 2))) {
        return at;
      }
      at++;
    }
    return at;
  }

  private boolean isConfigured(String text, int from, int to) {
    for (String part : configured) {
      for (int start = from; start + part.length() <= to; start++) {
        if (isHere(part, text, start, to)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isHere(String part, String text, int start, int to) {
    int matched = 0;
    for (int at = start; at < to; at++) {
      char c = text.charAt(at);
      if (c == '_' || c == '-' || c == '.') {
        continue;
      }
      if (Character.toLowerCase(c) != part.charAt(matched)) {
        return false;
      }
      if (++matched == part.length()) {
        return true;
      }
    }
    return false;
  }

  private static boolean builtIn(String plain) {
    Level level = word(plain, 0, plain.length(), 0, 0);
    return level == Level.STRONG || level == Level.KEY || is(WEAK_BY_END, plain, 0, plain.length());
  }

  private static String plain(String name) {
    StringBuilder plain = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '_' && c != '-' && c != '.') {
        plain.append(c);
      }
    }
    return plain.toString().toLowerCase(Locale.ROOT);
  }

  /** Decodes at most twice, for nested encodings. */
  private static String decoded(String text, int from, int to) {
    String once = Percent.decoded(text, from, to);
    return once.indexOf('%') < 0 ? once : Percent.decoded(once, 0, once.length());
  }

  private static boolean endsWithOneOf(String[][] byEnd, String text, int from, int to) {
    for (String word : bucket(byEnd, text.charAt(to - 1))) {
      if (word.length() <= to - from && Chars.at(text, to - word.length(), word)) {
        return true;
      }
    }
    return false;
  }

  private static boolean is(String[][] byEnd, String text, int from, int to) {
    return to > from && isOneOf(bucket(byEnd, text.charAt(to - 1)), text, from, to);
  }

  private static boolean isOneOf(String[] words, String text, int from, int to) {
    for (String word : words) {
      if (word.length() == to - from && Chars.at(text, from, word)) {
        return true;
      }
    }
    return false;
  }

  private static String[] bucket(String[][] byEnd, char last) {
    char lower = Chars.upper(last) ? (char) (last + 32) : last;
    return Chars.lower(lower) ? byEnd[lower - 'a'] : byEnd[26];
  }

  private static String[][] byEnd(String[] words) {
    List<List<String>> buckets = new ArrayList<>();
    for (int i = 0; i <= 26; i++) {
      buckets.add(new ArrayList<>());
    }
    for (String word : words) {
      buckets.get(word.charAt(word.length() - 1) - 'a').add(word);
    }
    String[][] byEnd = new String[27][];
    for (int i = 0; i <= 26; i++) {
      byEnd[i] = buckets.get(i).toArray(new String[0]);
    }
    return byEnd;
  }
}

package whorl.agent.redact;

/**
 * Finds an attack in place of a secret, such as {@code token=${jndi:…}}. It is evidence and is not
 * masked. It is recognized only by its syntax and not by a rule that fired, so that recording,
 * ring, alert and console show the same, and so that a rule that matches another part of the
 * request does not reveal the request's secrets.
 */
final class Payload {
  /** Expressions: the text before them in the value is still masked. */
  private static final String[] EXPRESSIONS = {"${", "#{", "%{", "$%7b", "%24%7b", "%23%7b"};

  private static final String[] WORDS = {
    "jndi:",
    "../",
    "..\\",
    "..%2f",
    "%2e%2e",
    "..;/",
    "<script",
    "<!entity",
    "<!doctype",
    "t(java.",
    "t%28java",
    "java.lang.",
    "javax.script",
    "java.io.",
    "java.net.",
    "getruntime",
    "processbuilder",
    "classloader",
    "class.module",
    "aced0005",
    "/etc/passwd",
    "/etc/shadow",
    "/proc/self",
    "/bin/sh",
    "/bin/bash",
    "cmd.exe",
    "powershell",
    "union select",
    "union+select",
    "union%20select",
    "union/**/",
    "' or '",
    "'+or+'",
    "'%20or%20'",
    "' or 1",
    "%27%20or%20",
    "sleep(",
    "$(curl",
    "$(wget",
    "`curl",
    "`wget",
    "ldap://",
    "ldaps://",
    "rmi://",
    "iiop://",
    "gopher://",
    "netdoc:",
    "jar:http",
  };

  /** Java serialization and class files in Base64, which is case-sensitive. */
  private static final String[] BASE64 = {"rO0AB", "yv66vg"};

  private Payload() {}

  /** Where an expression begins in the value, or its start for other attacks; -1 for none. */
  static int start(String text, int from, int to) {
    int expression = expression(text, from, to);
    if (expression >= 0) {
      return expression;
    }
    if (word(text, from, to) >= 0) {
      return from;
    }
    for (String base64 : BASE64) {
      if (text.startsWith(base64, from) && to - from >= 16) {
        return from;
      }
    }
    return -1;
  }

  /** Where an attack begins within a text that is not an attack as a whole; -1 for none. */
  static int within(String text, int from, int to) {
    int expression = expression(text, from, to);
    int word = word(text, from, to);
    return expression < 0 || word < 0 ? Math.max(expression, word) : Math.min(expression, word);
  }

  private static int expression(String text, int from, int to) {
    for (String expression : EXPRESSIONS) {
      int at = Chars.find(text, from, to, expression);
      if (at >= 0 && closed(text, at, to)) {
        return at;
      }
    }
    return -1;
  }

  /** Where a word of an attack begins; -1 for none. */
  static int word(String text, int from, int to) {
    for (String word : WORDS) {
      int at = Chars.find(text, from, to, word);
      if (at >= 0) {
        return at;
      }
    }
    return -1;
  }

  /** An expression has an end, or a colon as all of Log4j's lookups do. */
  private static boolean closed(String text, int from, int to) {
    return Chars.find(text, from + 2, to, "}") >= 0
        || Chars.find(text, from + 2, to, ":") >= 0
        || Chars.find(text, from + 2, to, "%7d") >= 0;
  }
}

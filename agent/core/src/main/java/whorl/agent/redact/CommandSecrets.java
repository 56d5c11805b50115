package whorl.agent.redact;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Short options that are a password for some programs and not for others: {@code mysql -pX}, {@code
 * curl -u user:X}, {@code redis-cli -a X}; also after others in one word, as in {@code curl -sku
 * user:X}. Long options, such as {@code --password X} or {@code -storepass X}, are found by name.
 */
final class CommandSecrets {
  /** How the option holds its secret. */
  private enum Form {
    /** {@code -pX} */
    ATTACHED,
    /** {@code -p X} or {@code -pX} */
    NEXT,
    /** {@code -u user:X} or {@code -uuser:X} */
    AFTER_COLON,
    /** {@code -u user,X} */
    AFTER_COMMA,
    /** {@code -U user%X} */
    AFTER_PERCENT,
    /** {@code user/X@host}, without an option */
    AFTER_SLASH
  }

  private record Option(String program, String option, Form form) {}

  private static final Option[] OPTIONS = {
    new Option("mysql", "-p", Form.ATTACHED),
    new Option("mysqldump", "-p", Form.ATTACHED),
    new Option("mysqladmin", "-p", Form.ATTACHED),
    new Option("mysqlimport", "-p", Form.ATTACHED),
    new Option("mariadb", "-p", Form.ATTACHED),
    new Option("mariadb-dump", "-p", Form.ATTACHED),
    new Option("mariadb-admin", "-p", Form.ATTACHED),
    new Option("mariadb-import", "-p", Form.ATTACHED),
    new Option("mysqlsh", "-p", Form.ATTACHED),
    new Option("mysqlshow", "-p", Form.ATTACHED),
    new Option("mysqlcheck", "-p", Form.ATTACHED),
    new Option("mysqlbinlog", "-p", Form.ATTACHED),
    new Option("mysqlpump", "-p", Form.ATTACHED),
    new Option("mysqlslap", "-p", Form.ATTACHED),
    new Option("mongo", "-p", Form.NEXT),
    new Option("mongosh", "-p", Form.NEXT),
    new Option("mongodump", "-p", Form.NEXT),
    new Option("mongorestore", "-p", Form.NEXT),
    new Option("mongoimport", "-p", Form.NEXT),
    new Option("mongoexport", "-p", Form.NEXT),
    new Option("mongofiles", "-p", Form.NEXT),
    new Option("mongostat", "-p", Form.NEXT),
    new Option("sshpass", "-p", Form.NEXT),
    // For docker, podman and others; without login, docker's -p is a port.
    new Option("login", "-p", Form.NEXT),
    new Option("7z", "-p", Form.ATTACHED),
    new Option("7za", "-p", Form.ATTACHED),
    new Option("7zz", "-p", Form.ATTACHED),
    new Option("7zr", "-p", Form.ATTACHED),
    new Option("rar", "-p", Form.ATTACHED),
    new Option("unrar", "-p", Form.ATTACHED),
    new Option("ssh-keygen", "-N", Form.NEXT),
    new Option("ssh-keygen", "-P", Form.NEXT),
    new Option("unzip", "-P", Form.NEXT),
    new Option("zip", "-P", Form.NEXT),
    new Option("sqlcmd", "-P", Form.NEXT),
    new Option("bcp", "-P", Form.NEXT),
    new Option("tsql", "-P", Form.NEXT),
    new Option("ipmitool", "-P", Form.NEXT),
    new Option("redis-cli", "-a", Form.NEXT),
    new Option("valkey-cli", "-a", Form.NEXT),
    new Option("keydb-cli", "-a", Form.NEXT),
    new Option("ldapsearch", "-w", Form.NEXT),
    new Option("ldapadd", "-w", Form.NEXT),
    new Option("ldapmodify", "-w", Form.NEXT),
    new Option("ldapwhoami", "-w", Form.NEXT),
    new Option("ldapdelete", "-w", Form.NEXT),
    new Option("ldapcompare", "-w", Form.NEXT),
    new Option("ldappasswd", "-w", Form.NEXT),
    new Option("ldappasswd", "-s", Form.NEXT),
    new Option("influx", "-t", Form.NEXT),
    new Option("mosquitto_pub", "-P", Form.NEXT),
    new Option("mosquitto_sub", "-P", Form.NEXT),
    new Option("mosquitto_rr", "-P", Form.NEXT),
    new Option("curl", "-u", Form.AFTER_COLON),
    new Option("curl", "--user", Form.AFTER_COLON),
    new Option("curl", "-U", Form.AFTER_COLON),
    new Option("curl", "--proxy-user", Form.AFTER_COLON),
    new Option("curl", "-E", Form.AFTER_COLON),
    new Option("curl", "--cert", Form.AFTER_COLON),
    new Option("http", "-a", Form.AFTER_COLON),
    new Option("http", "--auth", Form.AFTER_COLON),
    new Option("https", "-a", Form.AFTER_COLON),
    new Option("https", "--auth", Form.AFTER_COLON),
    new Option("etcdctl", "--user", Form.AFTER_COLON),
    new Option("lftp", "-u", Form.AFTER_COMMA),
    new Option("cqlsh", "-p", Form.NEXT),
    new Option("smbclient", "-U", Form.AFTER_PERCENT),
    new Option("rpcclient", "-U", Form.AFTER_PERCENT),
    new Option("smbget", "-U", Form.AFTER_PERCENT),
    new Option("winexe", "-U", Form.AFTER_PERCENT),
    new Option("sqlplus", "", Form.AFTER_SLASH),
    new Option("rman", "", Form.AFTER_SLASH),
    new Option("expdp", "", Form.AFTER_SLASH),
    new Option("impdp", "", Form.AFTER_SLASH),
    new Option("sqlldr", "", Form.AFTER_SLASH),
  };

  /** Characters that may precede a program's name. */
  private static final String BEFORE_PROGRAM = "/\\\"'(;|&`=";

  /** The shortest program and option with a secret. */
  private static final int MIN_CHARS = 7;

  private CommandSecrets() {}

  /** The programs with secrets in short options. */
  static Set<String> programs() {
    Set<String> programs = new LinkedHashSet<>();
    for (Option option : OPTIONS) {
      programs.add(option.program);
    }
    return programs;
  }

  static String mask(String text) {
    if (text.length() < MIN_CHARS || text.indexOf(' ') < 0) {
      return text;
    }
    MaskedText maskedText = null;
    Reader reader = null;
    int at = 0;
    while (at < text.length()) {
      int start = Chars.skipBlanks(text, at);
      // A quote may begin a whole command, as in a thread's name or in sh -c.
      boolean pending = reader != null && reader.option != null;
      if (start < text.length() && Chars.quote(text.charAt(start)) && !pending) {
        start++;
      }
      int end = argumentEnd(text, start);
      if (end == start) {
        at = start + 1;
        continue;
      }
      if (reader == null && program(text, start, end) != null) {
        reader = new Reader();
        maskedText = new MaskedText(text);
      }
      if (reader != null && maskedText != null) {
        reader.read(text, start, end, maskedText);
      }
      at = end;
    }
    return maskedText == null ? text : maskedText.result();
  }

  /** Reads a command argument by argument. */
  static final class Reader {
    private @Nullable String program;
    private @Nullable String option;

    /** Returns the argument without its secret. */
    String next(String argument) {
      MaskedText maskedText = new MaskedText(argument);
      read(argument, 0, argument.length(), maskedText);
      return maskedText.result();
    }

    private void read(String text, int start, int argumentEnd, MaskedText maskedText) {
      int end = withoutQuote(text, start, argumentEnd);
      String known = program(text, start, end);
      if (known != null) {
        program = known;
        option = null;
      } else if (program != null) {
        option = argument(text, start, end, program, option, maskedText);
      }
    }
  }

  /**
   * Masks a secret in an argument; returns the option whose secret is the next argument, or null.
   */
  private static @Nullable String argument(
      String text,
      int start,
      int end,
      String program,
      @Nullable String pending,
      MaskedText maskedText) {
    for (Option option : OPTIONS) {
      if (!option.program.equals(program)) {
        continue;
      }
      int name = option.option.length();
      if (option.option.equals(pending)) {
        maskedText.mask(
            secretStart(text, start, end, option.form), secretEnd(text, start, end, option.form));
        return null;
      }
      if (option.form == Form.AFTER_SLASH) {
        int from = secretStart(text, start, end, option.form);
        maskedText.mask(from, secretEnd(text, from, end, option.form));
      } else if (text.startsWith(option.option, start)) {
        if (end - start == name) {
          return option.form == Form.ATTACHED ? null : option.option;
        }
        if (name == 2 || text.charAt(start + name) == '=') {
          maskedText.mask(
              secretStart(text, start + name, end, option.form),
              secretEnd(text, start + name, end, option.form));
          return null;
        }
      } else if (name == 2) {
        int after = joinedOptionEnd(text, start, end, option);
        if (after == end) {
          return option.form == Form.ATTACHED ? null : option.option;
        }
        if (after > 0) {
          maskedText.mask(
              secretStart(text, after, end, option.form), secretEnd(text, after, end, option.form));
          return null;
        }
      }
    }
    return null;
  }

  /**
   * Where the option ends after others that take no value, as in {@code -sku}; -1 if it is not
   * there.
   */
  private static int joinedOptionEnd(String text, int start, int end, Option option) {
    if (start >= end || text.charAt(start) != '-') {
      return -1;
    }
    String before =
        switch (option.program) {
          case "curl" -> "#0123456BGILNOSafgijklnpqsv";
          case "ldapsearch", "ldapadd", "ldapmodify", "ldapwhoami", "ldapdelete" ->
              "ACILMQWZcknqtvx";
          case "zip" -> "0123456789DTXejmqrvy";
          case "unzip" -> "CLMUVabjnoq";
          default -> "";
        };
    int at = start + 1;
    while (at < end && before.indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at > start + 1 && at < end && text.charAt(at) == option.option.charAt(1) ? at + 1 : -1;
  }

  private static int secretStart(String text, int from, int to, Form form) {
    char before =
        switch (form) {
          case AFTER_COLON -> ':';
          case AFTER_COMMA -> ',';
          case AFTER_PERCENT -> '%';
          case AFTER_SLASH -> '/';
          default -> 0;
        };
    if (before == 0) {
      return from;
    }
    int at = find(before, text, from, to);
    return at == to ? to : at + 1;
  }

  private static int secretEnd(String text, int from, int to, Form form) {
    if (form != Form.AFTER_SLASH) {
      return to;
    }
    int at = find('@', text, from, to);
    return at == to ? from : at;
  }

  /** Returns {@code to} if the argument does not have it; what follows is not read for each. */
  private static int find(char sought, String text, int from, int to) {
    int at = from;
    while (at < to && text.charAt(at) != sought) {
      at++;
    }
    return at;
  }

  private static @Nullable String program(String text, int start, int end) {
    int from = end;
    while (from > start && BEFORE_PROGRAM.indexOf(text.charAt(from - 1)) < 0) {
      from--;
    }
    for (Option option : OPTIONS) {
      if (option.program.length() == end - from && text.startsWith(option.program, from)) {
        return option.program;
      }
    }
    return null;
  }

  /**
   * Ends an argument at the next blank. A quote counts only where a secret may begin, and only if
   * it is closed: one stray quote must not swallow the rest of the command.
   */
  private static int argumentEnd(String text, int from) {
    int quote = text.startsWith("-", from) ? from + 2 : from;
    if (quote < text.length() && Chars.quote(text.charAt(quote))) {
      int closing = text.indexOf(text.charAt(quote), quote + 1);
      if (closing > 0 && (closing + 1 == text.length() || Chars.space(text.charAt(closing + 1)))) {
        return closing + 1;
      }
    }
    int end = from;
    while (end < text.length() && !Chars.space(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /** A quote that was opened before the argument is not part of the secret. */
  private static int withoutQuote(String text, int start, int end) {
    boolean stray =
        end - start > 1
            && Chars.quote(text.charAt(end - 1))
            && text.indexOf(text.charAt(end - 1), start) == end - 1;
    return stray ? end - 1 : end;
  }
}

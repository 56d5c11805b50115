package whorl.agent.redact;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Masks secrets in everything that leaves the JVM: values with the name of a secret, and within any
 * text whatever looks like a secret. It makes a fixed number of linear passes over a text, and one
 * if {@link SecretHints} finds nothing. If nothing is masked, it allocates no more than a copy of
 * the text. Stateless and thread-safe. Pass whole values if possible; of cut ones, the words at the
 * cut are masked.
 *
 * <p>It fails closed: a value that cannot be processed is masked as a whole.
 */
public final class Redactor {
  /** Replaces a secret. */
  public static final String MASK = "***";

  private static final int VALUE_MAX_CHARS = 256 * 1024;

  private static final String[] WARM_UP = {
    "password=warm",
    "code=200&key=a%5Fb%3Dc&token=${a:b}&api%5Fkey=x",
    "jdbc:oracle:thin:scott/warm@db x:y@localhost http://a:b@c/token/1",
    "-----BEGIN PRIVATE KEY-----",
    "mysql -px; curl -u a:b; sqlplus a/b@c; sshpass -p x; smbclient -U a%b",
    "\u001b[1mtoken\u001b[0m=warm",
    "Cookie: a=b; c=${a:b}",
    "…".repeat(256),
    "Bearer a1b2c3d4e5 AKIA eyJ $2a$10$ SK bot1 {\"token\":\"x\"} <token>x</token>",
  };

  private final SecretNames names;
  private final Assignments assignments;
  private final UrlSecrets urls;

  /**
   * @param parts additional parts of names whose values are masked; compared without regard to
   *     case, {@code _}, {@code -} and {@code .}
   */
  public Redactor(Collection<String> parts) {
    this.names = new SecretNames(parts);
    this.assignments = new Assignments(names);
    this.urls = new UrlSecrets(names);
  }

  /** True if every value with this name is masked. */
  public boolean secret(String name) {
    return names.of(name) == SecretNames.Level.STRONG;
  }

  /** True if the value of this name may be a secret. */
  public boolean isName(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!Chars.token(text.charAt(i))) {
        return false;
      }
    }
    return names.of(text) != SecretNames.Level.NONE || ConnectionNames.contains(text);
  }

  /** Masks the value of a variable, property or header. */
  public String value(String name, String value) {
    if (ConnectionNames.contains(name)) {
      return ConnectionNames.isAddress(value) ? text(value) : MASK;
    }
    SecretNames.Level level = names.of(name);
    boolean folder = ConnectionNames.isWorkingFolder(name) && value.startsWith("/");
    return !folder && ValueShape.isSecret(level, value, 0, value.length()) ? MASK : text(value);
  }

  /**
   * Masks free text, such as an option string, a URL or a log line; returns the text itself if it
   * is clean.
   */
  public String text(String text) {
    return names.isConfigured() || SecretHints.in(text) ? masked(text, false) : text;
  }

  /** Masks all values, in order. */
  public Map<String, String> values(Map<String, String> values) {
    Map<String, String> shown = new LinkedHashMap<>();
    for (Map.Entry<String, String> entry : values.entrySet()) {
      shown.put(text(entry.getKey()), value(entry.getKey(), entry.getValue()));
    }
    return shown;
  }

  /**
   * Masks the arguments of a command line: {@code -Dkey=value}, {@code --key=value}, {@code --key
   * value}, {@code key=value}, {@code key: value} in two, short options that are a secret for this
   * program, and anything that looks like a secret.
   */
  public List<String> arguments(List<String> arguments) {
    List<String> shown = new ArrayList<>(arguments.size());
    CommandSecrets.Reader command = new CommandSecrets.Reader();
    ArgumentContext context = new ArgumentContext(names);
    for (String argument : arguments) {
      String clean = command.next(argument);
      shown.add(context.masks(argument) ? MASK : masked(clean, true));
    }
    return shown;
  }

  /**
   * Masks a command line in one text, as in {@code sun.java.command}: the ends of its arguments are
   * unknown, so each word is treated as one.
   */
  public String command(String line) {
    return text(String.join(" ", arguments(List.of(line.split(" ", -1)))));
  }

  /** Loads all required classes, on the calling thread. */
  public void warmUp() {
    for (String text : WARM_UP) {
      text(text);
    }
    arguments(
        List.of("mysql", "-px", "curl", "-u", "a:b", "--password", "x", "smbclient", "-Ua%b"));
    value("jdbc.url", "jdbc:x");
  }

  /** As {@link #text}, regardless of the hints. */
  String masked(String text, boolean argument) {
    String shown = plain(text, argument);
    if (shown.indexOf(Colours.ESCAPE) < 0) {
      return shown;
    }
    // Colours may stand between a name and its value: such a text is shown without them.
    String plain = Colours.without(shown);
    String again = plain(plain, argument);
    return again.equals(plain) ? shown : again;
  }

  private String plain(String text, boolean argument) {
    if (text.length() > VALUE_MAX_CHARS) {
      return MASK;
    }
    try {
      if (Chars.oneWord(text)) {
        return urls.mask(SecretShapes.mask(text));
      }
      String shown = PrivateKeys.mask(text);
      shown = SecretShapes.mask(shown);
      shown = urls.mask(shown);
      shown = CommandSecrets.mask(shown);
      shown = assignments.mask(shown, argument);
      shown = AuthSchemes.mask(shown);
      return TruncationMask.mask(shown);
    } catch (RuntimeException | StackOverflowError unreadable) {
      return MASK;
    }
  }
}

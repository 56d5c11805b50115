package whorl.agent.redact;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Masks secrets in what leaves the JVM: whole values whose key says so, and within any value
 * whatever looks like a secret. It takes no more than one pass or a fixed number of linear ones
 * over a value, remembers names only, and may be used by any thread. Give it whole values: a secret
 * that was cut in two is not seen.
 *
 * <p>It fails closed: a value that cannot be looked at is masked as a whole.
 */
public final class Redactor {
  /** What stands where a secret stood. */
  public static final String MASK = "***";

  private static final int VALUE_MAX_CHARS = 256 * 1024;

  private final KeyNames keys;
  private final Assignments assignments;

  /**
   * @param keyParts parts of names whose values are masked, such as {@code password}; compared
   *     without regard to case, {@code _}, {@code -} and {@code .}
   */
  public Redactor(Collection<String> keyParts) {
    this.keys = new KeyNames(keyParts);
    this.assignments = new Assignments(keys);
  }

  /** Whether everything under this name is masked. */
  public boolean secret(String key) {
    return keys.secret(key);
  }

  /** The value of a variable, property or header. */
  public String value(String key, String value) {
    return keys.secret(key) ? MASK : text(value);
  }

  /** Free text, such as an option string, a URL or a log line. */
  public String text(String text) {
    return masked(text, false);
  }

  /** All of them, in their order. */
  public Map<String, String> values(Map<String, String> values) {
    Map<String, String> shown = new LinkedHashMap<>();
    values.forEach((key, value) -> shown.put(key, value(key, value)));
    return shown;
  }

  /**
   * The arguments of a command line: {@code -Dkey=value}, {@code --key=value}, {@code --key value},
   * {@code key=value}, and whatever looks like a secret in any of them.
   */
  public List<String> arguments(List<String> arguments) {
    List<String> shown = new ArrayList<>(arguments.size());
    boolean maskNext = false;
    for (String argument : arguments) {
      shown.add(maskNext ? MASK : masked(argument, true));
      maskNext = argument.startsWith("-") && argument.indexOf('=') < 0 && keys.secret(argument);
    }
    return shown;
  }

  private String masked(String text, boolean argument) {
    if (text.length() > VALUE_MAX_CHARS) {
      return MASK;
    }
    try {
      return assignments.mask(SecretShapes.mask(text), argument);
    } catch (RuntimeException | StackOverflowError unreadable) {
      return MASK;
    }
  }

  /** Knows which names mark a secret. */
  static final class KeyNames {
    private static final int KEY_MAX_CHARS = 512;

    // The agent's own token is masked whatever the configuration says.
    private static final List<String> ALWAYS = List.of("whorl.collector.token", "collector.token");

    /** An application's parameters have few names, and each comes with every request. */
    private static final int ANSWERS_MAX = 512;

    private final Set<String> parts = new LinkedHashSet<>();
    private final Map<String, Boolean> answers = new ConcurrentHashMap<>();

    KeyNames(Collection<String> configured) {
      for (String part : ALWAYS) {
        parts.add(plain(part));
      }
      for (String part : configured) {
        String plain = plain(part);
        if (!plain.isEmpty()) {
          parts.add(plain);
        }
      }
    }

    boolean secret(String key) {
      if (key.length() > KEY_MAX_CHARS) {
        return true;
      }
      Boolean answer = answers.get(key);
      if (answer == null) {
        answer = isSecret(plain(key));
        if (answers.size() < ANSWERS_MAX) {
          answers.put(key, answer);
        }
      }
      return answer;
    }

    private boolean isSecret(String plain) {
      for (String part : parts) {
        if (plain.contains(part)) {
          return true;
        }
      }
      return false;
    }

    private static String plain(String key) {
      StringBuilder plain = new StringBuilder(key.length());
      for (int i = 0; i < key.length(); i++) {
        char c = key.charAt(i);
        if (c != '_' && c != '-' && c != '.') {
          plain.append(c);
        }
      }
      return plain.toString().toLowerCase(Locale.ROOT);
    }
  }
}

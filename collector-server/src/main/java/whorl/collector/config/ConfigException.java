package whorl.collector.config;

import java.util.List;

/** Settings that can't be used: all that is wrong with them at once. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  ConfigException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One line each: the option, its value, and what is allowed. */
  public List<String> problems() {
    return problems;
  }
}

package whorl.collector.config;

import java.util.List;

/** Invalid settings, with all problems at once. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  ConfigException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** Returns one line per problem: the option, its value, and the allowed values. */
  public List<String> problems() {
    return problems;
  }
}

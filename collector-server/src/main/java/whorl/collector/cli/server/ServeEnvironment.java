package whorl.collector.cli.server;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Takes missing options from the environment: {@code --tls-cert} from WHORL_TLS_CERT. */
final class ServeEnvironment implements IDefaultValueProvider {
  private final Map<String, String> environment;

  /** Called by picocli. */
  ServeEnvironment() {
    this(System.getenv());
  }

  ServeEnvironment(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The variable's value; null if unset or empty, so that the option's own default applies. */
  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String value = environment.get(variable(option.longestName()));
    return value == null || value.isEmpty() ? null : value;
  }

  static String variable(String option) {
    return "WHORL_" + option.substring(2).toUpperCase(Locale.ROOT).replace('-', '_');
  }
}

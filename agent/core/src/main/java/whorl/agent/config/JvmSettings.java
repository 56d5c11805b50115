package whorl.agent.config;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sources of settings in this JVM, without lambdas, which take long to link before {@code main}.
 */
public enum JvmSettings implements Function<String, @Nullable String> {
  SYSTEM_PROPERTIES,
  ENVIRONMENT;

  @Override
  public @Nullable String apply(String name) {
    return this == ENVIRONMENT ? System.getenv(name) : System.getProperty(name);
  }
}

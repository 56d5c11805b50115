package whorl.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Fuzzes settings: with any value the application starts, with a default and a problem that names
 * it.
 */
class ConfigFuzzTest {
  private static final String TOKEN = "T0ken-that-is-nowhere";

  @FuzzTest
  void arguments_giveAConfigurationAndProblems(byte[] input) {
    check(ConfigLoader.load(text(input), name -> null, name -> null));
  }

  /** Lines of a variable, an equals sign and a value. */
  @FuzzTest
  void variables_giveAConfigurationAndProblems(byte[] input) {
    Map<String, String> variables = new HashMap<>();
    for (String line : text(input).split("\n", -1)) {
      int equals = line.indexOf('=');
      // Another test covers the file.
      if (equals > 0 && !line.startsWith("WHORL_CONFIG=")) {
        variables.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    variables.put("WHORL_COLLECTOR_TOKEN", TOKEN);
    check(ConfigLoader.load(null, name -> null, variables::get));
  }

  @FuzzTest
  void file_givesAConfigurationAndProblems(byte[] input) throws IOException {
    Path file = Files.createTempFile("whorl", ".properties");
    try {
      Files.write(file, input);
      check(ConfigLoader.load("config=" + file, name -> null, name -> null));
    } finally {
      Files.delete(file);
    }
  }

  private static void check(AgentConfig config) {
    assertThat(config.toString()).doesNotContain(TOKEN);
    assertThat(config.recording().maxSizeBytes()).isPositive();
    assertThat(config.recording().maxAge()).isPositive();
    assertThat(config.capture().after().isNegative()).isFalse();
    assertThat(config.capture().maxPerHour()).isNotNegative();
    assertThat(config.heap().pauseLimit().isNegative()).isFalse();
    assertThat(config.problems())
        .allSatisfy(
            problem -> {
              assertThat(problem).isNotBlank().doesNotContain("\n", "\r", TOKEN);
              assertThat(problem.length()).isLessThan(2_000);
            });
  }

  private static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }
}

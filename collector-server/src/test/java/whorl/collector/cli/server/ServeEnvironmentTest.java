package whorl.collector.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class ServeEnvironmentTest {
  @Command
  static final class Options {
    @Option(names = "--tls-cert", defaultValue = "none")
    String certificate;

    @Option(names = "--insecure")
    boolean insecure;
  }

  @Test
  void missingOption_comesFromTheEnvironment_givenOptionDoesNot() {
    Map<String, String> environment =
        Map.of("WHORL_TLS_CERT", "/tls.pem", "WHORL_INSECURE", "true");

    assertThat(parsed(environment).certificate).isEqualTo("/tls.pem");
    assertThat(parsed(environment).insecure).isTrue();
    assertThat(parsed(environment, "--tls-cert", "mine").certificate).isEqualTo("mine");
    assertThat(parsed(Map.of("WHORL_TLS_CERT", "")).certificate).isEqualTo("none");
    assertThat(parsed(Map.of()).insecure).isFalse();
  }

  private static Options parsed(Map<String, String> environment, String... arguments) {
    Options options = new Options();
    new CommandLine(options)
        .setDefaultValueProvider(new ServeEnvironment(environment))
        .parseArgs(arguments);
    return options;
  }
}

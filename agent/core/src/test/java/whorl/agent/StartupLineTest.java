package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.ConfigLoader;

/** Tests the one line on standard error, which may be stored with the application's output. */
class StartupLineTest {
  private static final String SECRET = "q7Zk2mWx9Lb4aB3c";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://collector.example/?token=SECRET",
        "https://joe:SECRET@collector.example",
        "https://collector.example/whorl;token=SECRET",
        "https://collector.example/token/SECRET/",
        "https://collector.example/#token=SECRET",
        "https://collector.example/%3Ftoken%3DSECRET",
        "httpx://joe:SECRETSECRETSECRETSECRETSECRETSECRETSECRET@collector.example",
      })
  void line_secretInTheCollectorsAddress_isMasked(String url) {
    assertThat(line(url.replace("SECRET", SECRET))).doesNotContain(SECRET).contains("***");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://127.0.0.1:8080", "https://whorl-collector.observability.svc:8443/whorl"})
  void line_ordinaryAddress_isShown(String url) {
    assertThat(line(url)).endsWith("watches this JVM; evidence goes to " + url);
  }

  @Test
  void line_collectorWithoutTokenOrCertificate_namesTheVariable() {
    assertThat(line(Map.of("WHORL_COLLECTOR_URL", "https://collector:7117")))
        .endsWith(
            "https://collector:7117; the collector will refuse it: set WHORL_COLLECTOR_TOKEN");
  }

  @ParameterizedTest
  @ValueSource(strings = {"WHORL_COLLECTOR_TOKEN_FILE", "WHORL_COLLECTOR_CLIENT_CERT"})
  void line_collectorWithAnotherProof_namesNoToken(String variable) {
    assertThat(line(Map.of("WHORL_COLLECTOR_URL", "https://collector:7117", variable, "/x")))
        .endsWith("https://collector:7117");
  }

  private static String line(String url) {
    return line(Map.of("WHORL_COLLECTOR_URL", url, "WHORL_COLLECTOR_TOKEN", "token-of-a-test"));
  }

  private static String line(Map<String, String> environment) {
    Properties none = new Properties();
    AgentConfig config = ConfigLoader.load(null, none::getProperty, environment::get);
    return AgentStarter.line(config);
  }
}

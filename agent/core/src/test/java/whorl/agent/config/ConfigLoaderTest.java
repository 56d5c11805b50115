package whorl.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> variables = new HashMap<>();

  @Test
  void load_nothingSet_givesTheDefaults() {
    AgentConfig config = load(null);

    assertThat(config.enabled()).isTrue();
    assertThat(config.collector().url()).isNull();
    assertThat(config.recording().maxAge()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.recording().maxSizeBytes()).isEqualTo(24L << 20);
    assertThat(config.capture().onExit()).isEqualTo(AgentConfig.OnExit.ABNORMAL);
    assertThat(config.heap().mode()).isEqualTo(AgentConfig.HeapMode.ON_REQUEST);
    assertThat(config.problems()).isEmpty();
  }

  @Test
  void load_sameKeyInAllSources_takesTheStrongest(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("whorl.properties"), "service.name=file");
    variables.put("WHORL_CONFIG", file.toString());
    assertThat(load(null).service().name()).isEqualTo("file");

    variables.put("WHORL_SERVICE_NAME", "variable");
    assertThat(load(null).service().name()).isEqualTo("variable");

    properties.put("whorl.service.name", "property");
    assertThat(load(null).service().name()).isEqualTo("property");

    assertThat(load("service.name=argument").service().name()).isEqualTo("argument");
  }

  @Test
  void load_typo_namesItAndUsesTheDefault() {
    variables.put("WHORL_CAPTURE_AFTER", "5 parsecs");

    AgentConfig config = load("recordng.max-age=5m");

    assertThat(config.capture().after()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.problems())
        .anySatisfy(p -> assertThat(p).contains("capture.after=5 parsecs", "using 5s"))
        .anySatisfy(p -> assertThat(p).contains("recordng.max-age=5m", "no such setting"))
        .hasSize(2);
  }

  @Test
  void load_listWithCommasInArguments_staysWhole() {
    AgentConfig config = load("hooks.disabled=file,socket,service.name=shop,heap=off");

    assertThat(config.hooksDisabled()).containsExactlyInAnyOrder("file", "socket");
    assertThat(config.service().name()).isEqualTo("shop");
    assertThat(config.heap().mode()).isEqualTo(AgentConfig.HeapMode.OFF);
  }

  @Test
  void load_token_isNowhereToBeSeen() {
    variables.put("WHORL_COLLECTOR_TOKEN", "very-secret-token");
    variables.put("WHORL_COLLECTOR_URL", "https://collector:7117");

    AgentConfig config = load(null);

    assertThat(config.collector().url()).isEqualTo(URI.create("https://collector:7117"));
    assertThat(config.toString()).doesNotContain("very-secret-token");
    assertThat(config.collector().token().reveal()).isEqualTo("very-secret-token");
  }

  @Test
  void load_unknownHookAndBadUrlAndBadLabels_areThreeProblems() {
    AgentConfig config = load("hooks.disabled=teapot,collector.url=ftp://x,service.labels=team");

    assertThat(config.hooksDisabled()).isEmpty();
    assertThat(config.collector().url()).isNull();
    assertThat(config.service().labels()).isEmpty();
    assertThat(config.problems()).hasSize(3);
  }

  @Test
  void load_recipientThatNobodyCanRead_isKeptAndNotTakenForNone() {
    AgentConfig config = load("evidence.recipient=age1xyz");

    assertThat(config.evidenceRecipient()).isEqualTo("age1xyz");
    assertThat(config.problems()).isEmpty();
  }

  @Test
  void load_missingFile_isAProblemAndNoMore() {
    AgentConfig config = load("config=/no/such/file");

    assertThat(config.problems()).singleElement().asString().contains("/no/such/file");
    assertThat(config.enabled()).isTrue();
  }

  private AgentConfig load(String arguments) {
    return ConfigLoader.load(arguments, properties::get, variables::get);
  }
}

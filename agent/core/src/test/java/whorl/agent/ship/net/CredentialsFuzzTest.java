package whorl.agent.ship.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.Secret;

/** Fuzzes mounted token and PEM files: they are used, or refused with the setting and the file. */
class CredentialsFuzzTest {
  private static final URI URL = URI.create("https://collector:7117");

  @FuzzTest
  void anyTokenFile_isAHeaderOrRefused(byte[] input) throws IOException {
    Path file = Files.createTempFile("token", "");
    try {
      Files.write(file, input);
      Secret header =
          new Credentials(new AgentConfig.Collector(URL, null, file, null, null, null))
              .authorization();
      assertThat(header).isNotNull();
      assertThat(header.reveal()).matches("Bearer [!-~]+");
    } catch (IOException refused) {
      assertThat(refused.getMessage()).contains("collector.token-file " + file);
      String token = new String(input, StandardCharsets.UTF_8).strip();
      assertThat(token.length() > 100 && refused.getMessage().contains(token)).isFalse();
    } finally {
      Files.delete(file);
    }
  }

  @FuzzTest
  void anyPemFile_isUsedOrRefused(byte[] input) throws IOException {
    Path file = Files.createTempFile("ca", ".pem");
    try {
      Files.write(file, input);
      assertThat(tls(new AgentConfig.Collector(URL, null, null, file, null, null)))
          .satisfiesAnyOf(
              why -> assertThat(why).isEmpty(), why -> assertThat(why).contains("collector.ca"));
      assertThat(tls(new AgentConfig.Collector(URL, null, null, null, file, file)))
          .satisfiesAnyOf(
              why -> assertThat(why).isEmpty(),
              why -> assertThat(why).contains("collector.client-cert"));
    } finally {
      Files.delete(file);
    }
  }

  /** The reason for the refusal; empty if there is none. */
  private static String tls(AgentConfig.Collector config) {
    try {
      assertThat(new Credentials(config).tls().isClient()).isTrue();
      return "";
    } catch (IOException refused) {
      return refused.getMessage();
    }
  }
}

package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.earlier.EarlierFolder;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.TestConfig;

/**
 * The data folder of a collector of version 0.1.0, upgraded by starting this one with it: all that
 * was in it is there, verifies and goes on.
 */
@Timeout(120)
class EarlierFolderTest {
  private static final String EVIDENCE = "01a22ce3-51a7-733f-9f61-809bc585f187";
  private static final String PURGED = "01a22ce3-9e50-7728-b726-8f1b720248de";

  @TempDir private Path folder;
  private byte[] log;

  @BeforeEach
  void unpack() throws IOException {
    EarlierFolder.unpack(folder);
    log = Files.readAllBytes(folder.resolve("custody/custody.ndjson"));
  }

  @Test
  void folderOfTheFirstVersion_isUpgraded_withAllThatIsInIt() throws Exception {
    CollectorServer server = start();
    try {
      assertEvidence(new HttpCaller(server.url(), token("responder")));
      assertRecords(new HttpCaller(server.url(), token("admin")));
      FakeAgent agent = new FakeAgent();
      agent.with("threads.txt", "\"main\" prio=5\n").seal();
      assertThat(agent.shipAll(new HttpCaller(server.url(), token("agent"))).status())
          .isEqualTo(204);
    } finally {
      server.stop();
    }
    byte[] grown = Files.readAllBytes(folder.resolve("custody/custody.ndjson"));
    assertThat(grown.length).isGreaterThan(log.length);
    assertThat(Arrays.copyOf(grown, log.length)).as("the log goes on").isEqualTo(log);

    server = start();
    try {
      assertRecords(new HttpCaller(server.url(), token("admin")));
    } finally {
      server.stop();
    }
  }

  private void assertEvidence(HttpCaller responder) throws Exception {
    JsonNode shown = get(responder, "/api/v1/evidence/" + EVIDENCE);
    assertThat(shown.path("state").asText()).isEqualTo("sealed");
    assertThat(shown.at("/signature/verified").asBoolean()).isTrue();
    JsonNode report = get(responder, "/api/v1/evidence/" + EVIDENCE + "/verify");
    assertThat(report.path("verified").asBoolean()).as(report.toString()).isTrue();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                get(responder, "/api/v1/evidence/" + EVIDENCE + "/index")
                    .path("state")
                    .asText()
                    .equals("ready"));
    assertThat(get(responder, "/api/v1/evidence/" + EVIDENCE + "/timeline?limit=5").path("rows"))
        .isNotEmpty();
    Path bag = folder.resolveSibling(folder.getFileName() + ".zip");
    Files.write(
        bag,
        responder
            .call("GET", "/api/v1/evidence/" + EVIDENCE + "/bag", Map.of(), new byte[0])
            .body());
    CliRun cli = new CliRun().verifier(new OfflineVerifier(InstantSource.system())::verify);
    assertThat(cli.run("verify", bag.toString())).as(cli.out()).isEqualTo(ExitStatus.DONE);
    Files.delete(bag);
  }

  private void assertRecords(HttpCaller admin) {
    assertThat(get(admin, "/api/v1/evidence/" + PURGED).path("status").asInt()).isEqualTo(410);
    assertThat(get(admin, "/api/v1/alerts").toString())
        .contains("From outside", "Program that a Shop Does not Start");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(get(admin, "/api/v1/alert-groups").toString())
                    .contains("From outside", "Program that a Shop Does not Start"));
    assertThat(get(admin, "/api/v1/agents").at("/agents/0/service").asText()).isEqualTo("shop");
    assertThat(get(admin, "/api/v1/cases").toString()).contains("Before the upgrade");
    assertThat(get(admin, "/api/v1/holds?evidence=" + EVIDENCE).toString()).contains("litigation");
    assertThat(get(admin, "/api/v1/rules").toString()).contains("pushed");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(admin.call("GET", "/readyz", Map.of(), new byte[0]).text().strip())
                    .as("nothing is lost, damaged or in doubt")
                    .isEqualTo("ready"));
  }

  private CollectorServer start() throws Exception {
    return CollectorServer.start(TestConfig.in(folder).config(), Wiring::open, message -> {});
  }

  private static JsonNode get(HttpCaller caller, String path) {
    return caller.call("GET", path, Map.of(), new byte[0]).json();
  }

  private String token(String role) throws IOException {
    return Files.readAllLines(folder.resolve("tokens")).stream()
        .filter(line -> line.startsWith(role + " "))
        .findFirst()
        .orElseThrow()
        .substring(role.length() + 1);
  }
}

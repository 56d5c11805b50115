package whorl.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.config.AgentConfig;

@Timeout(60)
class DoctorCommandTest {
  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Map<String, String> environment = new HashMap<>();
  private final List<String> authorizations = new ArrayList<>();
  private HttpServer collector;
  private volatile int channelStatus = 426;
  private Path token;

  @BeforeEach
  void start() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/healthz",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.createContext(
        "/agent/v1/channel",
        exchange -> {
          authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body = "{\"detail\":\"this token is unknown\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(channelStatus, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    collector.start();
    Path jar = Files.createFile(folder.resolve("whorl-agent.jar"));
    token = folder.resolve("token");
    jwt("whorl", Instant.now().plusSeconds(600));
    environment.put("JAVA_TOOL_OPTIONS", "-javaagent:" + jar + " -XX:+StartAttachListener");
    environment.put("WHORL_COLLECTOR_URL", "http://127.0.0.1:" + collector.getAddress().getPort());
    environment.put("WHORL_COLLECTOR_TOKEN_FILE", token.toString());
  }

  @AfterEach
  void stop() {
    collector.stop(0);
  }

  private void jwt(String audience, Instant expires) throws IOException {
    String claims =
        "{\"sub\":\"system:serviceaccount:shop:default\",\"aud\":[\""
            + audience
            + "\"],\"exp\":"
            + expires.getEpochSecond()
            + "}";
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    Files.writeString(
        token,
        "eyJh." + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".secret-part");
  }

  private int run(String... arguments) {
    return new DoctorCommand(new PrintStream(out, true, StandardCharsets.UTF_8), environment, 17)
        .run(List.of(arguments));
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void allRight_isStatusZero_andTheTokenIsSentAndNotPrinted() {
    assertThat(run()).as(text()).isZero();

    assertThat(text())
        .containsPattern("ok +flag ")
        .containsPattern("ok +settings ")
        .containsPattern("ok +token .*system:serviceaccount:shop:default, audience whorl, until")
        .containsPattern("ok +address ")
        .containsPattern("ok +clock ")
        .containsPattern("ok +identity ")
        .doesNotContain("secret-part");
    assertThat(authorizations).hasSize(1);
    assertThat(authorizations.get(0)).startsWith("Bearer eyJh.").endsWith(".secret-part");
  }

  @Test
  void evidenceDirThatCannotBeWritten_isNamed() throws IOException {
    environment.put("WHORL_EVIDENCE_DIR", Files.createFile(folder.resolve("file")) + "/kept");

    assertThat(run()).as(text()).isZero();

    assertThat(text())
        .containsPattern("warn +folders +evidence\\.dir .*/file/kept cannot be written");
  }

  @Test
  void smallHeap_ofTheCommandAlone_isNoFailure_andIsNotTakenForTheApplications() {
    Finding finding = StartChecks.heap(0, 16L << 20);

    assertThat(finding.failed()).isFalse();
    assertThat(finding.seen()).isEqualTo("16 MiB, this command's; the application's differs");
    assertThat(finding.remedy()).contains("if the application's is as small", "28 MiB");
    assertThat(StartChecks.heap(16L << 20, 512L << 20).failed()).isTrue();
    assertThat(StartChecks.heap(0, 512L << 20).state()).isEqualTo("ok");
  }

  @Test
  void nothingIsSet_namesTheFlagAndTheAddress() {
    environment.clear();

    assertThat(run()).isEqualTo(1);

    assertThat(text())
        .contains("there is no -javaagent: with whorl-agent.jar")
        .contains("collector.url is not set: nothing is sent");
  }

  @Test
  void refusedIdentity_fails_withTheCollectorsWords() {
    channelStatus = 401;

    assertThat(run()).isEqualTo(1);

    assertThat(text()).containsPattern("fail +identity +refused: this token is unknown");
  }

  @Test
  void tokenThatExpired_orOfAnotherAudience_orThatIsMissing_fails() throws IOException {
    jwt("whorl", Instant.now().minusSeconds(60));
    assertThat(run()).isEqualTo(1);
    assertThat(text()).contains("it has expired");

    jwt("https://kubernetes.default.svc", Instant.now().plusSeconds(60));
    assertThat(run()).isEqualTo(1);
    assertThat(text()).contains("accepts the audience whorl only");

    Files.delete(token);
    assertThat(run()).isEqualTo(1);
    assertThat(text()).contains("cannot be read: NoSuchFileException");
  }

  @Test
  void tokenWithItsRole_fails_withWhatToGive() throws IOException {
    Files.writeString(token, "admin 7e1f\nagent 90ab\n");
    assertThat(run()).isEqualTo(1);
    assertThat(text()).containsPattern("fail +token +" + token + " holds characters that no token");

    environment.remove("WHORL_COLLECTOR_TOKEN_FILE");
    environment.put("WHORL_COLLECTOR_TOKEN", "agent 90ab");
    assertThat(run()).isEqualTo(1);
    assertThat(text())
        .containsPattern("fail +token +collector.token holds characters that no token has")
        .contains("give the token alone")
        .doesNotContain("90ab");
  }

  @Test
  void addressThatCannotBeRead_isNotCalledMissing() {
    environment.put("WHORL_COLLECTOR_URL", "collector:7117");

    assertThat(run()).isEqualTo(1);

    assertThat(text())
        .contains("collector.url cannot be read", "collector.url=collector:7117")
        .doesNotContain("is not set");
  }

  @Test
  void flagIsMissing_namesTheProcessId_onlyWithoutOne() {
    environment.remove("JAVA_TOOL_OPTIONS");

    assertThat(run()).isEqualTo(1);

    assertThat(text()).contains("on the application's command line, give its process id");
  }

  @Test
  void agentThatWasAttached_hasNeitherFlagNorSettings() {
    List<Finding> findings = new ArrayList<>();
    Subject attached =
        new Subject("7 shop.jar", Path.of("/"), Map.of(), List.of(), 1L << 30, true, true);

    AgentConfig config = new StartChecks(attached, findings).run(17);
    new CollectorChecks(config.collector(), attached, Instant.now(), findings).run();

    assertThat(findings).noneMatch(Finding::failed);
    assertThat(findings)
        .anySatisfy(each -> assertThat(each.seen()).contains("its settings cannot be seen"));
  }

  @Test
  void unknownNames_wrongValues_andAProxy_areWarnings() {
    environment.put("WHORL_COLECTOR_URL", "http://x");
    environment.put("WHORL_HEAP", "sometimes");
    environment.put("HTTPS_PROXY", "http://proxy:3128");
    environment.merge("JAVA_TOOL_OPTIONS", " -Dwhorl.nothing=1", String::concat);

    assertThat(run()).as(text()).isZero();

    assertThat(text())
        .contains("the variable WHORL_COLECTOR_URL is no setting")
        .contains("the property whorl.nothing is no setting")
        .contains("heap", "sometimes")
        .contains("HTTPS_PROXY is set, and the agent does not use it");
  }

  @Test
  void nothingListens_fails() {
    collector.stop(0);

    assertThat(run()).isEqualTo(1);

    assertThat(text()).containsPattern("fail +connection").contains("NetworkPolicy");
  }

  @Test
  void pid_looksAtThatJvm() {
    assertThat(run(Long.toString(ProcessHandle.current().pid()))).isEqualTo(1);

    assertThat(text()).containsPattern("(ok|fail) +agent ").doesNotContain("java.lang");
  }

  @Test
  void pidThatIsNone_andUsage() {
    assertThat(run("999999999")).isEqualTo(1);
    assertThat(text()).contains("there is no process 999999999 here");

    assertThat(run("--all")).isEqualTo(2);
    assertThat(run("--help")).isZero();
  }

  @Test
  void json_isPrinted() {
    run("--json");

    assertThat(text()).contains("\"checks\":[", "\"name\":\"flag\"");
  }
}

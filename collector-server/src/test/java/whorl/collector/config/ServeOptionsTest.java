package whorl.collector.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServeOptionsTest {
  private static final Path PEM = Path.of("x.pem");

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:7117", "localhost:0", "[::1]:65535", "127.8.9.1:1"})
  void listen_onLoopback_needsNoTls(String listen) throws Exception {
    assertThat(options(listen, null, null, null, false, 32, "3/10m").read().tls()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0:7117", "[::]:7117", "192.0.2.1:80"})
  void listen_onOtherAddresses_needsTlsOrInsecure(String listen) throws Exception {
    assertThat(problems(options(listen, null, null, null, false, 32, "3/10m")))
        .singleElement()
        .asString()
        .contains("--listen " + listen, "--tls-cert", "--insecure");
    assertThat(options(listen, null, null, null, true, 32, "3/10m").read().tls()).isNull();
    assertThat(options(listen, PEM, PEM, PEM, false, 32, "3/10m").read().tls())
        .isEqualTo(new TlsFiles(PEM, PEM, PEM));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7117", ":7117", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000"})
  void listen_withoutAddressOrPort_isReported(String listen) {
    assertThat(problems(options(listen, null, null, null, false, 32, "3/10m")))
        .singleElement()
        .asString()
        .contains("such as 127.0.0.1:7117");
  }

  @Test
  void problems_areReportedTogether() {
    assertThat(problems(options("x", PEM, null, null, false, 0, "many")))
        .hasSize(4)
        .anyMatch(problem -> problem.contains("--tls-cert and --tls-key belong together"))
        .anyMatch(problem -> problem.contains("--max-uploads 0: 1 to"))
        .anyMatch(problem -> problem.contains("--storm many: captures in a time, such as 3/10m"));
    assertThat(problems(options("localhost:1", null, null, PEM, false, 1, "3/10m")))
        .containsExactly("--client-ca needs --tls-cert and --tls-key");
  }

  private static AgentAccess access(AgentAccess.Given given, List<String> problems) {
    return given.parse(true, problems);
  }

  @Test
  void agentIssuers_haveKeysFromAPlaceOfTheirOwn() {
    List<String> problems = new ArrayList<>();
    AgentAccess access =
        access(
            new AgentAccess.Given(
                List.of(
                    "https://one.example",
                    "https://two.example/path,jwks=/keys/two.json",
                    "http://three.example,jwks=https://keys.example/k,ca=/ca.pem,token-file=/t"),
                "spiffe",
                true,
                "10GiB"),
            problems);
    assertThat(problems).isEmpty();
    assertThat(access.issuers())
        .containsExactly(
            new AgentIssuer("https://one.example", null, null, null, null),
            new AgentIssuer(
                "https://two.example/path", Path.of("/keys/two.json"), null, null, null),
            new AgentIssuer(
                "http://three.example",
                null,
                java.net.URI.create("https://keys.example/k"),
                Path.of("/ca.pem"),
                Path.of("/t")));
    assertThat(access.certificates()).isEqualTo(AgentAccess.CertificateName.SPIFFE);
    assertThat(access.sharedToken()).isFalse();
    assertThat(access.maxBytesADay()).isEqualTo(10L << 30);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "one.example",
        "https://user@one.example",
        "http://one.example",
        "https://one.example,jwks=http://one.example/keys",
        "https://one.example,keys=x",
        "https://one.example,jwks",
        "https://one.example,ca="
      })
  void agentIssuer_thatCannotBeTrusted_isReported(String issuer) {
    List<String> problems = new ArrayList<>();
    access(new AgentAccess.Given(List.of(issuer), null, false, null), problems);
    assertThat(problems).singleElement().asString().startsWith("--agent-issuer " + issuer + ": ");
  }

  @Test
  void agentOptions_thatContradict_areReported() {
    List<String> problems = new ArrayList<>();
    new AgentAccess.Given(List.of("https://a.example", "https://a.example"), "name", false, "much")
        .parse(false, problems);
    assertThat(problems)
        .hasSize(4)
        .anyMatch(problem -> problem.contains("--max-per-day much: "))
        .anyMatch(problem -> problem.contains("is given twice"))
        .anyMatch(problem -> problem.contains("needs --client-ca"))
        .anyMatch(problem -> problem.contains("spiffe or subject"));
  }

  @Test
  void storm_isCapturesPerWindow() throws Exception {
    assertThat(options("localhost:1", null, null, null, false, 1, "5/90s").read().storm())
        .isEqualTo(new StormLimit(5, Duration.ofSeconds(90)));
    assertThat(options("localhost:1", null, null, null, false, 1, "1/2h").read().storm())
        .isEqualTo(new StormLimit(1, Duration.ofHours(2)));
  }

  @ParameterizedTest
  @CsvSource({"1MiB,1048576", "64GiB,68719476736", "2TiB,2199023255552"})
  void maxArtifact_isASize(String text, long bytes) throws Exception {
    assertThat(
            options("localhost:1", null, null, null, false, 1, text, "1/2h")
                .read()
                .artifactMaxBytes())
        .isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "64", "0GiB", "-1GiB", "1KiB", "1 GiB", "99999999TiB", "1gib"})
  void maxArtifact_malformed_isReported(String text) {
    assertThat(problems(options("localhost:1", null, null, null, false, 1, text, "1/2h")))
        .singleElement()
        .asString()
        .contains("--max-artifact " + text + ":", "such as 64GiB");
  }

  @ParameterizedTest
  @CsvSource({"90s,90", "5m,300", "2h,7200", "0s,0"})
  void silence_isADuration(String text, long seconds) throws Exception {
    assertThat(silence(text).read().silence()).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "90", "-1s", "366d", "soon"})
  void silence_malformed_isReported(String text) {
    assertThat(problems(silence(text)))
        .containsExactly("--silence " + text + ": a time, such as 90s or 5m; 0s for never");
  }

  @Test
  void retain_isAgesAndSizesByClass() throws Exception {
    Retain retain =
        retain("alert=90d, failed=12h,all=3650d", "heap=500GiB,all=1TiB").read().retain();
    assertThat(retain.ages())
        .isEqualTo(
            Map.of(
                "alert", Duration.ofDays(90),
                "failed", Duration.ofHours(12),
                "all", Duration.ofDays(3650)));
    assertThat(retain.bytes()).isEqualTo(Map.of("heap", 500L << 30, "all", 1L << 40));
    assertThat(retain(null, null).read().retain()).isEqualTo(Retain.EVERYTHING);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alerts=90d|no class 'alerts'; there are alert, request, heap, failed, all",
        "|no class ''; there are",
        "alert|alert has no limit; write alert=…",
        "alert=|alert=: a number followed by h or d, such as 90d",
        "alert=90|alert=90: a number followed by h or d",
        "alert=0d|alert=0d: a number followed by h or d",
        "alert=-1d|alert=-1d: a number followed by h or d",
        "alert=1w|alert=1w: a number followed by h or d",
        "alert=1d,alert=2d|alert is there twice",
        "heap=90s|heap=90s: a number followed by h or d",
        "heap=90m|heap=90m: a number followed by h or d",
        "all=7200s|all=7200s: a number followed by h or d",
        "heap=100000d|heap=100000d: a number followed by h or d",
      })
  void retain_malformed_isReportedWithTheAllowedValues(@Nullable String text, String problem) {
    String given = text == null ? "" : text;
    assertThat(problems(retain(given, null)))
        .singleElement()
        .asString()
        .startsWith("--retain " + given + ": " + problem);
  }

  @Test
  void retainSize_malformed_isReportedWithTheAllowedValues() {
    assertThat(problems(retain(null, "heap=5GB,blob=1GiB")))
        .containsExactly(
            "--retain-size heap=5GB,blob=1GiB: heap=5GB: a number followed by MiB, GiB or TiB,"
                + " such as 64GiB",
            "--retain-size heap=5GB,blob=1GiB: no class 'blob'; there are alert, request, heap,"
                + " failed, all");
  }

  @Test
  void custodyUrl_malformed_isReportedWithoutIt() {
    for (String url : List.of("ftp://x", "nowhere", "https://user:secret@x/", "https://")) {
      List<String> problems = new ArrayList<>();
      new CustodyOptions.Given(null, url, url).parse(problems);

      assertThat(problems).hasSize(2).allMatch(problem -> !problem.contains("secret"));
      assertThat(problems.get(0)).startsWith("--checkpoint-webhook: a URL without a user");
      assertThat(problems.get(1)).startsWith("--tsa: a URL without a user");
    }
  }

  private static ServeOptions retain(@Nullable String ages, @Nullable String sizes) {
    return serve("localhost:1", null, null, null, false, 1, "1GiB", "1/2h", "90s", ages, sizes);
  }

  private static ServeOptions silence(String text) {
    return serve("localhost:1", null, null, null, false, 1, "1GiB", "1/2h", text, null, null);
  }

  private static List<String> problems(ServeOptions options) {
    ConfigException wrong = catchThrowableOfType(ConfigException.class, options::read);
    assertThat(wrong).isNotNull();
    return wrong.problems();
  }

  private static ServeOptions options(
      String listen,
      @Nullable Path cert,
      @Nullable Path key,
      @Nullable Path ca,
      boolean insecure,
      int maxUploads,
      String storm) {
    return options(listen, cert, key, ca, insecure, maxUploads, "64GiB", storm);
  }

  private static ServeOptions options(
      String listen,
      @Nullable Path cert,
      @Nullable Path key,
      @Nullable Path ca,
      boolean insecure,
      int maxUploads,
      String maxArtifact,
      String storm) {
    return serve(
        listen, cert, key, ca, insecure, maxUploads, maxArtifact, storm, "90s", null, null);
  }

  private static ServeOptions serve(
      String listen,
      @Nullable Path cert,
      @Nullable Path key,
      @Nullable Path ca,
      boolean insecure,
      int maxUploads,
      String maxArtifact,
      String storm,
      String silence,
      @Nullable String ages,
      @Nullable String sizes) {
    return new ServeOptions(
        listen,
        Path.of("data"),
        null,
        cert,
        key,
        ca,
        insecure,
        maxUploads,
        maxArtifact,
        storm,
        silence,
        ages,
        sizes,
        CustodyOptions.Given.NONE,
        RecordsOptions.NONE,
        ObjectsOptions.NONE,
        false,
        AgentAccess.Given.NONE,
        PeopleLogin.Given.NONE,
        null);
  }
}

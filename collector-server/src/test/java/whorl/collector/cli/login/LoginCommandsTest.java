package whorl.collector.cli.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.FakeCollector.Answer;
import whorl.collector.cli.oauth.FakeProvider;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.testkit.EachEngine;

/** Logins, the file that keeps them, and where their credentials go. */
@Timeout(120)
class LoginCommandsTest {
  private static final String SESSION = "{'role':'responder','name':'oidc:anna'}";
  private static final String TOKEN = "responder-token-0123456789";

  @TempDir private Path home;
  private FakeProvider provider;
  private FakeCollector collector;

  @BeforeEach
  void start() throws IOException {
    provider = new FakeProvider();
    collector =
        new FakeCollector()
            .on("GET /session", SESSION)
            .on("GET /api/v1/agents", "{'agents':[]}")
            .on(
                "GET /login/provider",
                "{'issuer':'" + provider.issuer() + "','client_id':'whorl','device':true}");
  }

  @AfterEach
  void stop() {
    provider.close();
    collector.close();
  }

  private CliRun cli() {
    return new CliRun().with("HOME", home.toString());
  }

  private Path file() {
    return home.resolve(".config/whorl/contexts.json");
  }

  /** The token with which the collector was asked for agents, each time. */
  private List<String> bearers() {
    return collector.requests.stream()
        .filter(each -> each.uri().startsWith("/api/v1/agents"))
        .map(each -> String.valueOf(each.header("Authorization")))
        .toList();
  }

  private void login(Duration life) {
    provider.tokens(FakeProvider.success("one", CliRun.NOW.plus(life)));
    CliRun cli = cli();
    assertThat(cli.run("login", "--url", collector.url())).as(cli.err()).isZero();
    assertThat(cli.err())
        .contains(provider.issuer() + "/open?code=ABCD-EFGH", "logged in to", "as oidc:anna");
  }

  private static String bearer(String name, Duration life) {
    return "Bearer " + FakeProvider.idToken(name, CliRun.NOW.plus(life));
  }

  @Test
  void login_isKeptForTheUserAlone_andUsedByFurtherCommands() throws IOException {
    login(Duration.ofHours(1));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(file().getParent())) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrder("contexts.json", "contexts.lock");
    }
    assertThat(cli().run("agents")).isZero();
    assertThat(bearers()).containsExactly(bearer("one", Duration.ofHours(1)));
  }

  @Test
  void collectorRefusesTheIdToken_theAccessTokenIsUsed() {
    collector.on(
        "GET /session",
        Answer.json(401, "{'title':'unauthorized','detail':'wrong audience'}"),
        Answer.json(200, SESSION));
    login(Duration.ofHours(1));

    assertThat(cli().run("agents")).isZero();
    assertThat(bearers()).containsExactly("Bearer access-one");
  }

  @Test
  void collectorRefusesBoth_nothingIsKept() {
    collector.on(
        "GET /session", Answer.json(403, "{'title':'no access','detail':'your groups give none'}"));
    provider.tokens(FakeProvider.success("one", CliRun.NOW.plusSeconds(600)));
    CliRun cli = cli();

    assertThat(cli.run("login", "--url", collector.url())).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("your groups give none").doesNotContain("access-one");
    assertThat(file()).content().doesNotContain("access-one");
  }

  @Test
  void expired_isRenewed_andTheRefreshTokenIsRotated() {
    login(Duration.ofSeconds(10));
    provider.tokens(
        FakeProvider.success("two", CliRun.NOW.plusSeconds(20)),
        FakeProvider.success("three", CliRun.NOW.plusSeconds(600)));

    assertThat(cli().run("agents")).isZero();
    assertThat(cli().run("agents")).isZero();
    assertThat(cli().run("agents")).isZero();

    assertThat(provider.tokenRequests().subList(1, 3))
        .satisfiesExactly(
            first -> assertThat(first).contains("refresh_token=refresh-one"),
            second -> assertThat(second).contains("refresh_token=refresh-two"));
    assertThat(provider.tokenRequests()).hasSize(3);
    assertThat(bearers())
        .containsExactly(
            bearer("two", Duration.ofSeconds(20)),
            bearer("three", Duration.ofSeconds(600)),
            bearer("three", Duration.ofSeconds(600)));
  }

  @Test
  void manyCommandsAtOnce_renewOnce() throws Exception {
    login(Duration.ofSeconds(10));
    provider.tokens(
        FakeProvider.success("two", CliRun.NOW.plusSeconds(600)),
        FakeProvider.error("invalid_grant"));

    assertThat(EachEngine.atOnce(Collections.nCopies(4, () -> cli().run("agents"))))
        .containsOnly(0);
    assertThat(provider.tokenRequests()).hasSize(2);
  }

  @Test
  void endedAtTheProvider_saysHowToLogInAgain() {
    login(Duration.ofSeconds(10));
    provider.tokens(FakeProvider.error("invalid_grant"));
    CliRun cli = cli();

    assertThat(cli.run("agents")).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("the login has ended at", "log in again: whorl login --name");
    assertThat(bearers()).isEmpty();
  }

  @Test
  void credentials_goToTheirOwnCollectorOnly() throws IOException {
    login(Duration.ofHours(1));
    try (FakeCollector other = new FakeCollector().on("GET /api/v1/agents", "{'agents':[]}")) {
      assertThat(cli().run("agents", "--url", other.url())).isZero();
      assertThat(other.requests).hasSize(1);
      assertThat(other.requests.get(0).header("Authorization")).isNull();
    }
  }

  @Test
  void tokenOfArgumentsOrEnvironment_goesBeforeTheLogin() {
    login(Duration.ofHours(1));

    assertThat(cli().run("agents", "--token", "from-arguments-0123")).isZero();
    assertThat(cli().with("WHORL_TOKEN", "from-environment-0123").run("agents")).isZero();
    assertThat(bearers())
        .containsExactly("Bearer from-arguments-0123", "Bearer from-environment-0123");
  }

  @Test
  void anotherIssuerThanBefore_isRefused_untilTheOldLoginIsForgotten() throws IOException {
    login(Duration.ofHours(1));
    try (FakeProvider other = new FakeProvider()) {
      collector.on(
          "GET /login/provider",
          "{'issuer':'" + other.issuer() + "','client_id':'whorl','device':true}");
      other.tokens(FakeProvider.success("other", CliRun.NOW.plusSeconds(600)));
      CliRun refused = cli();

      assertThat(refused.run("login", "--url", collector.url())).isEqualTo(ExitStatus.FAILED);
      assertThat(refused.err())
          .contains(provider.issuer() + " before, and now " + other.issuer(), "whorl logout ");
      assertThat(other.server.requests).isEmpty();

      provider.server.on("POST /realm/revoke", Answer.json(200, "{}"));
      assertThat(cli().run("logout")).isZero();
      assertThat(cli().run("login", "--url", collector.url())).isZero();
    }
  }

  @Test
  void logout_endsTheLoginAtTheProvider_andForgetsIt() {
    login(Duration.ofHours(1));
    provider.server.on("POST /realm/revoke", Answer.json(200, "{}"));
    CliRun cli = cli();

    assertThat(cli.run("logout")).isZero();
    assertThat(cli.err()).contains("logged out of");
    assertThat(file()).content().doesNotContain("refresh-one");
    assertThat(provider.server.requests)
        .filteredOn(each -> each.uri().equals("/realm/revoke"))
        .singleElement()
        .satisfies(each -> assertThat(each.body()).contains("token=refresh-one"));
    assertThat(cli().run("logout")).isEqualTo(ExitStatus.NOTHING_MATCHED);
  }

  @Test
  void logout_providerAway_forgetsTheLogin_andSaysThatItHasNotEnded() {
    login(Duration.ofHours(1));
    provider.close();
    CliRun cli = cli();

    assertThat(cli.run("logout")).isZero();
    assertThat(cli.err()).contains("forgotten here, but not ended at");
    assertThat(file()).content().doesNotContain("refresh-one");
  }

  @Test
  void tokenFile_contexts_andUse() throws IOException {
    Path token = Files.writeString(home.resolve("token"), TOKEN + "\n");
    try (FakeCollector other = new FakeCollector().on("GET /session", SESSION)) {
      assertThat(
              cli()
                  .run(
                      "login",
                      "--url",
                      collector.url(),
                      "--name",
                      "shop",
                      "--token-file",
                      token.toString()))
          .isZero();
      assertThat(
              cli()
                  .run(
                      "login",
                      "--url",
                      other.url(),
                      "--name",
                      "bank",
                      "--token-file",
                      token.toString()))
          .isZero();
      CliRun list = cli();
      assertThat(list.run("contexts")).isZero();
      assertThat(list.out().lines().skip(1))
          .satisfiesExactly(
              bank -> assertThat(bank).startsWith("*\tbank").contains(other.url()),
              shop -> assertThat(shop).contains("shop", collector.url(), "oidc:anna", "token"));
      assertThat(list.out()).doesNotContain(TOKEN);

      assertThat(cli().run("use", "shop")).isZero();
      assertThat(cli().run("agents")).isZero();
      assertThat(bearers()).containsExactly("Bearer " + TOKEN);
      CliRun unknown = cli();
      assertThat(unknown.run("use", "nowhere")).isEqualTo(ExitStatus.NOTHING_MATCHED);
      assertThat(unknown.err()).contains("there is no context nowhere");
      CliRun taken = cli();
      assertThat(taken.run("login", "--url", other.url(), "--name", "shop"))
          .isEqualTo(ExitStatus.WRONG_USAGE);
      assertThat(taken.err()).contains("is of another collector");
    }
  }

  @Test
  void tokenInTheArguments_isRefusedForALogin() {
    CliRun cli = cli();

    assertThat(cli.run("login", "--url", collector.url(), "--token", TOKEN))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("--token-file").doesNotContain(TOKEN);
  }

  @Test
  void noProvider_namesTheOtherWay() {
    collector.on("GET /login/provider", Answer.json(404, "{'title':'no provider'}"));
    CliRun cli = cli();

    assertThat(cli.run("login", "--url", collector.url())).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("has no identity provider", "--token-file");
  }

  @Test
  void homeThatCannotHoldTheFile_isSaidBeforeTheLogin() {
    CliRun cli = cli().with("XDG_CONFIG_HOME", "/proc/no-such-folder");

    assertThat(cli.run("login", "--url", collector.url())).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("cannot keep a login in", "set XDG_CONFIG_HOME");
    assertThat(provider.server.requests).isEmpty();
  }

  @Test
  void homeThatCannotBeRead_isSaid() throws IOException {
    Files.writeString(home.resolve(".config"), "a file where a folder is needed");
    CliRun cli = cli();

    assertThat(cli.run("contexts")).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("cannot read ", ": Not a directory", "XDG_CONFIG_HOME");
  }

  @Test
  void noHome_isSaid_andCommandsWorkWithoutLogins() {
    CliRun cli = new CliRun();

    assertThat(cli.run("login", "--url", collector.url())).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("there is no home to keep a login in");
    assertThat(new CliRun().run("agents", "--url", collector.url())).isZero();
  }

  @Test
  void xdgConfigHome_isUsed_ifItIsAbsolute() throws IOException {
    Path config = home.resolve("config");
    Path token = Files.writeString(home.resolve("token"), TOKEN);
    String[] login = {"login", "--url", collector.url(), "--token-file", token.toString()};
    assertThat(cli().with("XDG_CONFIG_HOME", config.toString()).run(login)).isZero();
    assertThat(config.resolve("whorl/contexts.json")).exists();
    assertThat(cli().with("XDG_CONFIG_HOME", "relative").run(login)).isZero();
    assertThat(file()).exists();
  }

  @Test
  void fileThatOthersCanRead_isRefused() throws IOException {
    login(Duration.ofHours(1));
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
    CliRun cli = cli();

    assertThat(cli.run("agents")).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("can be read or written by others", "chmod 600");
    assertThat(
            cli()
                .with("WHORL_TOKEN", TOKEN)
                .with("WHORL_COLLECTOR_URL", collector.url())
                .run("agents"))
        .isZero();
  }

  @Test
  void damagedFile_isNamed_andNotQuoted() throws IOException {
    login(Duration.ofHours(1));
    Files.writeString(file(), Files.readString(file()).replace('{', '['));
    CliRun cli = cli();

    assertThat(cli.run("agents")).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("is not what whorl login writes").doesNotContain("refresh-one");
  }

  @Test
  void tokensCommands_makeListAndRevoke() {
    String row =
        "'id':'0192a000-0000-7000-8000-000000000001','name':'ci','role':'viewer',"
            + "'namespaces':['shop'],'services':[],'labels':{},'maker':'oidc:anna','own':true,"
            + "'made':'2026-11-24T12:00:00Z','expires':'2027-02-22T12:00:00Z'";
    collector
        .on("POST /api/v1/tokens", Answer.json(201, "{'token':'whorl_pat_secret'," + row + "}"))
        .on("GET /api/v1/tokens", "{'tokens':[{" + row + "}]}")
        .on(
            "DELETE /api/v1/tokens/0192a000-0000-7000-8000-000000000001",
            new Answer(204, Map.of(), new byte[0], 0));
    CliRun create = new CliRun();
    assertThat(
            create.run(
                collector, "tokens", "create", "ci", "--expires", "90d", "--namespace", "shop"))
        .as(create.err())
        .isZero();
    assertThat(create.out()).isEqualTo("whorl_pat_secret\n");
    assertThat(collector.requests.get(0).body())
        .contains("\"expires\":\"2027-02-22T12:00:00Z\"", "\"namespaces\":[\"shop\"]")
        .doesNotContain("services");
    CliRun list = new CliRun();
    assertThat(list.run(collector, "tokens", "list")).isZero();
    assertThat(list.out()).contains("ci", "viewer", "namespaces shop", "2027-02-22");
    CliRun revoke = new CliRun();
    assertThat(revoke.run(collector, "tokens", "revoke", "0192a000-0000-7000-8000-000000000001"))
        .isZero();
    CliRun wrong = new CliRun();
    assertThat(wrong.run(collector, "tokens", "create", "ci", "--expires", "soon"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(wrong.err()).contains("neither days nor a date");
    CliRun nothing = new CliRun();
    assertThat(nothing.run("tokens")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(nothing.err()).contains("neither a FILE nor a command");
  }
}

package whorl.collector.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options for logins of people. */
class PeopleLoginOptionsTest {
  private static final String ISSUER = "https://login.example.org/realms/company";
  private static final Path ACCESS = Path.of("access.yaml");

  private final List<String> problems = new ArrayList<>();

  private @Nullable PeopleLogin parse(PeopleLogin.Given given) {
    return given.parse(AgentAccess.TOKENS, problems);
  }

  private static PeopleLogin.Given given(
      @Nullable String issuer, @Nullable String client, @Nullable Path access) {
    return new PeopleLogin.Given(issuer, client, null, null, null, null, null, null, null, access);
  }

  @Test
  void none_isTokensOnly() {
    assertThat(parse(PeopleLogin.Given.NONE)).isNull();
    assertThat(problems).isEmpty();
  }

  @Test
  void fewest_haveDefaults() {
    PeopleLogin login = parse(given(ISSUER, "whorl", ACCESS));

    assertThat(problems).isEmpty();
    assertThat(login.scopes()).containsExactly("openid", "profile");
    assertThat(login.groupsClaim()).isEqualTo("groups");
    assertThat(login.audiences()).containsExactly("whorl");
    assertThat(login.clientOfCli()).isEqualTo("whorl");
    assertThat(login.clients()).containsExactly("whorl");
  }

  @Test
  void all_areRead() {
    PeopleLogin login =
        parse(
            new PeopleLogin.Given(
                ISSUER,
                "whorl",
                Path.of("secret"),
                "whorl-cli",
                "openid groups",
                "roles",
                "whorl-api",
                Path.of("ca.pem"),
                "https://whorl.example.org/",
                ACCESS));

    assertThat(problems).isEmpty();
    assertThat(login.scopes()).containsExactly("openid", "groups");
    assertThat(login.audiences()).containsExactly("whorl-api", "whorl-cli");
    assertThat(login.clients()).containsExactly("whorl", "whorl-cli");
    assertThat(login.page()).hasToString("https://whorl.example.org");
  }

  @Test
  void half_isRefused_andTheOtherHalfIsNamed() {
    assertThat(parse(given(null, "whorl", null))).isNull();
    assertThat(parse(given(null, null, ACCESS))).isNull();
    assertThat(problems).hasSize(2).allMatch(each -> each.contains("need --oidc-issuer"));
    problems.clear();
    assertThat(parse(given(ISSUER, null, null))).isNull();
    assertThat(problems)
        .anyMatch(each -> each.contains("needs --oidc-client"))
        .anyMatch(each -> each.contains("needs --access"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://login.example.org|only https is safe",
        "login.example.org|is a URL as the provider's tokens name it",
        "https://user:secret@login.example.org|is a URL",
        "https://login.example.org?a=b|is a URL",
        "ftp://login.example.org|is a URL",
      })
  void unsafeIssuer_isRefused(String issuer, String problem) {
    assertThat(parse(given(issuer, "whorl", ACCESS))).isNull();
    assertThat(problems).singleElement().asString().contains(problem);
  }

  @Test
  void loopback_needsNoTls() {
    assertThat(parse(given("http://127.0.0.1:8080/realms/x", "whorl", ACCESS))).isNotNull();
  }

  @Test
  void issuerOfAgents_isRefused() {
    AgentAccess agents =
        new AgentAccess(List.of(new AgentIssuer(ISSUER, null, null, null, null)), null, true, null);

    assertThat(given(ISSUER, "whorl", ACCESS).parse(agents, problems)).isNull();
    assertThat(problems).singleElement().asString().contains("either a person's or an agent's");
  }

  @Test
  void malformedWords_areRefused() {
    PeopleLogin.Given given =
        new PeopleLogin.Given(
            ISSUER, "a b", null, "c\nd", "profile", "", null, null, "https://x/path", ACCESS);

    assertThat(parse(given)).isNull();
    assertThat(problems)
        .anyMatch(each -> each.startsWith("--oidc-client"))
        .anyMatch(each -> each.startsWith("--oidc-cli-client"))
        .anyMatch(each -> each.startsWith("--oidc-groups-claim"))
        .anyMatch(each -> each.startsWith("--oidc-scopes: openid is one of them"))
        .anyMatch(each -> each.startsWith("--oidc-page"));
  }
}

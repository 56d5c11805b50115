package whorl.collector.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How people log in: with an OpenID Connect provider, which says in which groups they are.
 *
 * @param issuer exactly as its tokens name it
 * @param clientId the client that the provider has for this collector
 * @param secretFile a file with the client's secret; null for a public client
 * @param cliClientId the public client for the command line; null if it is the same
 * @param scopes what is asked for at a login
 * @param groupsClaim the claim with the groups; dots lead into objects
 * @param audience what tokens for the API must name; the CLI's client is accepted too
 * @param ca the authority of the provider's certificate; null for the platform's
 * @param page the address at which people open the page; null if it is as their browsers say
 * @param accessFile what groups may do
 */
public record PeopleLogin(
    String issuer,
    String clientId,
    @Nullable Path secretFile,
    @Nullable String cliClientId,
    List<String> scopes,
    String groupsClaim,
    String audience,
    @Nullable Path ca,
    @Nullable URI page,
    Path accessFile) {
  private static final Pattern WORD = Pattern.compile("[\\x21-\\x7e&&[^\"\\\\]]{1,255}");

  public PeopleLogin {
    scopes = List.copyOf(scopes);
  }

  /** The client with which the command line logs in. */
  public String clientOfCli() {
    return cliClientId == null ? clientId : cliClientId;
  }

  /** The clients of the provider whose tokens are accepted. */
  public Set<String> clients() {
    Set<String> clients = new LinkedHashSet<>();
    clients.add(clientId);
    clients.add(clientOfCli());
    return clients;
  }

  /** What tokens for the API may name as their audience. */
  public Set<String> audiences() {
    Set<String> audiences = new LinkedHashSet<>();
    audiences.add(audience);
    if (cliClientId != null) {
      audiences.add(cliClientId);
    }
    return audiences;
  }

  /**
   * The options as they are given; null for those that are not.
   *
   * @param scopes separated by blanks
   */
  public record Given(
      @Nullable String issuer,
      @Nullable String clientId,
      @Nullable Path secretFile,
      @Nullable String cliClientId,
      @Nullable String scopes,
      @Nullable String groupsClaim,
      @Nullable String audience,
      @Nullable Path ca,
      @Nullable String page,
      @Nullable Path accessFile) {
    /** The scopes that are asked for without {@code --oidc-scopes}. */
    public static final String SCOPES = "openid profile";

    /** The claim of the groups without {@code --oidc-groups-claim}. */
    public static final String GROUPS_CLAIM = "groups";

    /** None is given. */
    public static final Given NONE =
        new Given(null, null, null, null, null, null, null, null, null, null);

    /** Null if people have tokens of the tokens file only, or if there are problems. */
    @Nullable PeopleLogin parse(AgentAccess agents, List<String> problems) {
      if (issuer == null) {
        if (accessFile != null
            || clientId != null
            || secretFile != null
            || cliClientId != null
            || audience != null
            || page != null
            || ca != null) {
          problems.add(
              "--access and the options that begin with --oidc need --oidc-issuer, the provider"
                  + " with which people log in");
        }
        return null;
      }
      int before = problems.size();
      checkIssuer(issuer, agents, problems);
      if (clientId == null) {
        problems.add("--oidc-issuer needs --oidc-client, the id that the provider has for Whorl");
      }
      if (accessFile == null) {
        problems.add("--oidc-issuer needs --access, a file that says what groups may do");
      }
      checkWord("--oidc-client", clientId, problems);
      checkWord("--oidc-cli-client", cliClientId, problems);
      checkWord("--oidc-audience", audience, problems);
      checkWord("--oidc-groups-claim", groupsClaim, problems);
      List<String> asked = scopes(problems);
      URI address = address(problems);
      if (problems.size() > before || clientId == null || accessFile == null) {
        return null;
      }
      return new PeopleLogin(
          issuer,
          clientId,
          secretFile,
          clientId.equals(cliClientId) ? null : cliClientId,
          asked,
          groupsClaim == null ? GROUPS_CLAIM : groupsClaim,
          audience == null ? clientId : audience,
          ca,
          address,
          accessFile);
    }

    private static void checkIssuer(String issuer, AgentAccess agents, List<String> problems) {
      URI url = AgentIssuer.url(issuer);
      if (url == null || url.getRawQuery() != null || url.getRawFragment() != null) {
        problems.add(
            "--oidc-issuer "
                + issuer
                + ": is a URL as the provider's tokens name it, such as"
                + " https://login.example.org/realms/company");
      } else if (!AgentIssuer.isSafe(url)) {
        problems.add(
            "--oidc-issuer "
                + issuer
                + ": only https is safe, except at a loopback address: who answers there decides"
                + " who may do what");
      }
      if (agents.issuers().stream().anyMatch(each -> each.issuer().equals(issuer))) {
        problems.add(
            "--oidc-issuer "
                + issuer
                + ": is an --agent-issuer too; a token must be either a person's or an agent's");
      }
    }

    private static void checkWord(String option, @Nullable String value, List<String> problems) {
      if (value != null && !WORD.matcher(value).matches()) {
        problems.add(option + " " + value + ": 1 to 255 printable ASCII characters, no blanks");
      }
    }

    private List<String> scopes(List<String> problems) {
      List<String> asked = new ArrayList<>();
      for (String scope : (scopes == null ? SCOPES : scopes).strip().split("[\\s,]+")) {
        checkWord("--oidc-scopes", scope, problems);
        asked.add(scope);
      }
      if (!asked.contains("openid")) {
        problems.add("--oidc-scopes: openid is one of them; without it this is no OpenID Connect");
      }
      return asked;
    }

    private @Nullable URI address(List<String> problems) {
      if (page == null) {
        return null;
      }
      URI url = AgentIssuer.url(page);
      if (url == null
          || !AgentIssuer.isSafe(url)
          || url.getRawQuery() != null
          || url.getRawFragment() != null
          || !(url.getRawPath().isEmpty() || url.getRawPath().equals("/"))) {
        problems.add(
            "--oidc-page "
                + page
                + ": is the https address at which people open the page, without a path, such as"
                + " https://whorl.example.org");
        return null;
      }
      return URI.create(page.replaceAll("/+$", ""));
    }
  }
}

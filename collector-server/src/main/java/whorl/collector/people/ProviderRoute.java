package whorl.collector.people;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.PeopleLogin;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Route;

/**
 * {@code GET /login/provider}: what the page and the command line must know before a login. Open,
 * and without any secret.
 */
public final class ProviderRoute {
  static final String PATH = "/login/provider";

  private final @Nullable PeopleLogin login;
  private final @Nullable Provider provider;

  private ProviderRoute(@Nullable PeopleLogin login, @Nullable Provider provider) {
    this.login = login;
    this.provider = provider;
  }

  static ProviderRoute of(PeopleLogin login, Provider provider) {
    return new ProviderRoute(login, provider);
  }

  /** Answers that there is no provider. */
  public static List<Route> none() {
    return new ProviderRoute(null, null).routes();
  }

  /**
   * The provider.
   *
   * @param clientId for the command line
   * @param device true if the command line can log in by device code
   * @param scopes that a login asks for
   * @param logout where a browser ends its session at the provider
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record View(
      String issuer,
      @JsonProperty("client_id") String clientId,
      boolean device,
      List<String> scopes,
      @Nullable String logout) {}

  List<Route> routes() {
    return List.of(Route.open("GET", PATH, this::answer));
  }

  private Response answer(Request request) {
    PeopleLogin settings = login;
    if (settings == null || provider == null) {
      if ("true".equals(request.query("optional"))) {
        return Response.empty(204); // a browser would show a 404 as an error of the page
      }
      throw new ProblemException(
          404,
          "no provider",
          "people log in here with tokens of the tokens file only; serve --oidc-issuer names a"
              + " provider");
    }
    Provider.Endpoints endpoints = provider.endpoints();
    // a client with a secret cannot be the command line's, which could not keep it
    boolean isPublic = settings.secretFile() == null || settings.cliClientId() != null;
    URI logout = endpoints == null ? null : endpoints.endSession();
    return Response.json(
            200,
            new View(
                settings.issuer(),
                settings.clientOfCli(),
                isPublic && (endpoints == null || endpoints.device()),
                settings.scopes(),
                logout == null ? null : logout.toString()))
        .with("Cache-Control", "no-cache");
  }
}

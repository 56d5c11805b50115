package whorl.collector.people;

import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.config.PeopleLogin;
import whorl.collector.http.auth.LoginLimit;
import whorl.collector.http.auth.SessionOpener;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Route;
import whorl.collector.identity.keys.Refusal;
import whorl.collector.identity.keys.RefusedException;
import whorl.collector.people.PeopleCounters.LoginResult;
import whorl.collector.store.access.UsedOnceLedger;
import whorl.evidence.Text;

/**
 * {@code /login} and {@code /login/callback}: the login of a browser with the identity provider, by
 * authorization code with PKCE. Both answer with pages, because people see them.
 */
final class LoginRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(LoginRoutes.class);
  private static final String LOGIN = "/login";
  private static final String CALLBACK = "/login/callback";
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9.-]{1,253}|\\[[0-9a-fA-F:.]{2,45}])(:[0-9]{1,5})?");

  private final PeopleLogin login;
  private final Provider provider;
  private final CodeExchange exchange;
  private final PersonTokens tokens;
  private final People people;
  private final SessionOpener sessions;
  private final LoginLimit limit;
  private final UsedOnceLedger usedOnce;
  private final InstantSource clock;
  private final PeopleCounters counters;

  LoginRoutes(
      PeopleLogin login,
      Provider provider,
      PersonTokens tokens,
      People people,
      SessionOpener sessions,
      LoginLimit limit,
      UsedOnceLedger usedOnce,
      InstantSource clock,
      PeopleCounters counters) {
    this.login = login;
    this.provider = provider;
    this.exchange = new CodeExchange(login, provider);
    this.tokens = tokens;
    this.people = people;
    this.sessions = sessions;
    this.limit = limit;
    this.usedOnce = usedOnce;
    this.clock = clock;
    this.counters = counters;
  }

  List<Route> routes() {
    // one byte of a body: with those routes that wait, not with those that answer health checks
    return List.of(
        Route.open("GET", LOGIN, request -> page(request, this::start)),
        new Route("GET", CALLBACK, null, false, 1, request -> page(request, this::finish)));
  }

  private interface Step {
    Response take(Request request) throws IOException, LoginFailure;
  }

  /** Answers a failure with a page, and counts it. */
  private Response page(Request request, Step step) throws IOException {
    try {
      return step.take(request);
    } catch (LoginFailure failure) {
      counters.login(failure.result());
      LOG.info("login from {} failed: {}", request.remoteAddress(), failure.getMessage());
      return LoginPages.failure(failure.status(), String.valueOf(failure.getMessage()));
    }
  }

  private Response start(Request request) throws LoginFailure {
    Provider.Endpoints endpoints = endpoints();
    String page = pageAddress(request);
    LoginState state = LoginState.begin(request.query("return"), page + CALLBACK, clock.instant());
    URI address =
        new AuthenticationRequest.Builder(
                ResponseType.CODE,
                new Scope(login.scopes().toArray(new String[0])),
                new ClientID(login.clientId()),
                URI.create(state.callback()))
            .endpointURI(endpoints.authorization())
            .state(new State(state.state()))
            .nonce(new Nonce(state.nonce()))
            .codeChallenge(new CodeVerifier(state.verifier()), CodeChallengeMethod.S256)
            .build()
            .toURI();
    counters.login(LoginResult.STARTED);
    return LoginPages.redirect(address.toString()).with("Set-Cookie", state.cookie(isSecure(page)));
  }

  private Response finish(Request request) throws IOException, LoginFailure {
    LoginState state =
        LoginState.ofCookie(request.header("Cookie"), isSecure(pageAddress(request)));
    if (state == null
        || !state.hasState(request.query("state"))
        || state.hasEnded(clock.instant())) {
      failed(request);
      throw new LoginFailure(
          LoginResult.STATE,
          400,
          "This is not the answer to a login that this browser began, or the login took longer than "
              + LoginState.LIVES.toMinutes()
              + " minutes, or another one began since. Log in again.");
    }
    Provider.Endpoints endpoints = endpoints();
    String code = code(request, endpoints);
    Principal principal;
    PersonTokens.LoggedIn loggedIn;
    try {
      loggedIn = tokens.verifyLogin(exchange.idToken(code, state, endpoints), state.nonce());
      principal = people.principal(loggedIn.person());
    } catch (RefusedException refused) {
      counters.refused(refused.refusal());
      failed(request);
      throw refused(refused);
    } catch (ProblemException nothing) {
      throw new LoginFailure(
          LoginResult.NO_ACCESS, nothing.status(), sentence(nothing.getMessage()));
    } catch (LoginFailure failure) {
      if (failure.result() == LoginResult.REFUSED) {
        failed(request);
      }
      throw failure;
    }
    if (!usedOnce.use(state.used(), LoginState.LIVES.multipliedBy(2))) {
      failed(request);
      throw new LoginFailure(
          LoginResult.STATE, 400, "This login was finished before. Log in again.");
    }
    String cookie = sessions.open(request, principal, loggedIn.session());
    counters.login(LoginResult.DONE);
    LOG.info("{} logged in from {}", principal.name(), request.remoteAddress());
    return LoginPages.redirect(state.returnTo()).with("Set-Cookie", cookie);
  }

  /** The code in the provider's answer. */
  private String code(Request request, Provider.Endpoints endpoints) throws LoginFailure {
    String named = request.query("iss");
    if (named == null ? endpoints.namesItself() : !named.equals(login.issuer())) {
      throw new LoginFailure(
          LoginResult.REFUSED, 400, "Another provider answered to this login (iss). Log in again.");
    }
    String error = request.query("error");
    if (error != null) {
      throw denied(error, request.query("error_description"));
    }
    String code = request.query("code");
    if (code == null || code.isEmpty()) {
      throw new LoginFailure(
          LoginResult.REFUSED, 400, "The identity provider answered without a code. Log in again.");
    }
    return code;
  }

  private static LoginFailure denied(String error, @Nullable String description) {
    if (error.equals("access_denied")) {
      return new LoginFailure(
          LoginResult.DENIED, 403, "You turned back at the identity provider, or it refused you.");
    }
    return new LoginFailure(
        LoginResult.DENIED,
        error.equals("temporarily_unavailable") || error.equals("server_error") ? 503 : 400,
        "The identity provider refused the login: "
            + Text.shortened(error)
            + (description == null ? "" : " (" + Text.shortened(description) + ")")
            + ". Log in again, or ask who runs it.");
  }

  private static LoginFailure refused(RefusedException refused) {
    if (refused.refusal() == Refusal.KEYS_AWAY) {
      return new LoginFailure(
          LoginResult.AWAY,
          503,
          "The answer of the identity provider cannot be verified now: "
              + refused.getMessage()
              + ". Log in again in a moment.");
    }
    return new LoginFailure(
        LoginResult.REFUSED,
        400,
        "The answer of the identity provider is not accepted: "
            + refused.getMessage()
            + ". Log in again; if that does not help, ask who runs this collector.");
  }

  /** Counts a failure of this network. */
  private void failed(Request request) throws IOException, LoginFailure {
    try {
      limit.failed(request.remoteAddress());
    } catch (ProblemException tooMany) {
      throw new LoginFailure(LoginResult.LIMITED, tooMany.status(), sentence(tooMany.getMessage()));
    }
  }

  private static String sentence(@Nullable String detail) {
    String text = String.valueOf(detail);
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
  }

  private Provider.Endpoints endpoints() throws LoginFailure {
    Provider.Endpoints endpoints = provider.endpoints();
    if (endpoints == null) {
      throw CodeExchange.away();
    }
    return endpoints;
  }

  /**
   * The address of the page, as the browser knows it. A forged {@code Host} leads nowhere: the
   * provider sends browsers only to addresses that it has for this client.
   */
  private String pageAddress(Request request) throws LoginFailure {
    URI page = login.page();
    if (page != null) {
      return page.toString();
    }
    String host = request.header("Host");
    if (host == null || !HOST.matcher(host).matches()) {
      throw new LoginFailure(
          LoginResult.STATE, 400, "The browser names no host. Open the page by its address.");
    }
    return (sessions.secure() ? "https://" : "http://") + host;
  }

  private static boolean isSecure(String page) {
    return page.startsWith("https:");
  }
}

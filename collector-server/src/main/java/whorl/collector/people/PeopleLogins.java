package whorl.collector.people;

import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.PeopleLogin;
import whorl.collector.http.auth.PageAccess;
import whorl.collector.http.auth.PeopleIdentification;
import whorl.collector.http.auth.SessionOpener;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Route;
import whorl.collector.store.access.UsedOnceLedger;

/** The parts of this package, connected. */
public final class PeopleLogins {
  private final SessionOpener sessions;
  private final AccessFile access;
  private final Provider provider;
  private final People people;
  private final List<Route> routes;
  private final PeopleCounters counters;

  private PeopleLogins(
      SessionOpener sessions,
      AccessFile access,
      Provider provider,
      People people,
      List<Route> routes,
      PeopleCounters counters) {
    this.sessions = sessions;
    this.access = access;
    this.provider = provider;
    this.people = people;
    this.routes = routes;
    this.counters = counters;
  }

  /**
   * Reads the access file. Does not wait for the provider, which {@link #readIfDue} asks.
   *
   * @param tls true if the collector itself uses TLS
   * @param clock the same for all collectors
   * @param nanos as {@link System#nanoTime}
   * @throws IOException naming what is wrong with the access file
   */
  public static PeopleLogins open(
      PeopleLogin login,
      boolean tls,
      PageAccess page,
      UsedOnceLedger usedOnce,
      InstantSource clock,
      LongSupplier nanos,
      PeopleCounters counters)
      throws IOException {
    AccessFile access = AccessFile.open(login.accessFile());
    Provider provider = new Provider(login, nanos, counters.keys);
    PersonTokens tokens = new PersonTokens(login, provider.keys(), clock, counters);
    People people = new People(login.issuer(), tokens, access, counters);
    URI address = login.page();
    boolean secure = address == null ? tls : "https".equals(address.getScheme());
    SessionOpener sessions = new SessionOpener(page, secure);
    List<Route> routes = new ArrayList<>(ProviderRoute.of(login, provider).routes());
    routes.addAll(
        new LoginRoutes(
                login, provider, tokens, people, sessions, page.logins(), usedOnce, clock, counters)
            .routes());
    routes.addAll(
        new BackchannelRoute(
                login.issuer(), tokens, sessions, usedOnce, page.logins(), clock, counters)
            .routes());
    return new PeopleLogins(sessions, access, provider, people, List.copyOf(routes), counters);
  }

  /** Asks the provider if it is time to; to be called all the time by one thread. */
  public void readIfDue() {
    provider.readIfDue();
  }

  /**
   * Reads the access file again.
   *
   * @return true if it has changed
   * @throws IOException if it is wrong; what it said before stays valid
   */
  public boolean reload() throws IOException {
    try {
      return access.reload();
    } catch (IOException e) {
      counters.accessFailures.increment();
      throw e;
    }
  }

  /** Why people may not be able to log in, in a sentence; null if they are. */
  public @Nullable String providerProblem() {
    return provider.problem();
  }

  /** Why the newest access file is not used, in a sentence; null if it is. */
  public @Nullable String accessProblem() {
    return access.problem();
  }

  /** What somebody in these groups may do now. */
  public Access accessOf(Collection<String> groups) {
    return access.rules().of(groups);
  }

  /** From now on, this one learns of logins. */
  public void setListener(SessionOpener.Listener listener) {
    sessions.setListener(listener);
  }

  /** The number of groups that may do something. */
  public int groups() {
    return access.groups();
  }

  public PeopleIdentification identification() {
    return people;
  }

  public List<Route> routes() {
    return routes;
  }
}

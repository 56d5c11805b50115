package whorl.collector.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.PeopleLogin;
import whorl.collector.http.auth.LocalLoginLimit;
import whorl.collector.http.auth.PageAccess;
import whorl.collector.http.auth.SessionOpener;
import whorl.collector.http.auth.Sessions;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Response;
import whorl.collector.store.access.UsedOnceLedger;
import whorl.collector.store.limits.LedgerTime;
import whorl.collector.testkit.FakeProvider;
import whorl.collector.testkit.TestDatabase;
import whorl.collector.testkit.TestIssuer;

/** Logouts of the provider, while sessions cannot be ended. */
class BackchannelRouteTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir Path root;
  private FakeProvider issuer;
  private TestDatabase database;
  private boolean away;
  private int ended;
  private BackchannelRoute route;

  @BeforeEach
  void start() throws IOException {
    issuer = FakeProvider.start();
    database = TestDatabase.create(TestDatabase.Engine.SQLITE, root);
    var open = database.open();
    PeopleCounters counters = new PeopleCounters();
    PeopleLogin login =
        new PeopleLogin(
            issuer.url(),
            FakeProvider.CLIENT,
            null,
            null,
            List.of("openid"),
            "groups",
            FakeProvider.CLIENT,
            null,
            null,
            Path.of("unused"));
    Provider provider = new Provider(login, System::nanoTime, counters.keys);
    provider.readIfDue();
    LocalLoginLimit limit = new LocalLoginLimit(System::nanoTime);
    route =
        new BackchannelRoute(
            login.issuer(),
            new PersonTokens(login, provider.keys(), () -> NOW, counters),
            new SessionOpener(new PageAccess(new Ended(), limit, null), true),
            new UsedOnceLedger(open, LedgerTime.of(open)),
            limit,
            () -> NOW,
            counters);
  }

  @AfterEach
  void stop() throws IOException {
    issuer.close();
    database.close();
  }

  /** Sessions that are only ended. */
  private final class Ended implements Sessions {
    @Override
    public Opened open(Principal principal, @Nullable String providerSession) {
      throw new AssertionError("nobody logs in");
    }

    @Override
    public @Nullable Session use(String id) {
      return null;
    }

    @Override
    public void end(String id) {}

    @Override
    public int endOf(String issuer, @Nullable String subject, @Nullable String providerSession)
        throws IOException {
      if (away) {
        throw new IOException("the database is away");
      }
      ended++;
      return 1;
    }

    @Override
    public int size() {
      return 0;
    }
  }

  private Response logout(String token) throws IOException {
    return FakeRequest.post("/login/backchannel", "logout_token=" + token)
        .with("Content-Type", "application/x-www-form-urlencoded")
        .to(route.routes());
  }

  @Test
  void logout_whileSessionsCannotBeEnded_isAcceptedWhenTheProviderSendsItAgain_once()
      throws IOException {
    String token = TestIssuer.signed(issuer.logout("1a", NOW).build(), issuer.key("k1"));
    away = true;
    assertThatThrownBy(() -> logout(token)).hasMessage("the database is away");

    away = false;
    assertThat(logout(token).status()).isEqualTo(200);
    assertThat(ended).isEqualTo(1);

    assertThat(logout(token).status()).isEqualTo(400);
    assertThat(ended).isEqualTo(1);
  }
}

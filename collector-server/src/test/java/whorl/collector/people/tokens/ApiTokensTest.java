package whorl.collector.people.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.http.auth.ApiTokenText;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.ApiToken;
import whorl.collector.store.access.ApiTokenLedger;
import whorl.collector.store.access.Part;
import whorl.collector.store.database.Database;
import whorl.collector.testkit.CountingDatabase;
import whorl.collector.testkit.EachEngine;
import whorl.evidence.Id;

class ApiTokensTest extends EachEngine {
  private static final String ADDRESS = "192.0.2.7";
  private static final Part SHOP = new Part(Set.of("shop"), Set.of(), Map.of());
  private static final Part BANK = new Part(Set.of("bank"), Set.of(), Map.of());
  private static final Principal ADMIN = new Principal(Role.ADMIN, "admin-01234567");
  private static final Principal VIEWER = new Principal(Role.VIEWER, "viewer-01234567");

  private final Changes changes = new Changes();
  private final TokenCounters counters = new TokenCounters();

  /** What members of each group may do. */
  private final Map<String, Grant> groups = new HashMap<>();

  /** The groups of each person. */
  private final Map<String, Set<String>> people = new HashMap<>();

  private CountingDatabase records;
  private ApiTokens here;
  private ApiTokens there;

  @BeforeEach
  void open() {
    records = new CountingDatabase(one);
    here = at(records);
    there = at(other);
    groups.put("shop", new Grant(Role.RESPONDER, SHOP));
    groups.put("all", new Grant(Role.ADMIN, Part.EVERYTHING));
    people.put("oidc:anna", Set.of("shop"));
    people.put("oidc:bert", Set.of("shop"));
  }

  private ApiTokens at(Database database) {
    return new ApiTokens(
        new ApiTokenLedger(database, ledgerTime, ApiTokens.MAX_PER_PERSON, ApiTokens.MAX),
        new Makers(
            principal -> maker(principal.name()),
            of -> new Access(of.stream().map(groups::get).filter(Objects::nonNull).toList())),
        changes,
        new SecureRandom(),
        time,
        time,
        counters);
  }

  private ApiToken.@Nullable Maker maker(String name) {
    Set<String> of = people.get(name);
    return of == null ? null : new ApiToken.Maker("issuer " + name, name, null, of);
  }

  private Principal person(String name) {
    Access access =
        new Access(people.get(name).stream().map(groups::get).filter(Objects::nonNull).toList());
    return new Principal(Objects.requireNonNull(access.highest()), name, null, access);
  }

  private ApiTokens.Made make(Principal by, Role role, Part part) throws IOException {
    return here.make(
        new TokenOrder("ci", role, part, time.instant().plus(Duration.ofDays(30))), by, ADDRESS);
  }

  private static @Nullable Principal use(ApiTokens at, ApiTokens.Made made) throws IOException {
    return at.byToken(made.text(), principal -> true, ADDRESS);
  }

  @Test
  void token_isValidAtAllCollectors_andNamesPersonAndToken() throws IOException {
    ApiTokens.Made made = make(person("oidc:anna"), Role.VIEWER, Part.EVERYTHING);

    for (ApiTokens at : List.of(here, there)) {
      assertThat(use(at, made))
          .isEqualTo(
              new Principal(
                  Role.VIEWER,
                  "oidc:anna (token " + made.token().id() + ")",
                  null,
                  new Access(List.of(new Grant(Role.VIEWER, SHOP)))));
    }
    assertThat(Objects.requireNonNull(use(here, made)).quotaOwner()).isEqualTo("oidc:anna");
    assertThat(changes.all).containsExactly("made " + made.token().id() + " by oidc:anna");
  }

  @Test
  void records_haveNoToken() throws IOException {
    ApiTokens.Made made = make(ADMIN, Role.VIEWER, Part.EVERYTHING);

    assertThat(
            one.query(
                "SELECT id, digest, maker, token FROM api_tokens",
                row -> row.getString(1) + row.getString(2) + row.getString(3) + row.getString(4)))
        .singleElement()
        .asString()
        .contains(made.text().digest().hex())
        .doesNotContain(made.text().value().substring(10));
  }

  @Test
  void revoked_endsHereAtOnce_andElsewhereWithinTwoSeconds() throws IOException {
    ApiTokens.Made made = make(person("oidc:anna"), Role.VIEWER, Part.EVERYTHING);
    assertThat(use(here, made)).isNotNull();
    assertThat(use(there, made)).isNotNull();

    assertThat(here.revoke(made.token().id(), person("oidc:anna"), ADDRESS)).isTrue();

    assertThat(use(here, made)).isNull();
    time.pass(SeenTokens.BELIEVED);
    assertThat(use(there, made)).isNull();
    assertThat(here.list(person("oidc:anna"), null, 10)).isEmpty();
    assertThat(changes.all).endsWith("revoked " + made.token().id() + " by oidc:anna");
  }

  @Test
  void custodyCannotBeWritten_noTokenIsMade_butOneIsRevoked() throws IOException {
    ApiTokens.Made made = make(ADMIN, Role.VIEWER, Part.EVERYTHING);
    changes.failure = new IOException("no room");

    assertThatThrownBy(() -> make(ADMIN, Role.VIEWER, Part.EVERYTHING)).hasMessage("no room");
    assertThat(here.list(ADMIN, null, 10)).hasSize(1);
    assertThatThrownBy(() -> here.revoke(made.token().id(), ADMIN, ADDRESS)).hasMessage("no room");
    assertThat(use(here, made)).isNull();

    changes.failure = null;
    assertThat(here.revoke(made.token().id(), ADMIN, ADDRESS)).isTrue();
    assertThat(changes.all).endsWith("revoked " + made.token().id() + " by admin-01234567");
  }

  @Test
  void expired_endsToTheMillisecond_andStaysInTheListForAWeek() throws IOException {
    Duration life = Duration.ofDays(1);
    ApiTokens.Made made =
        here.make(
            new TokenOrder("ci", Role.VIEWER, Part.EVERYTHING, time.instant().plus(life)),
            ADMIN,
            ADDRESS);
    time.pass(life.minusMillis(1));
    assertThat(use(here, made)).isNotNull();
    time.pass(Duration.ofMillis(1));
    assertThat(use(here, made)).isNull();
    assertThat(use(there, made)).isNull();

    here.forget();
    assertThat(here.list(ADMIN, null, 10)).hasSize(1);
    time.pass(Duration.ofDays(7));
    here.forget();
    assertThat(here.list(ADMIN, null, 10)).isEmpty();
  }

  @Test
  void makerHasLess_tokenHasLess_atTheNextUse() throws IOException {
    ApiTokens.Made made = make(person("oidc:anna"), Role.RESPONDER, Part.EVERYTHING);

    groups.put("shop", new Grant(Role.VIEWER, BANK));
    assertThat(Objects.requireNonNull(use(here, made)).access().grants())
        .containsExactly(new Grant(Role.VIEWER, BANK));

    groups.remove("shop");
    assertThatThrownBy(() -> use(here, made))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("may do nothing of it any more");
    assertThat(counters.powerless()).isEqualTo(1);
  }

  @Test
  void makerHasMore_tokenStaysWithinItsPart() throws IOException {
    ApiTokens.Made made = make(person("oidc:anna"), Role.VIEWER, SHOP);
    groups.put("shop", new Grant(Role.ADMIN, Part.EVERYTHING));

    assertThat(Objects.requireNonNull(use(here, made)).access().grants())
        .containsExactly(new Grant(Role.VIEWER, SHOP));
  }

  @Test
  void tokenOfAnotherPart_thanTheMakersNow_givesNothing_andNotEverything() throws IOException {
    ApiTokens.Made made = make(person("oidc:anna"), Role.VIEWER, SHOP);
    groups.put("shop", new Grant(Role.ADMIN, BANK));

    assertThatThrownBy(() -> use(here, made)).isInstanceOf(ProblemException.class);
  }

  @Test
  void groupsOfALaterLogin_replaceThoseOfTheMaking() throws IOException {
    ApiTokens.Made made = make(person("oidc:anna"), Role.RESPONDER, Part.EVERYTHING);
    ApiTokens.Made bert = make(person("oidc:bert"), Role.VIEWER, Part.EVERYTHING);
    assertThat(use(here, made)).isNotNull();

    here.loggedIn(new ApiToken.Maker("issuer oidc:anna", "oidc:anna", null, Set.of("left")));

    assertThatThrownBy(() -> use(here, made)).isInstanceOf(ProblemException.class);
    assertThat(use(here, bert)).isNotNull();
  }

  @Test
  void tokenOfTheTokensFile_leavesTheFile_itsApiTokensEnd() throws IOException {
    ApiTokens.Made made = make(VIEWER, Role.ADMIN, SHOP);

    assertThat(
            Objects.requireNonNull(here.byToken(made.text(), VIEWER::equals, ADDRESS))
                .access()
                .grants())
        .containsExactly(new Grant(Role.VIEWER, SHOP));
    assertThatThrownBy(() -> here.byToken(made.text(), principal -> false, ADDRESS))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("may do nothing of it any more");
  }

  @Test
  void eachSeesAndRevokesItsOwn_anAdminOfEverythingAll() throws IOException {
    people.put("oidc:boss", Set.of("all"));
    people.put("oidc:chief", Set.of("shop-admin"));
    groups.put("shop-admin", new Grant(Role.ADMIN, SHOP));
    Id anna = make(person("oidc:anna"), Role.VIEWER, Part.EVERYTHING).token().id();
    time.pass(Duration.ofSeconds(1));
    Id bert = make(person("oidc:bert"), Role.VIEWER, Part.EVERYTHING).token().id();

    assertThat(ids(here.list(person("oidc:anna"), null, 10))).containsExactly(anna);
    assertThat(ids(here.list(person("oidc:boss"), null, 10))).containsExactly(bert, anna);
    assertThat(ids(here.list(person("oidc:boss"), bert.value(), 10))).containsExactly(anna);
    assertThat(ids(here.list(person("oidc:chief"), null, 10))).isEmpty();
    assertThat(here.revoke(bert, person("oidc:anna"), ADDRESS)).isFalse();
    assertThat(here.revoke(bert, person("oidc:chief"), ADDRESS)).isFalse();
    assertThat(here.revoke(bert, person("oidc:boss"), ADDRESS)).isTrue();
  }

  private static List<Id> ids(List<ApiToken> tokens) {
    return tokens.stream().map(ApiToken::id).toList();
  }

  @Test
  void nobodyHasMoreThanFifty_butExpiredOnesDoNotCount() throws IOException {
    for (int i = 0; i < ApiTokens.MAX_PER_PERSON; i++) {
      here.make(
          new TokenOrder("ci", Role.VIEWER, SHOP, time.instant().plus(Duration.ofDays(1))),
          ADMIN,
          ADDRESS);
    }
    assertThatThrownBy(() -> make(ADMIN, Role.VIEWER, SHOP))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("50")
        .hasMessageContaining("revoke some");
    make(VIEWER, Role.VIEWER, SHOP);

    time.pass(Duration.ofDays(2));
    make(ADMIN, Role.VIEWER, SHOP);
  }

  /** Custody keeps for good who made and revoked which. */
  @Test
  void tokensMadeAndRevokedWithoutEnd_areLimited_forThisPersonAlone() throws IOException {
    for (int i = 0; i < ApiTokens.MADE_AN_HOUR; i++) {
      Id id = make(VIEWER, Role.VIEWER, SHOP).token().id();
      assertThat(here.revoke(id, VIEWER, ADDRESS)).isTrue();
    }
    assertThatThrownBy(() -> make(VIEWER, Role.VIEWER, SHOP))
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.status()).isEqualTo(429));
    make(ADMIN, Role.VIEWER, SHOP);

    time.pass(Duration.ofHours(1).plusSeconds(1));
    make(VIEWER, Role.VIEWER, SHOP);
  }

  @Test
  void madeAtOnce_areNotTooMany() throws Exception {
    List<Callable<Boolean>> work = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ApiTokenLedger ledger =
          new ApiTokenLedger(i % 2 == 0 ? one : other, ledgerTime, 3, ApiTokens.MAX);
      work.add(
          () ->
              ledger.add(
                      Id.next(time),
                      ApiTokenText.next(new SecureRandom()).digest(),
                      new ApiToken.Terms(
                          "ci", "viewer", SHOP, new ApiToken.Maker("x", "x", null, Set.of())),
                      time.instant().plusSeconds(9))
                  == ApiTokenLedger.Added.ADDED);
    }

    assertThat(atOnce(work)).filteredOn(added -> added).hasSize(3);
  }

  @Test
  void floodOfUnknownTokens_isNoFloodOfQueries_andKnownTokensStillWork() throws IOException {
    ApiTokens.Made made = make(ADMIN, Role.VIEWER, Part.EVERYTHING);
    assertThat(use(here, made)).isNotNull();
    int before = records.statements();
    int refused = 0;
    for (int i = 0; i < 1_000; i++) {
      ApiTokenText unknown = ApiTokenText.next(new SecureRandom());
      try {
        assertThat(here.byToken(unknown, principal -> true, ADDRESS)).isNull();
      } catch (ProblemException e) {
        assertThat(e.status()).isEqualTo(429);
        refused++;
      }
    }

    assertThat(refused).isEqualTo(1_000 - ApiTokens.UNKNOWN_A_MINUTE);
    assertThat(records.statements() - before).isEqualTo(ApiTokens.UNKNOWN_A_MINUTE);
    time.pass(Duration.ofSeconds(10));
    assertThat(use(here, made)).isNotNull();
    assertThat(here.byToken(ApiTokenText.next(new SecureRandom()), p -> true, "198.51.100.1"))
        .isNull();
  }

  @Test
  void use_asksEveryTwoSeconds_andWritesOnceAMinute() throws IOException {
    ApiTokens.Made made = make(ADMIN, Role.VIEWER, Part.EVERYTHING);
    int before = records.statements();
    for (int i = 0; i < 600; i++) {
      assertThat(use(here, made)).isNotNull();
      time.pass(Duration.ofMillis(100));
    }
    assertThat(records.statements() - before).isEqualTo(30 + 1);
    assertThat(use(here, made)).isNotNull();
    assertThat(records.statements() - before).isEqualTo(31 + 2);
    assertThat(here.list(ADMIN, null, 1).get(0).used()).isEqualTo(time.instant());
  }

  @Test
  void databaseAway_isAnError_andNotAnUnknownToken() throws IOException {
    ApiTokens.Made made = make(ADMIN, Role.VIEWER, Part.EVERYTHING);
    records.failWith("the database is away");

    assertThatThrownBy(() -> use(here, made)).isInstanceOf(IOException.class);
  }

  /** What custody gets. */
  private static final class Changes implements TokenChanges {
    final List<String> all = new ArrayList<>();
    @Nullable IOException failure;

    @Override
    public void made(ApiToken token, String by, String remoteAddress) throws IOException {
      add("made " + token.id() + " by " + by);
    }

    @Override
    public void revoked(ApiToken token, String by, String remoteAddress) throws IOException {
      add("revoked " + token.id() + " by " + by);
    }

    private void add(String change) throws IOException {
      if (failure != null) {
        throw failure;
      }
      all.add(change);
    }
  }
}

package whorl.collector.http.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Person;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;

/** What holds for the sessions of the page, wherever they are kept. */
interface SessionsContract {
  Sessions sessions();

  void pass(Duration time);

  static Principal person(int number) {
    return new Principal(Role.VIEWER, "viewer-" + number);
  }

  @Test
  default void session_isItsOwners_withACsrfTokenOfItsOwn() throws IOException {
    Sessions.Opened opened = sessions().open(person(1));
    Sessions.Opened second = sessions().open(person(1));

    Sessions.Session used = sessions().use(opened.id());

    assertThat(used).isEqualTo(opened.session());
    assertThat(used.principal()).isEqualTo(person(1));
    assertThat(used.hasCsrf(opened.session().csrf())).isTrue();
    assertThat(used.hasCsrf(second.session().csrf())).isFalse();
    assertThat(used.csrf()).doesNotContain(opened.id()).hasSize(43);
    assertThat(sessions().use("x")).isNull();
    assertThat(sessions().use("x".repeat(43))).isNull();
  }

  @Test
  default void end_endsTheSession() throws IOException {
    String id = sessions().open(person(1)).id();
    sessions().end(id);
    sessions().end("unknown");

    assertThat(sessions().use(id)).isNull();
  }

  @Test
  default void session_endsAnHourAfterItsLastUse() throws IOException {
    String id = sessions().open(person(1)).id();
    pass(Duration.ofMinutes(59));
    assertThat(sessions().use(id)).isNotNull();
    pass(Duration.ofMinutes(59));
    assertThat(sessions().use(id)).isNotNull();
    pass(Sessions.IDLE);

    assertThat(sessions().use(id)).isNull();
  }

  @Test
  default void session_endsTwelveHoursAfterItsLogin() throws IOException {
    String id = sessions().open(person(1)).id();
    for (int i = 0; i < 23; i++) {
      pass(Duration.ofMinutes(30));
      assertThat(sessions().use(id)).isNotNull();
    }
    pass(Duration.ofMinutes(30));

    assertThat(sessions().use(id)).isNull();
  }

  /** A person of an identity provider. */
  static Principal provided(String issuer, String subject, String... groups) {
    Person person = new Person(issuer, subject, "user", "User", List.of(groups));
    return new Principal(
        Role.RESPONDER, person.principalName(), null, Access.everywhere(Role.RESPONDER), person);
  }

  @Test
  default void sessionOfAPerson_keepsWhoItIs() throws IOException {
    Sessions.Opened opened = sessions().open(provided("https://a", "1", "shop", "ops"), "s1");

    Principal used = sessions().use(opened.id()).principal();

    assertThat(used.person())
        .isEqualTo(new Person("https://a", "1", "user", "User", List.of("shop", "ops")));
    assertThat(used.name()).isEqualTo("oidc:user#1");
  }

  @Test
  default void provider_endsTheSessionsThatItNames() throws IOException {
    String one = sessions().open(provided("https://a", "1"), "s1").id();
    String second = sessions().open(provided("https://a", "1"), "s2").id();
    String unnamed = sessions().open(provided("https://a", "1"), null).id();
    String other = sessions().open(provided("https://a", "2"), "s3").id();
    String elsewhere = sessions().open(provided("https://b", "1"), "s1").id();
    String token = sessions().open(person(1)).id();

    assertThat(sessions().endOf("https://a", null, null)).isZero();
    assertThat(sessions().endOf("https://a", "2", "s1")).isZero();
    assertThat(sessions().endOf("https://a", "1", "s1")).isEqualTo(2);
    assertThat(sessions().use(one)).isNull();
    assertThat(sessions().use(unnamed)).as("it may be the one that is meant").isNull();
    assertThat(sessions().use(second)).isNotNull();
    assertThat(sessions().endOf("https://a", null, "s3")).isEqualTo(1);
    assertThat(sessions().use(other)).isNull();
    assertThat(sessions().endOf("https://a", "1", null)).isEqualTo(1);
    assertThat(sessions().use(second)).isNull();
    assertThat(sessions().use(elsewhere)).isNotNull();
    assertThat(sessions().use(token)).isNotNull();
  }

  @Test
  default void open_tooManyOfOnePerson_endsItsOldest_alsoWithOtherGroups() throws IOException {
    String first = sessions().open(provided("https://a", "1", "shop"), null).id();
    for (int i = 0; i < Sessions.MAX_PER_TOKEN; i++) {
      pass(Duration.ofMillis(1));
      sessions().open(provided("https://a", "1", "ops"), null);
    }

    assertThat(sessions().use(first)).isNull();
  }

  @Test
  default void open_tooManyOfOneToken_endsItsOldest() throws IOException {
    String other = sessions().open(person(2)).id();
    List<String> own = new ArrayList<>();
    for (int i = 0; i <= Sessions.MAX_PER_TOKEN; i++) {
      own.add(sessions().open(person(1)).id());
      pass(Duration.ofMillis(1));
    }

    assertThat(sessions().use(own.get(0))).isNull();
    assertThat(sessions().use(own.get(1))).isNotNull();
    assertThat(sessions().use(other)).isNotNull();
  }
}

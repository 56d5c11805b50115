package whorl.agent.hunt;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.agent.hunt.HuntFixture.look;
import static whorl.agent.hunt.HuntFixture.registration;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.registration.LateRegistrations.Observed;
import whorl.agent.registration.LiveRegistrations;
import whorl.agent.registration.Registered;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.HuntRow;

class RegistrationHuntTest {
  private static final List<Registered> FOUND =
      List.of(
          new Registered("filter", String.class, "/*", "org.Context"),
          new Registered("filter", Integer.class, "/api", "org.Context"),
          new Registered("valve", String.class, null, "org.Host"));

  private static RegistrationHunt hunt(boolean cut) {
    return new RegistrationHunt(
        nanos -> new LiveRegistrations.Found(FOUND, cut),
        () ->
            List.of(
                new Observed(
                    "filter",
                    "java.lang.Integer",
                    "/api",
                    1_800_000_000_000L,
                    HuntFixture.REQUEST)),
        List::of);
  }

  @Test
  void kind_findsAllOfIt_andWhenItWasRegistered() throws Exception {
    HuntAnswer answer = look(hunt(false), registration("Filter", null));

    assertThat(answer.rows())
        .extracting(HuntRow::what)
        .containsExactly("filter java.lang.String", "filter java.lang.Integer");
    assertThat(answer.rows().get(0).fields())
        .containsEntry("target", "/*")
        .containsEntry("registered", "at the server's start, or unobserved");
    HuntRow late = answer.rows().get(1);
    assertThat(late.first()).isEqualTo(Instant.ofEpochSecond(1_800_000_000));
    assertThat(late.request()).isEqualTo("r1");
    assertThat(late.fields()).containsEntry("registered", "later");
  }

  @Test
  void kindAndClass_mustBothMatch() throws Exception {
    assertThat(look(hunt(false), registration(null, "java.lang.S*")).rows())
        .extracting(HuntRow::what)
        .containsExactly("filter java.lang.String", "valve java.lang.String");
    assertThat(look(hunt(false), registration("valve", "java.lang.Integer")).rows()).isEmpty();
  }

  @Test
  void walkThatWasCut_isSaid() throws Exception {
    assertThat(look(hunt(true), registration("valve", null)).cut())
        .isEqualTo("not all registrations could be read");
  }
}

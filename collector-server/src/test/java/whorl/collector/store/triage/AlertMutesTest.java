package whorl.collector.store.triage;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.store.triage.GroupedAlerts.START;
import static whorl.collector.store.triage.GroupedAlerts.alert;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import whorl.collector.store.access.Scope;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** What mutes hide, and for how long. */
class AlertMutesTest extends TriageFixture {
  @Test
  void mute_hidesAndKeeps_isCounted_andShowsAgainWhenEndedEarly() throws IOException {
    Id before = alert().in(ledger);
    Id otherService = alert().of("agent-00000002").of("prod", "cart").in(ledger);
    AlertMute mute = mute(START.plusSeconds(1), Duration.ofHours(1), null);
    assertThat(mutes.add(mute, () -> {})).isTrue();
    Id during = alert().of("agent-00000003").after(Duration.ofMinutes(2)).in(ledger);
    Id mixed = alert().of("agent-00000004").after(Duration.ofMinutes(3)).in(ledger);
    alert()
        .of("agent-00000004")
        .rule("rule-2", Level.LOW, "Something else")
        .after(Duration.ofMinutes(3))
        .in(ledger);
    Id after = alert().of("agent-00000005").after(Duration.ofHours(2)).in(ledger);

    assertThat(ids(GroupFilter.ALL)).containsExactly(after, mixed, otherService);
    assertThat(lists.countMuted(Scope.EVERYTHING, GroupFilter.ALL)).isEqualTo(2);
    assertThat(lists.find(during).muted()).isTrue();
    assertThat(ids(GroupFilter.EVERY)).contains(before, during);
    Duration minute = Duration.ofMinutes(1);
    assertThat(mutes.muting(alert().after(minute).record())).isEqualTo(mute.id());
    assertThat(mutes.muting(alert().of("prod", "cart").after(minute).record())).isNull();
    assertThat(mutes.muting(alert().after(Duration.ofHours(2)).record())).isNull();

    assertThat(mutes.end(mute.id(), START.plusSeconds(300), "somebody", () -> {})).isTrue();
    assertThat(mutes.end(mute.id(), START.plusSeconds(300), "somebody", () -> {})).isFalse();
    assertThat(ids(GroupFilter.ALL)).contains(before, during);
    assertThat(mutes.muting(alert().after(Duration.ofSeconds(400)).record())).isNull();
    assertThat(mutes.list(START.plusSeconds(400), false)).isEmpty();
    assertThat(mutes.list(START.plusSeconds(400), true))
        .singleElement()
        .satisfies(ended -> assertThat(ended.endedBy()).isEqualTo("somebody"));
  }

  @Test
  void mute_ofANamespace_isAboutThatAlone() throws IOException {
    AlertMute mute = mute(START, Duration.ofHours(1), "dev");
    assertThat(mutes.add(mute, () -> {})).isTrue();
    Duration minute = Duration.ofMinutes(1);

    assertThat(mutes.muting(alert().of("dev", "shop").after(minute).record())).isEqualTo(mute.id());
    assertThat(mutes.muting(alert().of("prod", "shop").after(minute).record())).isNull();
    assertThat(mutes.muting(alert().of(null, "shop").after(minute).record()))
        .as("its namespace is not known")
        .isNull();
    Id prod = alert().after(minute).in(ledger);
    assertThat(ids(GroupFilter.ALL)).containsExactly(prod);
  }

  private static AlertMute mute(Instant at, Duration length, String namespace) {
    return new AlertMute(
        Id.next(() -> at),
        "rule-1",
        "shop",
        namespace,
        "a test",
        "somebody",
        at,
        at.plus(length),
        null,
        null);
  }
}

package whorl.agent.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.Alert;
import whorl.evidence.channel.AgentMessage;
import whorl.rules.engine.RuleSet;

class SelfTestRuleTest {
  private final List<Alert> alerts = new ArrayList<>();
  private final RuleConsumer stage =
      new RuleConsumer(
          RuleSet.load(List.of(), Set.of(), true),
          (alert, event) -> alerts.add(alert),
          InstantSource.system());

  @Test
  void selfTest_matchesItsRuleAlone() {
    stage.accept(AgentEvent.here(EventType.SELF_TEST, -1, 0, null, 7L));

    assertThat(alerts).hasSize(1);
    assertThat(alerts.get(0).rule()).isEqualTo(AgentMessage.SelfTest.RULE);
    assertThat(alerts.get(0).fields()).containsEntry("number", 7L);
  }

  @Test
  void rule_isInNoListOfRules() {
    assertThat(stage.counts()).noneMatch(count -> count.id().equals(AgentMessage.SelfTest.RULE));
  }

  @Test
  void rule_existsWithoutAnyOtherRule() {
    stage.replace(RuleSet.none());

    stage.accept(AgentEvent.here(EventType.SELF_TEST, -1, 0, null, 8L));

    assertThat(alerts).hasSize(1);
  }

  @Test
  void fingerprint_changesOnlyWithTheRules() {
    long before = stage.fingerprint();
    assertThat(stage.fingerprint()).isEqualTo(before);

    stage.replace(RuleSet.none());

    assertThat(stage.fingerprint()).isNotEqualTo(before);
  }
}

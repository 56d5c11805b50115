package whorl.rules.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import whorl.evidence.Level;
import whorl.rules.Events;
import whorl.rules.match.Fields;
import whorl.rules.match.MatchedEvent;
import whorl.rules.match.Matcher;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;

class ArmedRuleTest {
  @Test
  void matches_conditionThatThrows_disablesTheRuleAfterFiveTimes() {
    Matcher broken =
        new Matcher() {
          @Override
          public boolean matches(MatchedEvent matchedEvent) {
            throw new IllegalStateException("broken");
          }

          @Override
          public long cost() {
            return 1;
          }
        };
    Rule rule =
        new Rule(
            new RuleHead("broken-rule", null, "broken", Level.HIGH, null, List.of()),
            Objects.requireNonNull(Fields.ofCategory("file_event")),
            broken,
            new LongAdder());
    ArmedRule armed = new ArmedRule(rule, false, false);

    for (int i = 0; i < 8; i++) {
      assertThat(armed.matches(broken, new MatchedEvent(Events.open("/x")))).isFalse();
    }

    assertThat(armed.count().failed()).isEqualTo(ArmedRule.MAX_FAILURES);
    assertThat(armed.count().disabled()).isTrue();
  }
}

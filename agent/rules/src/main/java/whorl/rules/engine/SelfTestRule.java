package whorl.rules.engine;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import whorl.event.EventType;
import whorl.evidence.Level;
import whorl.evidence.channel.AgentMessage;
import whorl.rules.match.Fields;
import whorl.rules.match.MatchedEvent;
import whorl.rules.match.Matcher;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;

/**
 * The rule that only self-test events match. It is evaluated like other rules, but is in no list of
 * rules.
 */
final class SelfTestRule {
  private SelfTestRule() {}

  static Rule rule() {
    RuleHead head =
        new RuleHead(
            AgentMessage.SelfTest.RULE, null, "Self-Test", Level.INFORMATIONAL, null, List.of());
    return new Rule(head, Fields.ofType(EventType.SELF_TEST), new HasNumber(), new LongAdder());
  }

  private record HasNumber() implements Matcher {
    @Override
    public boolean matches(MatchedEvent matchedEvent) {
      return matchedEvent.event().value(0) instanceof Long;
    }

    @Override
    public long cost() {
      return 1;
    }
  }
}

package whorl.agent.hook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.agent.config.HookGroup;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;

/** The table of hook groups and the hooks match. */
final class HookWordsTest {
  /** Groups that cannot be turned off: agents, the end of the JVM, tampering. */
  private static final Set<String> ALWAYS = Set.of("agent", "end", "tamper");

  @Test
  void hooks_all_haveAGroupOfTheTable() {
    Set<String> expected = new HashSet<>(ALWAYS);
    for (HookGroup group : HookGroup.values()) {
      expected.add(group.word());
    }

    assertThat(groups(Set.of())).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void hooks_oneGroupDisabled_onlyThatOneIsMissing(HookGroup group) {
    Set<String> expected = groups(Set.of());
    expected.remove(group.word());

    assertThat(groups(Set.of(group.word()))).isEqualTo(expected);
  }

  private static Set<String> groups(Set<String> disabled) {
    return Hooks.of(new EventSink(new EpochClock()), disabled, "/", thread -> false).groups();
  }
}

package whorl.collector.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.evidence.Id;

@Timeout(10)
class LanesTest {
  private static final Id SHOP = new Id("agent-shop");
  private static final Id INTRUDER = new Id("agent-intruder");

  private final Lanes lanes = new Lanes(1_000);

  @Test
  void quickLane_whatHasJustComeFirst_smallBeforeLarge() throws Exception {
    lanes.add(new Id("evidence-old"), SHOP, false, 1);
    lanes.add(new Id("evidence-large"), INTRUDER, true, 64 << 20);
    lanes.add(new Id("evidence-small"), SHOP, true, 1 << 20);

    assertThat(List.of(quick(), quick(), quick()))
        .containsExactly("evidence-small", "evidence-large", "evidence-old");
  }

  @Test
  void longLane_agentsTakeTurns() throws Exception {
    for (int i = 0; i < 50; i++) {
      slow("evidence-bad" + i, INTRUDER);
    }
    slow("evidence-good", SHOP);

    List<String> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      order.add(lanes.take().evidence().value());
    }
    assertThat(order).containsExactly("evidence-bad0", "evidence-good", "evidence-bad1");
  }

  @Test
  void longLane_isNotTakenFromByTheOneThatIsQuick() throws Exception {
    slow("evidence-bad", INTRUDER);
    lanes.add(new Id("evidence-good"), SHOP, true, 1);

    assertThat(quick()).isEqualTo("evidence-good");
    assertThat(lanes.take().isSlow()).isTrue();
  }

  @Test
  void noMoreThanMayWait_andRemovedIsGone() throws Exception {
    Lanes few = new Lanes(2);
    assertThat(few.add(new Id("evidence-1"), SHOP, true, 1)).isTrue();
    assertThat(few.add(new Id("evidence-2"), SHOP, true, 2)).isTrue();
    assertThat(few.add(new Id("evidence-3"), SHOP, true, 3)).isFalse();

    few.remove(new Id("evidence-1"));

    assertThat(few.size()).isEqualTo(1);
    assertThat(few.takeQuick().evidence().value()).isEqualTo("evidence-2");
  }

  private String quick() throws InterruptedException {
    return lanes.takeQuick().evidence().value();
  }

  private void slow(String evidence, Id agent) throws InterruptedException {
    lanes.add(new Id(evidence), agent, true, 1);
    lanes.addSlow(lanes.takeQuick());
  }
}

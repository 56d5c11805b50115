package whorl.collector.timeline.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.evidence.Id;

@Timeout(10)
class IndexLanesTest {
  private static final Id SHOP = new Id("agent-shop");
  private static final Id INTRUDER = new Id("agent-intruder");

  private final IndexLanes indexLanes = new IndexLanes(1_000);

  @Test
  void quickLane_newEvidenceFirst_thenSmallBeforeLarge() throws Exception {
    indexLanes.add(new Id("evidence-old"), SHOP, false, 1);
    indexLanes.add(new Id("evidence-large"), INTRUDER, true, 64 << 20);
    indexLanes.add(new Id("evidence-small"), SHOP, true, 1 << 20);

    assertThat(List.of(quick(), quick(), quick()))
        .containsExactly("evidence-small", "evidence-large", "evidence-old");
  }

  /** Somebody with an agent's token can send small evidence without end. */
  @Test
  void quickLane_floodOfSmallEvidence_doesNotKeepALargeOneWaiting() throws Exception {
    indexLanes.add(new Id("evidence-large"), SHOP, true, 64 << 20);
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      indexLanes.add(new Id("evidence-bad-" + 2 * i), INTRUDER, true, 1);
      indexLanes.add(new Id("evidence-bad-" + (2 * i + 1)), INTRUDER, true, 1);
      order.add(quick());
    }

    assertThat(order).last().isEqualTo("evidence-large");
  }

  @Test
  void longLane_agentsTakeTurns() throws Exception {
    for (int i = 0; i < 50; i++) {
      slow("evidence-bad" + i, INTRUDER);
    }
    slow("evidence-good", SHOP);

    List<String> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      order.add(indexLanes.take().evidence().value());
      indexLanes.releaseLongLane();
    }
    assertThat(order).containsExactly("evidence-bad0", "evidence-good", "evidence-bad1");
  }

  @Test
  void longLane_holdsOnePiece_andDoesNotBlockTheQuickLane() throws Exception {
    slow("evidence-bad0", INTRUDER);
    slow("evidence-bad1", INTRUDER);
    indexLanes.add(new Id("evidence-good"), SHOP, true, 1);

    assertThat(indexLanes.take().evidence().value()).isEqualTo("evidence-bad0");
    assertThat(quick()).isEqualTo("evidence-good");
    indexLanes.releaseLongLane();
    assertThat(indexLanes.take().evidence().value()).isEqualTo("evidence-bad1");
  }

  @Test
  void slowEvidenceOfTheQuickLane_continuesIfTheLongLaneIsFree() throws Exception {
    indexLanes.add(new Id("evidence-large"), SHOP, true, 64 << 20);
    indexLanes.take();

    assertThat(indexLanes.tryTakeLongLane()).isTrue();
    assertThat(indexLanes.tryTakeLongLane()).as("another").isFalse();
    slow("evidence-bad", INTRUDER);
    indexLanes.releaseLongLane();
    assertThat(indexLanes.tryTakeLongLane()).as("where one waits").isFalse();
    assertThat(indexLanes.take().isSlow()).isTrue();
  }

  @Test
  void add_isBounded_andRemoveRemoves() throws Exception {
    IndexLanes few = new IndexLanes(2);
    assertThat(few.add(new Id("evidence-1"), SHOP, true, 1)).isTrue();
    assertThat(few.add(new Id("evidence-2"), SHOP, true, 2)).isTrue();
    assertThat(few.add(new Id("evidence-3"), SHOP, true, 3)).isFalse();

    few.remove(new Id("evidence-1"));

    assertThat(few.size()).isEqualTo(1);
    assertThat(few.take().evidence().value()).isEqualTo("evidence-2");
  }

  private String quick() throws InterruptedException {
    IndexLanes.Waiting next = indexLanes.take();
    assertThat(next.isSlow()).isFalse();
    return next.evidence().value();
  }

  private void slow(String evidence, Id agent) throws InterruptedException {
    indexLanes.addSlow(new IndexLanes.Waiting(new Id(evidence), agent, true, 1, 0, false));
  }
}

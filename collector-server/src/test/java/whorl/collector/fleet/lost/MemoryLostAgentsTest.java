package whorl.collector.fleet.lost;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import whorl.evidence.AgentIdentity;

class MemoryLostAgentsTest {
  private static final Instant SEEN = Instant.parse("2026-11-29T08:00:00Z");

  @Test
  void ofThousands_isRememberedWhoTheyWere_withoutLabels() {
    AtomicLong nanos = new AtomicLong();
    MemoryLostAgents lost = new MemoryLostAgents(nanos::incrementAndGet);
    for (int i = 0; i <= MemoryLostAgents.WHOLE_MAX; i++) {
      lost.add(
          new LostAgent(agent(i), SEEN, true, true, Duration.ofMinutes(1), Duration.ZERO, 0), i);
    }

    assertThat(lost.ifGone(Duration.ZERO))
        .hasSize(MemoryLostAgents.WHOLE_MAX + 1)
        .extracting(LostAgent::agent)
        .startsWith(agent(0), agent(1))
        .last()
        .satisfies(
            last -> {
              AgentIdentity whole = agent(MemoryLostAgents.WHOLE_MAX);
              assertThat(last.id()).isEqualTo(whole.id());
              assertThat(last.service()).isEqualTo(whole.service());
              assertThat(last.namespace()).isEqualTo(whole.namespace());
              assertThat(last.labels()).isEmpty();
              assertThat(last.host()).isEqualTo(whole.host());
            });
  }
}

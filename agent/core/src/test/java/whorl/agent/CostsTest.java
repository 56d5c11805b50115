package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.environment.ThreadTimes;
import whorl.agent.event.EventSink;
import whorl.agent.event.FileReports;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.Hooks;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentCosts;

class CostsTest {
  private final EventSink sink = new EventSink(new EpochClock());
  private final Hooks hooks = Hooks.of(sink, Set.of(), "/", thread -> true);

  @TempDir private Path root;

  @Test
  void withoutProc_onlyProcessorTimesAreAbsent() {
    AgentCosts costs = costs().get();

    assertThat(costs.cpuSeconds()).isNull();
    assertThat(costs.jfrCpuSeconds()).isNull();
    assertThat(costs.seconds()).isEqualTo(1.5);
    assertThat(costs.hookVisits()).isZero();
    assertThat(Json.text(costs)).doesNotContain("cpuSeconds", "null");
  }

  @Test
  void withProc_processorTimesArePresent_evenIfZero() throws IOException {
    Path task = Files.createDirectories(root.resolve("proc/self/task/1"));
    Files.writeString(task.resolve("stat"), "1 (java) S" + " 1".repeat(49));

    AgentCosts costs = costs().get();

    assertThat(costs.cpuSeconds()).isZero();
    assertThat(costs.jfrCpuSeconds()).isZero();
  }

  @Test
  void events_andTheirHeapBytes_areCounted() {
    AgentCosts before = costs().get();
    for (int i = 0; i < 1_000; i++) {
      FileReports.opened(sink, "/tmp/file-" + i, "read", false, false, null);
    }
    AgentCosts after = costs().get();

    assertThat(after.eventsTold()).isEqualTo(before.eventsTold() + 1_000);
    assertThat(after.heldBytes().get("events"))
        .isGreaterThan(before.heldBytes().get("events") + 100_000);
    assertThat(after.heldBytes()).containsKeys("classes", "stacks");
  }

  @Test
  void heapUsersOfOneName_areSummed() {
    Costs costs = costs();
    costs.add(() -> Map.of("journal", 5L, "evidence", 1L << 40));
    costs.add(() -> Map.of("journal", 7L));
    costs.add(() -> Map.of("alerts", -1L));

    assertThat(costs.get().heldBytes())
        .containsEntry("journal", 12L)
        .containsEntry("evidence", 1L << 40)
        .containsEntry("alerts", 0L);
  }

  private Costs costs() {
    return new Costs(new ThreadTimes(root), hooks, sink, () -> 1_500_000_000L);
  }
}

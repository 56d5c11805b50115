package whorl.collector.fleet.lost;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.Text;

/** The lost agents of a collector that is alone, since its start. Thread-safe. */
public final class MemoryLostAgents implements LostAgents {
  private static final int MAX_REMEMBERED = 100_000;

  /**
   * Of agents beyond this number, labels and long names are not remembered: an intruder with an
   * agent's token can be many agents.
   */
  static final int WHOLE_MAX = 2_000;

  private static final int NAME_MAX_CHARS = 128;

  private final LongSupplier nanos;
  private final AtomicLong tokens = new AtomicLong();
  private final Map<Id, Entry> entries = new ConcurrentHashMap<>();

  /**
   * @param sinceNanos when the connection was lost or closed
   */
  private record Entry(LostAgent agent, long sinceNanos) {
    LostAgent at(long nowNanos) {
      return new LostAgent(
          agent.agent(),
          agent.lastSeen(),
          agent.silent(),
          agent.proved(),
          agent.lived(),
          Duration.ofNanos(nowNanos - sinceNanos),
          agent.token());
    }
  }

  /**
   * @param nanos the monotonic clock
   */
  public MemoryLostAgents(LongSupplier nanos) {
    this.nanos = nanos;
  }

  @Override
  public boolean areShared() {
    return false;
  }

  @Override
  public boolean add(LostAgent agent, long serial) {
    Id id = agent.agent().id();
    if (entries.size() >= MAX_REMEMBERED && !entries.containsKey(id)) {
      return false;
    }
    LostAgent numbered =
        new LostAgent(
            entries.size() < WHOLE_MAX ? agent.agent() : brief(agent.agent()),
            agent.lastSeen(),
            agent.silent(),
            agent.proved(),
            agent.lived(),
            Duration.ZERO,
            tokens.incrementAndGet());
    entries.put(id, new Entry(numbered, nanos.getAsLong()));
    return true;
  }

  private static AgentIdentity brief(AgentIdentity agent) {
    return new AgentIdentity(
        agent.id(),
        agent.service(),
        agent.namespace(),
        Map.of(),
        brief(agent.pod()),
        null,
        null,
        brief(agent.host()),
        agent.pid(),
        "",
        agent.agentVersion());
  }

  private static @Nullable String brief(@Nullable String name) {
    return name == null ? null : Text.atMost(name, NAME_MAX_CHARS);
  }

  @Override
  public void remove(Id agent) {
    entries.remove(agent);
  }

  @Override
  public List<LostAgent> ifGone(Duration time) {
    long now = nanos.getAsLong();
    List<LostAgent> all =
        entries.values().stream()
            .map(entry -> entry.at(now))
            .sorted(Comparator.comparing(LostAgent::gone).reversed())
            .toList();
    return all.isEmpty() || all.get(0).gone().compareTo(time) < 0 ? List.of() : all;
  }

  @Override
  public boolean take(List<LostAgent> agents, Action action) throws IOException {
    if (!agents.stream().allMatch(this::isStillLost)) {
      return false;
    }
    action.run();
    for (LostAgent agent : agents) {
      Id id = agent.agent().id();
      entries.computeIfPresent(
          id, (key, entry) -> entry.agent().token() == agent.token() ? null : entry);
    }
    return true;
  }

  private boolean isStillLost(LostAgent agent) {
    Entry entry = entries.get(agent.agent().id());
    return entry != null && entry.agent().token() == agent.token();
  }
}

package whorl.collector.fleet.costs;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Text;
import whorl.evidence.channel.AgentCosts;

/**
 * The costs of all agents of a service together, for the metrics. Sums the growth since the
 * collector's start, so that the numbers stay monotonic when agents come and go. The number of
 * services is bounded: further ones share the empty name. Safe for use by several threads.
 */
public final class ServiceCosts {
  static final int MAX_SERVICES = 200;
  private static final int MAX_NAME_CHARS = 100;
  private static final String OTHERS = "";

  private final CostCheck check;
  private final Map<String, Sums> services = new ConcurrentHashMap<>();

  /**
   * @param dropped counts reported numbers that are not plausible
   */
  public ServiceCosts(LongAdder dropped) {
    this.check = new CostCheck(dropped);
  }

  private static final class Sums {
    private final DoubleAdder cpuSeconds = new DoubleAdder();
    private final DoubleAdder jfrCpuSeconds = new DoubleAdder();
    private final DoubleAdder hookSeconds = new DoubleAdder();
    private final DoubleAdder hookVisits = new DoubleAdder();
    private final DoubleAdder eventsTold = new DoubleAdder();
    private final DoubleAdder eventsCounted = new DoubleAdder();
  }

  /**
   * Records the costs that an agent of the service reports, as far as they are plausible.
   *
   * @param agent receives them
   */
  public void report(String service, CostState agent, AgentCosts reported) {
    AgentCosts now = check.checked(reported);
    if (now != null) {
      add(service, agent.next(now), now);
    }
  }

  /**
   * Adds the heap bytes that an agent of the service holds.
   *
   * @param sums by the name under which the service is counted
   */
  public void addHeldBytes(String service, CostState agent, Map<String, Double> sums) {
    AgentCosts costs = agent.snapshot().costs();
    if (costs != null && !costs.heldBytes().isEmpty()) {
      sums.merge(name(service), (double) CostView.sum(costs), Double::sum);
    }
  }

  /**
   * Adds costs to the sums of the service.
   *
   * @param earlier the costs that the same JVM reported before; null for its first report
   * @param now checked
   */
  private void add(String service, @Nullable AgentCosts earlier, AgentCosts now) {
    Sums sums = services.computeIfAbsent(name(service), none -> new Sums());
    grow(sums.cpuSeconds, earlier, now, AgentCosts::cpuSeconds);
    grow(sums.jfrCpuSeconds, earlier, now, AgentCosts::jfrCpuSeconds);
    grow(sums.hookSeconds, earlier, now, AgentCosts::hookSeconds);
    grow(sums.hookVisits, earlier, now, AgentCosts::hookVisits);
    grow(sums.eventsTold, earlier, now, AgentCosts::eventsTold);
    grow(sums.eventsCounted, earlier, now, AgentCosts::eventsCounted);
  }

  /** Returns the name under which a service is counted. */
  private String name(String service) {
    String name = Text.beginning(service, MAX_NAME_CHARS);
    return services.containsKey(name) || services.size() < MAX_SERVICES ? name : OTHERS;
  }

  /** Returns the processor time of the agents' own threads, in seconds, by service. */
  public Map<String, Double> cpuSeconds() {
    return sumsByService(sums -> sums.cpuSeconds);
  }

  /** Returns the processor time of JFR's threads in seconds, by service. */
  public Map<String, Double> jfrCpuSeconds() {
    return sumsByService(sums -> sums.jfrCpuSeconds);
  }

  /** Returns the time of the applications' threads in hooks, in seconds, by service. */
  public Map<String, Double> hookSeconds() {
    return sumsByService(sums -> sums.hookSeconds);
  }

  /** Returns the number of hook calls, by service. */
  public Map<String, Double> hookVisits() {
    return sumsByService(sums -> sums.hookVisits);
  }

  /** Returns the number of recorded events, by service. */
  public Map<String, Double> eventsTold() {
    return sumsByService(sums -> sums.eventsTold);
  }

  /** Returns the number of events that were only counted, by service. */
  public Map<String, Double> eventsCounted() {
    return sumsByService(sums -> sums.eventsCounted);
  }

  private Map<String, Double> sumsByService(Function<Sums, DoubleAdder> number) {
    Map<String, Double> result = new TreeMap<>();
    services.forEach((service, sums) -> result.put(service, number.apply(sums).sum()));
    return result;
  }

  private static void grow(
      DoubleAdder sum,
      @Nullable AgentCosts earlier,
      AgentCosts now,
      Function<AgentCosts, @Nullable Number> number) {
    Number current = number.apply(now);
    Number previous = earlier == null ? null : number.apply(earlier);
    if (current == null || (earlier != null && previous == null)) {
      return;
    }
    double growth = current.doubleValue() - (previous == null ? 0 : previous.doubleValue());
    if (growth > 0) {
      sum.add(growth);
    }
  }
}

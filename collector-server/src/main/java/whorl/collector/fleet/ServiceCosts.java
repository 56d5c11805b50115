package whorl.collector.fleet;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentCosts;

/**
 * What the agents of each service cost together, for the metrics: growth since the collector's
 * start, so that it goes on when agents come and go. Bounded in services: those that come later
 * share the name that is empty. Safe for use by several threads.
 */
public final class ServiceCosts {
  static final int MAX_SERVICES = 200;
  private static final int MAX_NAME_CHARS = 100;
  private static final String OTHERS = "";

  private final Map<String, Sums> services = new ConcurrentHashMap<>();

  private static final class Sums {
    private final DoubleAdder cpuSeconds = new DoubleAdder();
    private final DoubleAdder jfrCpuSeconds = new DoubleAdder();
    private final DoubleAdder hookSeconds = new DoubleAdder();
    private final DoubleAdder hookVisits = new DoubleAdder();
    private final DoubleAdder eventsTold = new DoubleAdder();
    private final DoubleAdder eventsCounted = new DoubleAdder();
  }

  /**
   * An agent of the service said what it costs.
   *
   * @param before what the same JVM said before; null when it said nothing yet
   * @param now checked
   */
  void add(String service, @Nullable AgentCosts before, AgentCosts now) {
    Sums sums = services.computeIfAbsent(name(service), none -> new Sums());
    grow(sums.cpuSeconds, before, now, AgentCosts::cpuSeconds);
    grow(sums.jfrCpuSeconds, before, now, AgentCosts::jfrCpuSeconds);
    grow(sums.hookSeconds, before, now, AgentCosts::hookSeconds);
    grow(sums.hookVisits, before, now, AgentCosts::hookVisits);
    grow(sums.eventsTold, before, now, AgentCosts::eventsTold);
    grow(sums.eventsCounted, before, now, AgentCosts::eventsCounted);
  }

  /** The name under which a service is counted. */
  String name(String service) {
    String name =
        service.length() > MAX_NAME_CHARS ? service.substring(0, MAX_NAME_CHARS) : service;
    return services.containsKey(name) || services.size() < MAX_SERVICES ? name : OTHERS;
  }

  /** Processor time of the agents' own threads, in seconds, by service. */
  public Map<String, Double> cpuSeconds() {
    return each(sums -> sums.cpuSeconds);
  }

  /** Processor time of JFR's threads in seconds, by service. */
  public Map<String, Double> jfrCpuSeconds() {
    return each(sums -> sums.jfrCpuSeconds);
  }

  /** Time of the applications' threads in hooks, in seconds, by service. */
  public Map<String, Double> hookSeconds() {
    return each(sums -> sums.hookSeconds);
  }

  /** Visits of hooks, by service. */
  public Map<String, Double> hookVisits() {
    return each(sums -> sums.hookVisits);
  }

  /** Events kept and handed on, by service. */
  public Map<String, Double> eventsTold() {
    return each(sums -> sums.eventsTold);
  }

  /** Events that were only counted, by service. */
  public Map<String, Double> eventsCounted() {
    return each(sums -> sums.eventsCounted);
  }

  private Map<String, Double> each(Function<Sums, DoubleAdder> number) {
    Map<String, Double> each = new TreeMap<>();
    services.forEach((service, sums) -> each.put(service, number.apply(sums).sum()));
    return each;
  }

  private static void grow(
      DoubleAdder sum,
      @Nullable AgentCosts before,
      AgentCosts now,
      Function<AgentCosts, @Nullable Number> number) {
    Number is = number.apply(now);
    Number was = before == null ? null : number.apply(before);
    if (is == null || (before != null && was == null)) {
      return;
    }
    double growth = is.doubleValue() - (was == null ? 0 : was.doubleValue());
    if (growth > 0) {
      sum.add(growth);
    }
  }
}

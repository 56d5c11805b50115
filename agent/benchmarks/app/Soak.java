import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Keeps an application and a collector at work, and compares what they hold in the last quarter of
 * the time with what they held in the second.
 */
public final class Soak {
  private static final String SERVICE = "soak";

  /** What fires a rule, as an attacker would ask for it. */
  private static final String ATTACK = "/invoices/view?file=../../../../../../../../etc/passwd";

  /** How much may be added, as a ratio and as a number of the unit; both must be exceeded. */
  private record Growth(double ratio, double absolute) {}

  private static final Map<String, Growth> ALLOWED =
      Map.of(
          Vitals.RESIDENT, new Growth(1.05, 10),
          Vitals.HEAP, new Growth(1.1, 5),
          Vitals.METASPACE, new Growth(1.02, 1),
          Vitals.CODE, new Growth(1.1, 4),
          Vitals.CLASSES, new Growth(1.02, 100),
          Vitals.THREADS, new Growth(1.05, 3),
          Vitals.DESCRIPTORS, new Growth(1.05, 5),
          Soak.FOLDER, new Growth(1.1, 20));

  private static final String FOLDER = "files, MiB";
  private static final int PARTS = 4;

  private final Trial trial;
  private final int minutes;
  private final int minutesBetween;
  private final Map<String, Map<String, List<Double>>> samples = new LinkedHashMap<>();
  private int captures;

  private Soak(Trial trial, int minutes, int minutesBetween) {
    this.trial = trial;
    this.minutes = minutes;
    this.minutesBetween = minutesBetween;
  }

  /**
   * Arguments: those of {@link Trial#of}, with one JVM; minutes, requests a second, minutes from
   * one capture to the next. Ends with 1 if something grew.
   */
  public static void main(String[] arguments) throws Exception {
    Trial trial = Trial.of(arguments);
    int minutes = Integer.parseInt(arguments[Trial.ARGUMENTS]);
    double requests = Double.parseDouble(arguments[Trial.ARGUMENTS + 1]);
    int between = Integer.parseInt(arguments[Trial.ARGUMENTS + 2]);
    Soak soak = new Soak(trial, minutes, between);
    Map<String, String> settings =
        Map.of("WHORL_CAPTURE_COOLDOWN", "1m", "WHORL_CAPTURE_MAX_PER_HOUR", "1000");
    boolean flat;
    try (Shops shops = trial.shops(requests, SERVICE, settings)) {
      trial.collector().awaitAgents(1);
      long begun = System.nanoTime();
      soak.run(shops.only());
      flat = soak.print();
      soak.printLatencies(shops.endLoads().get(0), begun);
    }
    System.exit(flat ? 0 : 1);
  }

  private void run(Application application) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    for (int minute = 1; minute <= minutes; minute++) {
      if (minute % minutesBetween == 0) {
        capture(application, captures % 2 == 0);
      }
      long due = begun + TimeUnit.MINUTES.toNanos(minute);
      TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
      Map<String, Double> vitals = Vitals.of(trial.home(), application.pid());
      vitals.put(FOLDER, Vitals.mebibytes(application.folder()));
      add("application", vitals);
      Map<String, Double> ofCollector = Vitals.of(trial.home(), trial.collector().pid());
      ofCollector.put(FOLDER, Vitals.mebibytes(trial.collector().folder()));
      add("collector", ofCollector);
      System.err.printf(
          Locale.ROOT,
          "minute %d of %d, %d captures: application %s; collector %s%n",
          minute,
          minutes,
          captures,
          shown(vitals),
          shown(ofCollector));
    }
  }

  /** By an alert of the agent's own or by a request, until it is sealed. */
  private void capture(Application application, boolean byAlert)
      throws IOException, InterruptedException {
    Set<String> before = trial.collector().captures();
    if (byAlert) {
      application.ask(ATTACK);
    } else {
      trial.collector().request(SERVICE, "");
    }
    trial.collector().awaitSealed(before);
    captures++;
  }

  private void add(String process, Map<String, Double> vitals) {
    vitals.forEach(
        (name, value) ->
            samples
                .computeIfAbsent(process, any -> new LinkedHashMap<>())
                .computeIfAbsent(name, any -> new ArrayList<>())
                .add(value));
  }

  /** Whether nothing grew by more than is allowed. */
  private boolean print() {
    System.out.printf("%d captures%n", captures);
    System.out.printf(
        "%-12s %-20s %12s %12s %8s  %s%n",
        "", "", "2nd quarter", "4th quarter", "ratio", "allowed");
    boolean flat = true;
    for (Map.Entry<String, Map<String, List<Double>>> process : samples.entrySet()) {
      for (Map.Entry<String, List<Double>> vital : process.getValue().entrySet()) {
        boolean least = vital.getKey().equals(Vitals.HEAP);
        double earlier = of(vital.getValue(), 1, least);
        double later = of(vital.getValue(), PARTS - 1, least);
        Growth allowed = ALLOWED.get(vital.getKey());
        boolean grew = later > earlier * allowed.ratio() && later > earlier + allowed.absolute();
        flat &= !grew;
        System.out.printf(
            Locale.ROOT,
            "%-12s %-20s %12.1f %12.1f %8.3f  %.2f or + %.0f%s%n",
            process.getKey(),
            vital.getKey(),
            earlier,
            later,
            later / earlier,
            allowed.ratio(),
            allowed.absolute(),
            grew ? "  GREW" : "");
      }
    }
    return flat;
  }

  /** The median of a quarter; of the heap the least, which is what lives after a collection. */
  private static double of(List<Double> all, int part, boolean least) {
    List<Double> quarter =
        all.subList(all.size() * part / PARTS, all.size() * (part + 1) / PARTS).stream()
            .sorted()
            .toList();
    return quarter.get(least ? 0 : quarter.size() / 2);
  }

  private void printLatencies(PacedLoad load, long begunNanos) {
    for (int part = 0; part < PARTS; part++) {
      long quarter = TimeUnit.MINUTES.toNanos(minutes) / PARTS;
      PacedLoad.Latencies latencies =
          load.between(begunNanos + part * quarter, begunNanos + (part + 1) * quarter);
      System.out.printf(
          Locale.ROOT,
          "quarter %d: %d requests, p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms%n",
          part + 1,
          latencies.requests(),
          latencies.p50(),
          latencies.p99(),
          latencies.p999());
    }
  }

  private static String shown(Map<String, Double> vitals) {
    StringBuilder text = new StringBuilder();
    vitals.forEach(
        (name, value) -> text.append(String.format(Locale.ROOT, " %s %.1f", name, value)));
    return text.toString().strip();
  }
}

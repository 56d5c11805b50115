package whorl.collector.http.server;

import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The collector's metrics, in Prometheus' text format 0.0.4. All methods may be called from any
 * thread. Labels are pairs: {@code counter("x_total", "Help.", "method", "GET")}; a label must have
 * few values.
 */
public final class Metrics {
  private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);

  /** The media type of {@link #text}. */
  public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Below this, a double represents every whole number. */
  private static final double EXACT = 1L << 53;

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  private final Map<String, Family> families = new ConcurrentSkipListMap<>();

  /** The values that could not be read the last time; each is logged once, until it is read. */
  private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

  /** Forgets what was registered since {@link #keepWhatIsRegistered}. */
  private final Queue<Runnable> forgetting = new ConcurrentLinkedQueue<>();

  /** A counter. */
  public static final class Counter {
    private final LongAdder value = new LongAdder();

    public void increment() {
      value.increment();
    }

    public void add(long more) {
      value.add(more);
    }

    public long value() {
      return value.sum();
    }
  }

  private record Family(
      String type,
      String help,
      Map<String, LongSupplier> samples,
      Map<String, Supplier<Map<String, Double>>> groups) {}

  private static final class OwnCounter implements LongSupplier {
    private final Counter counter = new Counter();

    @Override
    public long getAsLong() {
      return counter.value();
    }
  }

  /** Returns the counter of this name and these labels, the same one at every call. */
  public Counter counter(String name, String help, String... labels) {
    LongSupplier sample =
        family(name, "counter", help)
            .samples
            .computeIfAbsent(render(labels), key -> new OwnCounter());
    if (sample instanceof OwnCounter own) {
      return own.counter;
    }
    throw new IllegalStateException("metric " + name + " is counted elsewhere");
  }

  /** Registers a counter whose value is kept elsewhere. */
  public void counter(String name, String help, LongSupplier value, String... labels) {
    register(family(name, "counter", help), name, value, labels);
  }

  /** Registers a gauge, which is read at every scrape. */
  public void gauge(String name, String help, LongSupplier value, String... labels) {
    register(family(name, "gauge", help), name, value, labels);
  }

  /**
   * Registers counters that are kept elsewhere, one for each value of a label. They are read at
   * every scrape.
   *
   * @param values by the label's value; must be few. An empty value means no label
   */
  public void counters(
      String name, String help, String label, Supplier<Map<String, Double>> values) {
    group(family(name, "counter", help), name, label, values);
  }

  /** Registers gauges, like {@link #counters}. */
  public void gauges(String name, String help, String label, Supplier<Map<String, Double>> values) {
    group(family(name, "gauge", help), name, label, values);
  }

  /** From here, {@link #forgetLater} forgets what is registered. */
  public void keepWhatIsRegistered() {
    forgetting.clear();
  }

  /**
   * Forgets the values kept elsewhere that were registered since {@link #keepWhatIsRegistered}, so
   * that they can be registered again. Counters kept here stay, and count on.
   */
  public void forgetLater() {
    for (Runnable each = forgetting.poll(); each != null; each = forgetting.poll()) {
      each.run();
    }
  }

  /** Returns all metrics as text. */
  public String text() {
    StringBuilder out = new StringBuilder(4096);
    families.forEach(
        (name, family) -> {
          out.append("# HELP ").append(name).append(' ').append(family.help).append('\n');
          out.append("# TYPE ").append(name).append(' ').append(family.type).append('\n');
          family.samples.forEach(
              (labels, value) ->
                  append(out, name + labels, () -> sample(out, name + labels, value)));
          family.groups.forEach(
              (label, values) ->
                  append(out, name + " by " + label, () -> group(out, name, label, values.get())));
        });
    return out.toString();
  }

  private static void sample(StringBuilder out, String nameAndLabels, LongSupplier value) {
    out.append(nameAndLabels).append(' ').append(value.getAsLong()).append('\n');
  }

  private static void group(
      StringBuilder out, String name, String label, Map<String, Double> values) {
    values.forEach(
        (value, number) ->
            out.append(name)
                .append(value.isEmpty() ? "" : render(label, value))
                .append(' ')
                .append(format(number))
                .append('\n'));
  }

  /** Values that cannot be read are left out, so that the others are there. */
  private void append(StringBuilder out, String name, Runnable values) {
    int before = out.length();
    try {
      values.run();
      unreadable.remove(name);
    } catch (RuntimeException e) {
      out.setLength(before);
      if (unreadable.add(name)) {
        LOG.warn("metric {} cannot be read now, and is left out", name, e);
      }
    }
  }

  private void register(Family family, String name, LongSupplier value, String... labels) {
    String rendered = render(labels);
    if (family.samples.putIfAbsent(rendered, value) != null) {
      throw new IllegalStateException("metric " + name + " is there already: " + rendered);
    }
    forgetting.add(() -> family.samples.remove(rendered, value));
  }

  private void group(
      Family family, String name, String label, Supplier<Map<String, Double>> values) {
    if (family.groups.putIfAbsent(label, values) != null) {
      throw new IllegalStateException("metric " + name + " is there already: " + label);
    }
    forgetting.add(() -> family.groups.remove(label, values));
  }

  /** Formats whole numbers without a fraction, which every parser reads. */
  private static String format(double number) {
    return number == Math.rint(number) && Math.abs(number) < EXACT
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  private Family family(String name, String type, String help) {
    if (!NAME.matcher(name).matches() || name.endsWith("_total") != type.equals("counter")) {
      throw new IllegalArgumentException("not a name of a " + type + ": " + name);
    }
    Family family =
        families.computeIfAbsent(
            name,
            key ->
                new Family(
                    type, help, new ConcurrentSkipListMap<>(), new ConcurrentSkipListMap<>()));
    if (!family.type.equals(type)) {
      throw new IllegalStateException("metric " + name + " is a " + family.type);
    }
    return family;
  }

  private static String render(String... labels) {
    if (labels.length == 0) {
      return "";
    }
    if (labels.length % 2 != 0) {
      throw new IllegalArgumentException("a label without a value: " + labels[labels.length - 1]);
    }
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < labels.length; i += 2) {
      out.append(i == 0 ? "" : ",").append(labels[i]).append("=\"");
      out.append(labels[i + 1].replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
      out.append('"');
    }
    return out.append('}').toString();
  }
}

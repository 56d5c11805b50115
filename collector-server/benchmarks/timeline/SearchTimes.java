import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.TimelineQuery;
import whorl.collector.timeline.Where;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.Id;

/** Asks a timeline that {@code MadeTimeline} made, each question several times. */
public final class SearchTimes {
  private static final Id EVIDENCE = new Id("0123456789abcdef0123456789abcdef");
  private static final long MEMORY_BYTES = 512L << 20;

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private SearchTimes() {}

  private interface Question {
    long rows() throws Exception;
  }

  /** Arguments: the timeline's folder, how often each is asked, and words of those to ask alone. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(file -> file.getFileName().toString().matches("rows-\\d+\\.parquet"))
              .sorted()
              .toList();
    }
    DuckTimeline.Rows rows =
        new DuckTimeline.Rows(folder, files, Map.of(Column.EVIDENCE, EVIDENCE.value()));
    Path exports = Files.createTempDirectory("search");
    try (DuckTimeline timeline = new DuckTimeline(id -> rows, exports, MEMORY_BYTES)) {
      System.out.printf("%-32s %8s %7s %7s %7s %7s%n", "", "rows", "median", "least", "most", "CPU");
      for (Map.Entry<String, Question> each : questions(timeline).entrySet()) {
        if (arguments.length == 2
            || Arrays.stream(arguments).skip(2).anyMatch(each.getKey()::contains)) {
          ask(each.getKey(), each.getValue(), rounds);
        }
      }
    }
  }

  private static void ask(String name, Question question, int rounds) throws Exception {
    long rows = question.rows();
    double[] millis = new double[rounds];
    long cpu = SYSTEM.getProcessCpuTime();
    for (int i = 0; i < rounds; i++) {
      long begin = System.nanoTime();
      rows = question.rows();
      millis[i] = (System.nanoTime() - begin) / 1e6;
    }
    long used = SYSTEM.getProcessCpuTime() - cpu;
    Arrays.sort(millis);
    double median = (millis[(rounds - 1) / 2] + millis[rounds / 2]) / 2;
    System.out.printf(
        Locale.ROOT,
        "%-32s %8d %7.0f %7.0f %7.0f %7.0f%n",
        name,
        rows,
        median,
        millis[0],
        millis[rounds - 1],
        used / 1e6 / rounds);
  }

  private static Map<String, Question> questions(DuckTimeline timeline) throws Exception {
    TimelineQuery all = TimelineQuery.of(EVIDENCE);
    Timeline.Histogram whole = timeline.histogram(all, 1);
    Instant from = whole.from();
    Instant middle = from.plusNanos(whole.bucketNanos() / 2);
    String inside = timeline.page(all.between(middle, null).page(1, null)).next();
    Map<String, TimelineQuery> pages = new LinkedHashMap<>();
    pages.put("first page", all);
    pages.put("first page with stacks", all.withStacks(true));
    pages.put("newest first", all.newestFirst(true));
    pages.put("page in the middle", all.page(200, inside));
    pages.put("newest first, in the middle", all.newestFirst(true).page(200, inside));
    pages.put("time range", all.between(middle, middle.plusSeconds(60)));
    pages.put("type", all.types("whorl.DnsLookup"));
    pages.put("rare type", all.types("whorl.ProcessStart"));
    pages.put("type prefix", all.types("whorl.Http*"));
    pages.put("type that is nowhere", all.types("acme.Nothing"));
    pages.put("path", all.where(Column.URL_PATH, Where.Op.EQ, "/shop/product/4711"));
    pages.put("path contains", all.where(Column.FILE_PATH, Where.Op.CONTAINS, "KSWAPD"));
    pages.put("file path, 200 rows", file(all, "/srv/shop/.cache/kswapd0"));
    pages.put("file path, 10 rows", file(all, "/tmp/dropper-2f61.sh"));
    pages.put("address", all.where(Column.SOURCE_IP, Where.Op.EQ, "10.1.77.7"));
    pages.put("user agent", all.where(Column.USER_AGENT, Where.Op.EQ, "curl/8.5.0"));
    pages.put("request id", all.where(Column.REQUEST_ID, Where.Op.EQ, "http-9c41d07be2aa5f13"));
    pages.put("thread", all.where(Column.THREAD_NAME, Where.Op.EQ, "http-worker-7"));
    pages.put("status greater", all.where(Column.RESPONSE_STATUS, Where.Op.GT, "499"));
    pages.put("text everywhere", all.text("shop"));
    pages.put("text everywhere, newest", all.text("requestid").newestFirst(true));
    pages.put("text in 1 of 50,000", all.text("Kswapd0"));
    pages.put("text in 10 rows", all.text("dropper-2f61"));
    pages.put("hex id in 10 rows", all.text("9c41d07be2aa5f13"));
    pages.put("part of that id", all.text("d07be2aa"));
    pages.put("text nowhere", all.text("nosuchword"));
    pages.put("hex id nowhere", all.text("0f0e0d0c0b0a0908"));
    pages.put("four letters nowhere", all.text("wget"));
    pages.put("three letters nowhere", all.text("ssh"));
    pages.put("two words", all.text("dropper opened"));
    pages.put("two words, apart", all.text("dropper looked"));
    pages.put("stacks only, rare", all.text("GadgetChain"));
    pages.put("stacks only, everywhere", all.text("FileInputStream"));
    pages.put("stack word and rare text", all.text("FileInputStream dropper"));
    pages.put("text and type", all.text("kswapd0").types("whorl.FileOpen"));
    Map<String, Question> questions = new LinkedHashMap<>();
    pages.forEach((name, query) -> questions.put(name, () -> timeline.page(query).rows().size()));
    questions.put("histogram", () -> counted(timeline.histogram(all, 200)));
    questions.put(
        "histogram, one minute",
        () -> counted(timeline.histogram(all.between(middle, middle.plusSeconds(60)), 200)));
    questions.put(
        "histogram of rare text", () -> counted(timeline.histogram(all.text("dropper-2f61"), 200)));
    questions.put("types", () -> timeline.types(all).size());
    questions.put(
        "types, one minute",
        () -> timeline.types(all.between(middle, middle.plusSeconds(60))).size());
    return questions;
  }

  private static TimelineQuery file(TimelineQuery query, String path) {
    return query.where(Column.FILE_PATH, Where.Op.EQ, path);
  }

  private static long counted(Timeline.Histogram histogram) {
    return histogram.series().stream()
        .flatMap(series -> series.counts().stream())
        .mapToLong(Long::longValue)
        .sum();
  }
}

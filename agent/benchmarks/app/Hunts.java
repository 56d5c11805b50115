import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Asks several applications under load, and prints when they answer and what their users feel. */
public final class Hunts {
  private static final String SERVICE = "hunts";
  private static final double REQUESTS_A_SECOND = 20;
  private static final int WARM_UP_SECONDS = 30;
  private static final int QUIET_SECONDS = 5;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Map<String, String> QUESTIONS = questions();

  /** When one was asked. */
  private record Span(String kind, long quietNanos, long fromNanos, long toNanos) {}

  private static Map<String, String> questions() {
    Map<String, String> questions = new LinkedHashMap<>();
    questions.put("class", "\"class\": {\"name\": \"org.springframework.*Servlet\"}");
    questions.put("connection", "\"connection\": {\"address\": \"127.0.0.0/8\"}");
    questions.put("registration", "\"registration\": {\"kind\": \"servlet\"}");
    questions.put("library", "\"library\": {\"name\": \"spring-*\"}");
    questions.put(
        "rule",
        "\"rule\": \"title: A file was read\\nlogsource: {product: jvm, category: file_event}\\ndetection:\\n"
            + "  read: {path|contains: invoices}\\n  condition: read\\n\"");
    return questions;
  }

  private Hunts() {}

  /** Arguments: those of {@link Trial#of}. */
  public static void main(String[] arguments) throws Exception {
    Trial trial = Trial.of(arguments);
    Collector collector = trial.collector();
    int jvms = trial.jvms();
    Figures figures = new Figures();
    try (Shops shops = trial.shops(REQUESTS_A_SECOND, SERVICE, Map.of())) {
      collector.awaitAgents(jvms);
      TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
      List<Span> spans = new ArrayList<>();
      for (int round = 0; round < trial.rounds(); round++) {
        for (Map.Entry<String, String> question : QUESTIONS.entrySet()) {
          long quiet = System.nanoTime();
          TimeUnit.SECONDS.sleep(QUIET_SECONDS);
          long asked = System.nanoTime();
          double processor = shops.cpuSeconds();
          hunt(collector, question, jvms, figures);
          TimeUnit.SECONDS.sleep(1);
          figures.add(
              "processor time a JVM, ms",
              question.getKey(),
              (shops.cpuSeconds() - processor) * 1000 / jvms);
          spans.add(new Span(question.getKey(), quiet, asked, System.nanoTime()));
        }
      }
      List<PacedLoad> loads = shops.endLoads();
      for (Span span : spans) {
        for (PacedLoad load : loads) {
          figures.add("p99 before, ms", span.kind, load.between(span.quietNanos, span.fromNanos).p99());
          figures.add("p99 while asked, ms", span.kind, load.between(span.fromNanos, span.toNanos).p99());
        }
      }
      figures.print(List.copyOf(QUESTIONS.keySet()));
    }
  }

  private static void hunt(
      Collector collector, Map.Entry<String, String> question, int jvms, Figures figures)
      throws IOException, InterruptedException {
    String id = collector.hunt(SERVICE, question.getValue());
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!collector.isHuntOver(id)) {
      if (System.nanoTime() > end) {
        throw new IOException("no end of the hunt for " + question.getKey());
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    Instant asked = collector.huntAskedAt(id);
    List<Instant> answers = collector.huntAnswers(id);
    figures.add("answers", question.getKey(), answers.size());
    figures.add("without an answer", question.getKey(), jvms - answers.size());
    if (!answers.isEmpty()) {
      figures.add("first answer, s", question.getKey(), Trial.seconds(asked, answers.get(0)));
      figures.add(
          "last answer, s",
          question.getKey(),
          Trial.seconds(asked, answers.get(answers.size() - 1)));
    }
    figures.add("rows", question.getKey(), collector.huntRows(id));
  }
}

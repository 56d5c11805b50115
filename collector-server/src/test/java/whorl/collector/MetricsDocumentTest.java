package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.CustodyOptions;
import whorl.collector.config.ObjectsPlace;
import whorl.collector.config.RecordsPlace;
import whorl.collector.config.ServeConfig;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.TestConfig;
import whorl.collector.testkit.TestPostgres;
import whorl.evidence.Json;

/** {@code docs/metrics.md} has each metric that collectors register, and no other. */
@Timeout(240)
class MetricsDocumentTest {
  private static final Path ROOT = Path.of("..");
  private static final Path MAIN = Path.of("src/main/java");
  private static final Path CHART = ROOT.resolve("deploy/helm/whorl/files");
  private static final Pattern ROW =
      Pattern.compile(
          "\\| `(whorl_[a-z_]+)` \\| (\\w+) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|");

  /** Names in the code that are no metrics: functions and tables of queries, a cookie. */
  private static final Set<String> NO_METRICS =
      Set.of(
          "whorl_rows",
          "whorl_row_words",
          "whorl_stack_words",
          "whorl_sources",
          "whorl_session",
          "whorl_login",
          "whorl_pat_");

  /** Added by Prometheus, the ServiceMonitor or the expression itself. */
  private static final Set<String> FOREIGN_LABELS =
      Set.of("pod", "namespace", "instance", "job", "condition");

  @TempDir private Path folder;

  private record Metric(String type, Set<String> labels, String meaning) {}

  private static Map<String, Metric> documented() throws IOException {
    Map<String, Metric> all = new TreeMap<>();
    for (String line : Files.readAllLines(ROOT.resolve("docs/metrics.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Set<String> labels = row.group(4).equals("–") ? Set.of() : Set.of(row.group(4).split(", "));
        assertThat(all.put(row.group(1), new Metric(row.group(2), labels, row.group(5))))
            .as(row.group(1) + " is there twice")
            .isNull();
      } else {
        assertThat(line).as("a row of the table").doesNotStartWith("| `whorl_");
      }
    }
    return all;
  }

  @Test
  void document_hasTheNamesOfTheCode_andNoOther() throws IOException {
    Set<String> inCode = new TreeSet<>();
    try (Stream<Path> files = Files.walk(MAIN)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        String text = Files.readString(file);
        if (!file.toString().contains("/cli/")) {
          Pattern.compile("\"(whorl_[a-z_]+)\"")
              .matcher(text)
              .results()
              .map(match -> match.group(1))
              .forEach(inCode::add);
        }
      }
    }
    inCode.removeAll(NO_METRICS);

    assertThat(documented().keySet()).isEqualTo(inCode);
  }

  @Test
  void collectorsThatRun_registerWhatIsDocumented_withTypeAndLabels() throws Exception {
    Map<String, Metric> documented = documented();
    Set<String> registered = new TreeSet<>();
    try (TestPostgres postgres = TestPostgres.empty()) {
      LogKey.create(folder.resolve("log.key"));
      check(serving("alone", null, null), documented, registered);
      check(
          serving(
              "shared",
              new RecordsPlace.Postgres(
                  "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + postgres.name(),
                  "postgres",
                  "secret-1",
                  null),
              new ObjectsPlace.Shared(
                  folder.resolve("objects"), null, folder.resolve("cache"), 64L << 20)),
          documented,
          registered);
    }

    Set<String> absent = new TreeSet<>(documented.keySet());
    absent.removeAll(registered);
    assertThat(absent)
        .as("appear with the first event, with TLS, S3 or people, or at the webhook")
        .isSubsetOf(
            "whorl_custody_checkpoint_failures_total",
            "whorl_http_closed_total",
            "whorl_injection_reviews_total",
            "whorl_object_requests_total",
            "whorl_tls_certificate_expires_seconds",
            "whorl_login_total",
            "whorl_mcp_calls_total",
            "whorl_person_token_refused_total",
            "whorl_person_tokens_verified_total",
            "whorl_oidc_provider_reads_total",
            "whorl_oidc_provider_failures_total",
            "whorl_sessions_ended_by_provider_total",
            "whorl_access_file_failures_total",
            "whorl_access_groups",
            "whorl_api_token_lookups_total",
            "whorl_api_token_unknown_total",
            "whorl_api_token_powerless_total",
            "whorl_api_token_limited_total",
            "whorl_origins_refused_total");
  }

  private CollectorServer serving(
      String name, @Nullable RecordsPlace records, @Nullable ObjectsPlace objects)
      throws Exception {
    Path data = folder.resolve(name);
    ServeConfig config =
        TestConfig.in(data)
            .custody(new CustodyOptions(folder.resolve("log.key"), null, null))
            .records(records == null ? new RecordsPlace.Folder(data) : records)
            .objects(objects == null ? new ObjectsPlace.Data() : objects)
            .lake()
            .config();
    return CollectorServer.start(config, Wiring::open, message -> {});
  }

  private static void check(
      CollectorServer server, Map<String, Metric> documented, Set<String> registered) {
    String text;
    try {
      HttpCaller caller = new HttpCaller(server.url(), "none");
      caller.call("GET", "/healthz", Map.of(), new byte[0]);
      text = caller.call("GET", "/metrics", Map.of(), new byte[0]).text();
    } finally {
      server.stop();
    }
    Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$")
        .matcher(text)
        .results()
        .forEach(
            match -> {
              registered.add(match.group(1));
              Metric metric = documented.get(match.group(1));
              assertThat(metric).as(match.group(1) + " is not in docs/metrics.md").isNotNull();
              assertThat(metric.type()).as(match.group(1)).isEqualTo(match.group(2));
            });
    Pattern.compile("(?m)^(whorl_\\w+)\\{(.*)\\} \\S+$")
        .matcher(text)
        .results()
        .forEach(
            match ->
                assertThat(labels(match.group(2)))
                    .as(match.group(1))
                    .isEqualTo(documented.get(match.group(1)).labels()));
  }

  private static Set<String> labels(String rendered) {
    return Pattern.compile("([a-z_]+)=\"")
        .matcher(rendered)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toSet());
  }

  @Test
  void rulesAndDashboard_useMetricsAndLabelsThatExist() throws IOException {
    Map<String, Metric> documented = documented();
    List<String> expressions =
        Stream.concat(
                Pattern.compile("(?m)^ *expr: (.*)$")
                    .matcher(Files.readString(CHART.resolve("alerts.yaml")))
                    .results()
                    .map(match -> match.group(1)),
                panels(Json.MAPPER.readTree(CHART.resolve("dashboard.json").toFile())))
            .toList();
    assertThat(expressions).hasSizeGreaterThan(20);
    for (String expression : expressions) {
      Set<String> labels = new TreeSet<>(FOREIGN_LABELS);
      Pattern.compile("\\bwhorl_[a-z_]+")
          .matcher(expression)
          .results()
          .map(MatchResult::group)
          .forEach(
              name -> {
                assertThat(documented).as(expression).containsKey(name);
                labels.addAll(documented.get(name).labels());
              });
      Pattern.compile("by \\(([^)]*)\\)")
          .matcher(expression)
          .results()
          .forEach(
              match -> assertThat(labels).as(expression).contains(match.group(1).split(", *")));
      Pattern.compile("[{,] *([a-z_]+) *=")
          .matcher(expression)
          .results()
          .forEach(match -> assertThat(labels).as(expression).contains(match.group(1)));
    }
  }

  private static Stream<String> panels(JsonNode dashboard) {
    return dashboard.findValuesAsText("expr").stream();
  }
}

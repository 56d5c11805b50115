package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.PackagedCollector;
import whorl.collector.testkit.SocketCaller;
import whorl.evidence.Json;

/**
 * Each view of the page with many agents, alerts and the like: none draws more than a page of
 * anything, none is wider than its window, and axe finds nothing.
 */
@Timeout(900)
class CrowdedPageIT {
  /** An acceptable wait on a busy machine. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(10);

  private static final int ROWS_MAX = 200;
  private static final int ITEMS_MAX = 250;
  private static final int SUGGESTIONS_MAX = 500;
  private static final int HEIGHT_MAX = 40_000;
  private static final int LIST_PAGE = 50;

  @TempDir private Path folder;
  private PackagedCollector collector;
  private Browser browser;
  private FakeAgent large;
  private String aCase = "";
  private final List<String> wrong = new ArrayList<>();

  private record Mode(int width, boolean dark) {}

  @Test
  @Tag("long")
  void everyView_ofSomeAgents_isBounded() throws Exception {
    look(new CrowdedRecords(60, 400), 300, List.of(new Mode(1366, true), new Mode(390, false)), 8);
  }

  @Test
  @Tag("long")
  void everyView_of5000AgentsAnd100000Alerts_isBounded() throws Exception {
    look(
        new CrowdedRecords(5_000, 100_000),
        5_000,
        List.of(
            new Mode(1366, false), new Mode(1366, true), new Mode(390, false), new Mode(390, true)),
        120);
  }

  private void look(CrowdedRecords records, int lines, List<Mode> modes, int evidence)
      throws Exception {
    if (!Browser.isInstalled()) {
      System.out.println("SKIPPED: no chromium and chromium-driver here; nobody looks at the page");
    }
    assumeTrue(Browser.isInstalled(), "no chromium and chromium-driver");
    Path data = folder.resolve("collector");
    records.writeTo(data);
    try (PackagedCollector started = new PackagedCollector(data)) {
      collector = started;
      fill(lines, evidence);
      try (Browser opened = new Browser(folder.resolve("browser"))) {
        browser = opened;
        browser.open(collector.url() + "/");
        browser.submit("input[name=token]", collector.token("admin"));
        browser.find(".bar");
        browser.waitUntilLoaded();
        for (Mode mode : modes) {
          browser.emulate(mode.width(), mode.dark());
          views().forEach((name, address) -> look(name + " at " + mode, address));
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private void look(String name, String address) {
    long start = System.nanoTime();
    browser.go(address);
    Duration taken = Duration.ofNanos(System.nanoTime() - start);
    Map<?, ?> size = browser.sizes();
    System.out.println(name + ": " + taken.toMillis() + " ms, " + size);
    check(name, "is there within", taken.toMillis(), MAX_WAIT.toMillis());
    check(name, "rows of a table", (Long) size.get("rows"), ROWS_MAX);
    check(name, "items of a list", (Long) size.get("items"), ITEMS_MAX);
    check(name, "suggestions", (Long) size.get("suggestions"), SUGGESTIONS_MAX);
    check(name, "height", (Long) size.get("height"), HEIGHT_MAX);
    check(name, "wider than the window by", browser.overhang(), 0);
    browser.accessibilityViolations().forEach(violation -> wrong.add(name + ": " + violation));
    browser.consoleErrors().forEach(line -> wrong.add(name + ": " + line));
    if (browser.has(".note-problem")) {
      wrong.add(name + ": " + browser.find(".note-problem").getText());
    }
  }

  private void check(String name, String what, long is, long max) {
    if (is > max) {
      wrong.add(name + ": " + what + ": " + is + ", at most " + max);
    }
  }

  private Map<String, String> views() {
    String one = "/evidence/" + large.evidence;
    Map<String, String> views = new LinkedHashMap<>();
    views.put("alerts", "/alerts");
    views.put("alerts of a service", "/alerts?service=service-0000&state=open");
    views.put("alert group", "/alerts/groups/" + CrowdedRecords.STORM);
    views.put("alert", "/alerts/" + CrowdedRecords.STORM);
    views.put("mutes", "/alerts/mutes");
    views.put("fleet", "/fleet");
    views.put("silent agents", "/fleet?connected=false&service=service-0001");
    views.put("journal", "/fleet/agent-0000000/journal");
    views.put("libraries", "/libraries?name=" + CrowdedRecords.LIBRARY);
    views.put("libraries of an agent", "/fleet/agent-0000000/libraries");
    views.put("hunts", "/hunts");
    views.put("hunt", "/hunts/" + CrowdedRecords.HUNT);
    views.put("captures", "/captures");
    views.put("capture form", "/capture?service=service-0001");
    views.put("evidence", "/evidence");
    views.put("worst evidence", "/evidence?order=worst");
    views.put("cases", "/cases");
    views.put("case", "/cases/" + aCase);
    views.put("search", "/search?q=" + CrowdedRecords.ADDRESS);
    views.put("tokens", "/tokens");
    views.put("notifications", "/notifications");
    views.put("rules", "/rules");
    views.put("new rule", "/rules/new");
    views.put("audit", "/audit");
    views.put("retention", "/retention");
    views.put("probes", "/probes");
    for (String part :
        List.of(
            "summary",
            "timeline",
            "findings",
            "scope",
            "compare",
            "threads",
            "threads?as=list",
            "classes",
            "classes?show=all",
            "libraries",
            "files",
            "network",
            "heap",
            "performance",
            "registrations",
            "console",
            "acquisition",
            "custody",
            "downloads")) {
      views.put("evidence " + part, one + "/" + part);
    }
    return views;
  }

  private void fill(int lines, int evidence) throws Exception {
    SocketCaller agents =
        new SocketCaller(
            collector.url(), collector.token("agent"), InetAddress.getLoopbackAddress());
    for (int i = 0; i < evidence; i++) {
      ship(agents, new FakeAgent().with("threads.txt", "main"));
    }
    large = ship(agents, large(lines));
    HttpCaller responder = new HttpCaller(collector.url(), collector.token("responder"));
    for (int i = 0; i < Math.min(evidence, LIST_PAGE + 1); i++) {
      aCase =
          post(
                  responder,
                  "/api/v1/cases",
                  "{\"title\":\"A shell through GET /invoices " + i + "\"}")
              .path("id")
              .asText();
    }
    String address = "/api/v1/evidence/" + large.evidence;
    responder.call(
        "PUT", "/api/v1/cases/" + aCase + "/evidence/" + large.evidence, Map.of(), new byte[0]);
    await()
        .atMost(Duration.ofSeconds(300))
        .until(() -> collector.get(address + "/index").path("state").asText().equals("ready"));
    await()
        .atMost(Duration.ofSeconds(300))
        .until(() -> !collector.get(address + "/findings").has("status"));
  }

  private static JsonNode post(HttpCaller caller, String path, String body) throws IOException {
    return caller
        .call(
            "POST",
            path,
            Map.of("Content-Type", "application/json"),
            body.getBytes(StandardCharsets.UTF_8))
        .json();
  }

  private static FakeAgent ship(SocketCaller caller, FakeAgent agent) {
    assertThat(agent.seal().shipAll(caller).status()).isEqualTo(204);
    return agent;
  }

  /** Evidence with so many lines in each artifact. */
  private static FakeAgent large(int lines) {
    String start = Instant.parse("2026-11-29T09:30:00Z").toString();
    List<Map<String, Object>> threads = new ArrayList<>();
    StringBuilder registrations = new StringBuilder();
    StringBuilder classes = new StringBuilder();
    StringBuilder connections = new StringBuilder();
    StringBuilder files = new StringBuilder();
    StringBuilder console = new StringBuilder();
    List<Map<String, Object>> components = new ArrayList<>();
    for (int i = 0; i < lines; i++) {
      String name = "com.example.shop.web.filter.generated.RequestLoggingFilter" + i;
      threads.add(
          Map.of(
              "id",
              i,
              "name",
              "http-nio-8080-exec-" + i,
              "state",
              "RUNNABLE",
              "frames",
              List.of(Map.of("at", name + ".doFilter(RequestLoggingFilter.java:12)"))));
      registrations.append(
          line(
              Map.of(
                  "kind", "filter",
                  "className", name,
                  "target", "/api/orders/" + i + "/*",
                  "container", "org.apache.catalina.core.StandardContext[/shop]",
                  "loader", "org.apache.catalina.loader.ParallelWebappClassLoader")));
      classes.append(
          line(Map.of("name", name, "loader", "app", "codeSource", "file:/app/lib/shop.jar")));
      connections.append(
          line(
              Map.of(
                  "protocol",
                  "tcp6",
                  "state",
                  "ESTABLISHED",
                  "localAddress",
                  "10.0.0.1",
                  "localPort",
                  8080,
                  "remoteAddress",
                  "2001:db8::" + Integer.toHexString(i),
                  "remotePort",
                  40_000)));
      files
          .append("0|/app/work/Tomcat/localhost/ROOT/org/apache/jsp/page_")
          .append(i)
          .append("_jsp.java|1|-rw-r--r--|1000|1000|123|1764408600|1764408600|1764408600|0\n");
      console.append(start).append("\tout\tmain\tOrder ").append(i).append(" was placed\n");
      components.add(
          Map.of(
              "type", "library", "group", "org.example", "name", "library-" + i, "version", "1"));
    }
    return new FakeAgent()
        .with("threads.json", Json.bytes(Map.of("threads", threads)))
        .with("registrations.ndjson", registrations.toString())
        .with("classes.ndjson", classes.toString())
        .with("network.ndjson", connections.toString())
        .with("files.body", files.toString())
        .with("console.log", console.toString())
        .with("acquisition.log", "# acquisition log\n")
        .with(
            "libraries.cdx.json",
            Json.bytes(
                Map.of("bomFormat", "CycloneDX", "specVersion", "1.6", "components", components)));
  }

  private static String line(Map<String, Object> fields) {
    return Json.text(fields) + "\n";
  }
}

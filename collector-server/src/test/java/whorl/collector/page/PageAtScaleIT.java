package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import whorl.collector.testkit.PackagedCollector;
import whorl.collector.timeline.Recordings;
import whorl.evidence.Id;

/** Tests the page with a thousand agents and a timeline of a million rows. */
@Tag("long")
@Timeout(300)
class PageAtScaleIT {
  private static final int AGENTS = 1_000;
  private static final int LOST = 3;
  private static final int EVENTS = 1_000_000;

  /** An acceptable wait on a busy machine. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(10);

  @TempDir private static Path folder;

  private static PackagedCollector collector;
  private static Crowd crowd;
  private static ScriptedAgent agent;
  private static Browser browser;
  private static Id evidence;

  @BeforeAll
  static void start() throws Exception {
    if (!Browser.isInstalled()) {
      System.out.println("SKIPPED: no chromium and chromium-driver here; nobody looks at the page");
    }
    assumeTrue(Browser.isInstalled(), "no chromium and chromium-driver");
    collector = new PackagedCollector(folder.resolve("collector"));
    crowd = new Crowd(collector.url(), collector.token("agent"), AGENTS);
    byte[] recording = Recordings.small(EVENTS);
    agent =
        new ScriptedAgent(
            collector.url(),
            collector.token("agent"),
            folder.resolve("agent"),
            new AttackedShop(Instant.now()).withRecording(recording));
    await().atMost(Duration.ofSeconds(30)).until(agent::isConnected);
    evidence = agent.raise();
    await()
        .atMost(Duration.ofSeconds(180))
        .until(
            () ->
                collector
                    .get("/api/v1/evidence/" + evidence + "/index")
                    .path("state")
                    .asText()
                    .equals("ready"));
    await()
        .atMost(Duration.ofSeconds(120))
        .until(() -> collector.get("/api/v1/evidence/" + evidence + "/findings").has("chain"));
    browser = new Browser(folder);
    browser.open(collector.url() + "/");
    browser.submit("input[name=token]", collector.token("viewer"));
    browser.find(".bar");
    browser.waitUntilLoaded();
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (agent != null) {
      agent.close();
    }
    if (crowd != null) {
      crowd.close();
    }
    if (collector != null) {
      collector.close();
    }
  }

  @Test
  void thousandAgents_areCountedByService_andListedInPages() throws IOException {
    crowd.lose(LOST);
    await().atMost(MAX_WAIT).until(() -> silent(Crowd.service(0)) == LOST);

    browser.emulate(1280, false);
    inTime("the fleet", () -> browser.go("/fleet"));
    browser.waitFor("of 21 services");
    assertThat(browser.find(".services").getText())
        .matches("(?s)1.?001 agents of 21 services: 998 connected, 3 silent.*");
    assertThat(rows()).isEqualTo(50);
    inTime("its next page", () -> browser.press(".pager button", "Next"));
    assertThat(rows()).isEqualTo(50);
    browser.script("scrollTo(0, 0)");
    inTime("a service", () -> browser.press(".services a", Crowd.service(350)));
    assertThat(rows()).isEqualTo(Crowd.AGENTS_PER_SERVICE);
    assertThat(browser.text()).contains(Crowd.service(350) + "-399");
    browser.screenshot("fleet-of-a-thousand-1280");
    browser.go("/fleet?service=" + Crowd.service(0) + "&connected=false");
    assertThat(rows()).isEqualTo(LOST);
    browser.emulate(390, false);
    browser.go("/fleet");
    assertThat(browser.overhang()).isLessThanOrEqualTo(0);
    assertThat(browser.accessibilityViolations()).isEmpty();
    browser.emulate(1280, false);
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void millionRows_areCountedFilteredAndPaged() throws IOException {
    String timeline = "/evidence/" + evidence + "/timeline";
    browser.emulate(1280, false);
    inTime("the summary", () -> browser.go("/evidence/" + evidence));
    browser.waitFor("Chain of events");
    inTime("the timeline", () -> browser.go(timeline + "?type=whorl.*"));
    assertThat(rows()).isPositive().isLessThanOrEqualTo(500);
    inTime("its next page", () -> browser.press(".pager button", "Next"));
    browser.screenshot("timeline-of-a-million-1280");
    inTime(
        "a search",
        () -> {
          browser.go(timeline);
          browser.keys("/");
          browser.keys(AttackedShop.COMMAND, Keys.ENTER);
        });
    assertThat(browser.find("main tbody tr").getText()).contains("whorl.ProcessStart");
    inTime("a request", () -> browser.go(timeline + "?request=" + AttackedShop.REQUEST));
    browser.find("main tbody tr", "GET /products");
    inTime("its end", () -> browser.go(timeline + "?order=newest"));
    assertThat(rows()).isPositive();
    assertThat(browser.consoleErrors()).isEmpty();
  }

  private static int silent(String service) throws IOException {
    for (var summary : collector.get("/api/v1/agents/services").path("services")) {
      if (summary.path("service").asText().equals(service)) {
        return summary.path("agents").asInt() - summary.path("connected").asInt();
      }
    }
    return 0;
  }

  private static long rows() {
    return (Long) browser.script("return document.querySelectorAll('main tbody tr').length");
  }

  private static void inTime(String action, Runnable step) {
    long start = System.nanoTime();
    step.run();
    Duration taken = Duration.ofNanos(System.nanoTime() - start);
    System.out.println(action + ": " + taken.toMillis() + " ms");
    assertThat(taken).as(action).isLessThan(MAX_WAIT);
  }
}

package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.PackagedCollector;
import whorl.collector.testkit.SocketCaller;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** Tests the page with Chromium, the packaged collector, and an attacked agent. */
@Timeout(300)
class PageIT {
  @TempDir private static Path folder;

  private static PackagedCollector collector;
  private static ScriptedAgent agent;
  private static Browser browser;
  private static Id evidence;

  @BeforeAll
  static void start() throws IOException {
    if (!Browser.isInstalled()) {
      System.out.println("SKIPPED: no chromium and chromium-driver here; nobody looks at the page");
    }
    assumeTrue(Browser.isInstalled(), "no chromium and chromium-driver");
    collector = new PackagedCollector(folder.resolve("collector"));
    agent = new ScriptedAgent(collector.url(), collector.token("agent"), folder.resolve("agent"));
    await().atMost(Duration.ofSeconds(30)).until(agent::isConnected);
    evidence = agent.raise();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> state("/api/v1/evidence/" + evidence, "sealed"));
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> state("/api/v1/evidence/" + evidence + "/index", "ready"));
    // made when first asked for; the browser would report that it is not there yet
    for (String made : new String[] {"series", "performance"}) {
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> !collector.get("/api/v1/evidence/" + evidence + "/" + made).has("status"));
    }
    browser = new Browser(folder);
  }

  private static boolean state(String path, String wanted) throws IOException {
    return collector.get(path).path("state").asText().equals(wanted);
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (agent != null) {
      agent.close();
    }
    if (collector != null) {
      collector.close();
    }
  }

  @BeforeEach
  void nobodyIsLoggedIn() {
    browser.emulate(1280, false);
    browser.open(collector.url() + "/healthz");
    browser.forgetCookies();
    browser.script("localStorage.clear()");
    browser.consoleErrors();
  }

  @Test
  void login_withAWrongToken_showsTheError_andWithAValidOneContinues() throws IOException {
    browser.open(collector.url() + "/#/fleet");
    browser.submit("input[name=token]", "nobody's");
    browser.waitFor("this token is unknown");
    assertThat(browser.consoleErrors()).hasSize(1).allMatch(line -> line.contains("401"));

    browser.submit("input[name=token]", collector.token("viewer"));
    browser.waitFor("shop-6d5f9c-x2x");
    assertThat(browser.currentView()).isEqualTo("#/fleet");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void attack_canBeFollowedFromTheAlertToTheRequest() throws IOException {
    logIn("responder");
    browser.press("main a", "Shell Started by the Application");
    assertThat(browser.text()).contains("critical", AttackedShop.COMMAND, "GET /products");
    browser.press("main a", "Open the evidence");
    assertThat(browser.text()).contains("What happened", "Chain of events", "signature verified");

    browser.press(".parts a", "Timeline");
    assertThat(browser.text()).doesNotContain("app.C1");
    browser.keys("/");
    browser.keys(AttackedShop.COMMAND, Keys.ENTER);
    assertThat(browser.find("main tbody tr").getText()).contains("whorl.ProcessStart");
    browser.keys(Keys.ESCAPE);
    browser.keys("j");
    browser.keys(Keys.ENTER);
    assertThat(browser.find(".row-panel").getText())
        .contains("process.command_line", "ProductsController.products", AttackedShop.INTRUDER);
    browser.press(".pivots a", "Same request");
    assertThat(browser.currentView()).contains("request=" + AttackedShop.REQUEST);
    assertThat(browser.find("main table").getText())
        .contains("GET /products from " + AttackedShop.INTRUDER, "evaluated", "defined class")
        .doesNotContain("environ");
    browser.press(".presets button", "Requests");
    assertThat(browser.find("main table").getText())
        .contains("GET /products")
        .doesNotContain("defined class");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void capture_isStarted_andItsProgressIsShown() throws IOException {
    logIn("responder");
    browser.press(".bar a", "Start a capture");
    browser.enter("input[name=service]", "shop");
    browser.submit("input[name=reason]", "odd egress");
    browser.waitFor("✓ sealed");
    browser.press("main a", "Open the evidence");
    browser.waitFor("odd egress"); // the title, or beside its gravest finding
    assertThat(browser.currentView()).doesNotContain(evidence.value());
  }

  @Test
  void recording_isDownloadedCompletely_andCustodyIsVerified() throws IOException {
    logIn("viewer");
    browser.go("/evidence/" + evidence + "/downloads");
    browser.press(".card", "Recording");
    Digest recording = Digest.of(Files.readAllBytes(browser.downloaded(".jfr")));
    assertThat(collector.get("/api/v1/evidence/" + evidence).path("artifacts"))
        .anySatisfy(
            artifact -> assertThat(artifact.path("sha256").asText()).isEqualTo(recording.hex()));

    browser.go("/evidence/" + evidence + "/custody");
    browser.press("button", "Verify now");
    browser.waitFor("Everything is as it was sealed");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void aCase_takesEvidenceNotesTagsAndAHold() throws IOException {
    logIn("responder");
    browser.go("/cases");
    browser.submit("#new-case input[name=title]", "Shop: a shell through /products");
    browser.waitFor("Without a hold");
    String view = browser.currentView();
    browser.submit("input[name=evidence]", evidence.value());
    browser.find("main tbody a[title='" + evidence + "']");
    browser.press("#add-evidence summary", "Add evidence");
    browser.submit("#add-evidence input[name=q]", "no such words");
    browser.waitFor("No evidence matches.");
    browser.enter("textarea[name=text]", "The address is not one of ours. " + AttackedShop.HOSTILE);
    browser.press("#new-note button", "Add the note");
    browser.waitFor("The address is not one of ours. <img");
    browser.submit("input[name=tag]", "spel");
    browser.find(".tag", "spel");
    browser.submit("#new-hold input[name=reason]", "under investigation");
    browser.waitFor("under investigation");

    browser.go("/evidence");
    assertThat(browser.find("main tbody").getText()).contains("■ held");
    browser.go("/evidence/" + evidence);
    browser.find("main a", "Shop: a shell through /products");
    browser.go("/evidence/" + evidence + "/custody");
    browser.waitFor("■ Held");
    assertThat(browser.has("button.danger")).isFalse();
    browser.go(view.substring(1));
    browser.screenshot("case-1280");
    browser.press("main a", "imeline");
    browser.press(".presets button", "Commands");
    assertThat(browser.find("main table").getText()).contains(AttackedShop.COMMAND);
    assertThat(browser.has("figure.histogram canvas, .histogram canvas")).isTrue();
    assertThat(browser.accessibilityViolations()).isEmpty();
    browser.screenshot("case-timeline-1280");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void row_getsAStarTagsAndANote_andTheTimelineShowsOnlySuch() throws IOException {
    logIn("responder");
    browser.go("/evidence/" + evidence + "/timeline?type=whorl.Process*");
    browser.find("main tbody tr");
    browser.keys("j");
    browser.keys("s");
    browser.find(".star-button[aria-pressed=true]");
    browser.keys(Keys.ENTER);
    browser.find(".row-marks details[open]");
    browser.enter("#own-mark input[name=tags]", "shell, way in");
    browser.enter("#own-mark textarea[name=note]", "see this " + AttackedShop.HOSTILE);
    browser.press("#own-mark button", "Keep");
    browser.find(".mark-chips .tag", "way in");
    browser.press(".presets button", "Marked");
    assertThat(browser.currentView()).contains("marked=true");
    assertThat(browser.find("main tbody").getText()).contains("shell", "way in", "note");
    for (int width : new int[] {1366, 390}) {
      for (boolean dark : new boolean[] {false, true}) {
        browser.emulate(width, dark);
        browser.find(".mark-chips .tag", "way in");
        assertThat(browser.overhang()).as("at " + width).isLessThanOrEqualTo(0);
        assertThat(browser.accessibilityViolations()).as("at " + width).isEmpty();
      }
      browser.screenshot("marks-" + width);
    }
    browser.emulate(1366, false);
    browser.find("#own-mark");
    browser.press("#own-mark button", "Remove");
    browser.waitFor("No row matches");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void filters_areSavedUnderAName_renamed_sharedAndOpened() throws IOException {
    logIn("responder");
    browser.go("/evidence/" + evidence + "/timeline?type=whorl.Process*");
    browser.press(".saved-views > summary", "Views");
    browser.waitFor("No saved view yet.");
    browser.submit("#save-view input[name=name]", "shells " + AttackedShop.HOSTILE);
    browser.find(".saved-views li a", "shells <img");
    assertThat(browser.accessibilityViolations()).isEmpty();
    browser.press(".saved-views li button", "rename");
    browser.submit(".saved-views input[name=renamed]", "shells");
    browser.find(".saved-views li a", "shells");
    browser.press(".saved-views li button", "share");
    browser.waitFor("yours, shared");
    browser.go("/evidence/" + evidence + "/timeline");
    browser.press(".saved-views > summary", "Views");
    browser.press(".saved-views li a", "shells");
    browser.waitUntilLoaded();
    assertThat(browser.currentView()).contains("type=whorl.Process");
    for (int width : new int[] {1366, 390}) {
      browser.emulate(width, width == 390);
      assertThat(browser.overhang()).as("at " + width).isLessThanOrEqualTo(0);
    }
    browser.emulate(1366, false);
    browser.go("/evidence/" + evidence + "/timeline");
    browser.press(".saved-views > summary", "Views");
    browser.press(".saved-views li button", "delete");
    browser.waitFor("No saved view yet.");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void apiToken_isMade_shownOnce_used_andRevoked() throws IOException {
    logIn("responder");
    browser.press(".account > summary", "responder");
    browser.press(".account a", "API tokens");
    browser.waitFor("No API token yet.");
    browser.enter("#new-token input[name=namespaces]", "shop, bank");
    browser.submit("#new-token input[name=name]", "nightly " + AttackedShop.HOSTILE);
    browser.waitFor("it is shown only once");
    String token = browser.find("#made-token").getDomProperty("value");
    assertThat(token).matches("whorl_pat_[0-9A-Za-z]{49}");
    assertThat(
            new HttpCaller(collector.url(), token)
                .call("GET", "/session", Map.of(), new byte[0])
                .text())
        .contains("\"role\":\"viewer\"", "(token ");
    assertThat(browser.find("main tbody").getText())
        .contains("nightly <img", "viewer", "namespaces bank, shop", "never");
    assertThat(browser.accessibilityViolations()).isEmpty();
    browser.screenshot("tokens-1280");
    browser.emulate(390, true);
    assertThat(browser.accessibilityViolations()).isEmpty();
    browser.screenshot("tokens-390-dark");
    browser.emulate(1280, false);

    browser.press("main button", "Revoke");
    browser.press("main button", "Really revoke");
    browser.waitFor("No API token yet.");
    assertThat(
            new HttpCaller(collector.url(), token)
                .call("GET", "/session", Map.of(), new byte[0])
                .status())
        .isEqualTo(401);
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void recording_isDrawn_andItsSpanIsThatOfTheTimeline() throws IOException {
    logIn("viewer");
    browser.go("/evidence/" + evidence + "/recording");
    browser.waitFor("found nothing");
    browser.find(".chart h3", "CPU");
    browser.find(".chart h3", "Threads");
    assertThat(browser.has(".chart canvas")).isTrue();
    assertThat(browser.text()).contains("Threads when captured", "RUNNABLE");
    browser.press("details summary", "All measures as a table");
    assertThat(browser.find("table[aria-label=Measures]").getText()).contains("cpu.jvm.user", "%");

    browser.script("document.querySelector('.chart-box[aria-label=CPU]').focus()");
    browser.keys(Keys.HOME);
    assertThat(browser.find(".chart-box[aria-label=CPU]").getAttribute("aria-valuetext"))
        .contains("JVM, user");
    browser.keys(Keys.ENTER);
    browser.waitFor("Enter again ends the span");
    browser.keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ENTER);
    browser.waitFor("Show all of the recording");
    String span = browser.currentView();
    assertThat(span).contains("from=", "to=");
    browser.press(".parts a", "Timeline");
    assertThat(browser.currentView()).contains(span.substring(span.indexOf("from=")));
    browser.press(".parts a", "Recording");
    browser.waitFor("Show all of the recording");
    browser.press("main button", "Show all of the recording");
    assertThat(browser.currentView()).doesNotContain("from=");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  /** A line end is nothing beside a tag or a value, and one space within a text. */
  @Test
  void templates_treatWhiteSpaceAsJsxDoes() {
    browser.open(collector.url() + "/");

    assertThat(
            browser.script(
                """
                return import('/page/html.js').then(({ html }) => {
                  const text = (node) =>
                    Array.isArray(node) ? node.map(text).join('|')
                      : node?.props ? `<${text(node.props.children)}>` : String(node ?? '');
                  return [
                    html`<p>one <b>two</b> ${3} four</p>`,
                    html`<p>
                      one
                      <b>two</b>
                      ${3}
                      four
                    </p>`,
                    html`<p>
                      one${' '}
                      <b>two</b> ${3}${' '}
                      four
                      five
                    </p>`,
                    html`
                      , <b>one</b>
                    `,
                  ].map(text);
                });
                """))
        .isEqualTo(
            List.of(
                "<one |<two>| |3| four>",
                "<one|<two>|3|four>",
                "<one| |<two>| |3| |four five>",
                ", |<one>"));
  }

  @Test
  void tables_breakNoWords() throws IOException {
    logIn("responder");
    browser.go("/cases");
    browser.submit("#new-case input[name=title]", "Tags that are read");
    browser.waitFor("Without a hold");
    for (String tag : new String[] {"webshell", "persistence", "customer-data"}) {
      browser.submit("input[name=tag]", tag);
      browser.find(".tag", tag);
    }
    for (int width : new int[] {1366, 390}) {
      browser.emulate(width, false);
      for (String view :
          new String[] {"/cases", "/fleet", "/evidence/" + evidence + "/registrations"}) {
        browser.go(view);
        browser.find("main tbody tr");
        assertThat(browser.brokenWords()).as(view + " at " + width).isEmpty();
        assertThat(browser.overhang()).as(view + " at " + width).isLessThanOrEqualTo(0);
      }
    }
  }

  @Test
  void menus_closeOnEscapeAndOnOutsideClicks() throws IOException {
    logIn("viewer");
    browser.go("/evidence/" + evidence + "/timeline");
    browser.press("details.menu summary", "Types");
    assertThat(browser.has("details.menu[open]")).isTrue();
    browser.press("details.menu summary", "More filters");
    assertThat(browser.script("return document.querySelectorAll('details.menu[open]').length"))
        .isEqualTo(1L);
    browser.keys(Keys.ESCAPE);
    assertThat(browser.has("details.menu[open]")).isFalse();
    browser.press("details.menu summary", "Types");
    browser.press("h2", "Timeline");
    assertThat(browser.has("details.menu[open]")).isFalse();
  }

  @Test
  void timeline_rowsOfAnotherDayShowTheirDate_andOldFilesDoNotCompressTheChart()
      throws IOException {
    logIn("viewer");
    browser.go("/evidence/" + evidence + "/timeline?order=asc");
    assertThat(browser.find("main tbody tr").getText()).contains("2023-11-14");
    assertThat(
            browser.script(
                "return [...document.querySelectorAll('main tbody tr')].filter(row =>"
                    + " row.querySelector('.day')).length"))
        .as("the first row, and the first row of the day of the attack")
        .isEqualTo(2L);
    assertThat(browser.find(".histogram figcaption").getText())
        .contains("outside, from 2023-11-14")
        .doesNotStartWith("2023");
    browser.press(".histogram button", "show all in the chart");
    assertThat(browser.find(".histogram figcaption").getText()).startsWith("2023-11-14");
  }

  @Test
  void custody_showsTheWholeLog_withLaterReads() throws IOException {
    collector.get("/api/v1/evidence/" + evidence + "/artifacts/process.json");
    logIn("viewer");
    browser.go("/evidence/" + evidence + "/custody");

    assertThat(browser.find("main table[aria-label=Custody]").getText())
        .contains("sealed", "exported", "process.json");
  }

  @Test
  void alerts_areDecided_byButtonsAndKeys_andMuted() throws IOException {
    logIn("responder");
    browser.go("/alerts?q=shell");
    browser.press("main a", "Shell Started by the Application");
    browser.press(".head-actions button", "Acknowledge");
    browser.waitFor("now acknowledged");
    browser.enter("textarea[name=comment]", "Ours? " + AttackedShop.HOSTILE);
    browser.press("#new-comment button", "Comment");
    browser.waitFor("Ours? <img");
    browser.press(".head-actions button", "False positive");
    browser.waitFor("now false-positive");
    browser.press(".head-actions button", "Reopen");
    browser.waitFor("now open");

    browser.go("/alerts?q=shell&state=open");
    browser.keys("j");
    browser.keys("A");
    browser.waitFor("No alert matches");
    browser.go("/alerts?q=shell");
    assertThat(browser.find("main tbody tr").getText()).contains("acknowledged", "Evidence");

    browser.press("main a", "Shell Started by the Application");
    browser.submit("#new-mute input[name=reason]", "we test that");
    browser.waitFor("is muted until");
    browser.go("/alerts/mutes");
    browser.press("button", "End now");
    browser.waitFor("Nothing is muted");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void resolvedAlert_isMarked() throws IOException {
    byte[] alertmanager =
        """
        {"version": "4", "status": "resolved", "alerts": [{"status": "resolved",
        "labels": {"alertname": "DiskPressureIsOver", "severity": "critical", "pod": "none"},
        "annotations": {}, "startsAt": "2026-11-24T09:10:00Z", "endsAt": "2026-11-24T09:58:00Z",
        "fingerprint": "2b41cb82ddb3a320"}]}"""
            .getBytes(StandardCharsets.UTF_8);
    Answer answer =
        new SocketCaller(
                collector.url(), collector.token("alert"), InetAddress.getLoopbackAddress())
            .call(
                "POST",
                "/api/v1/alerts/alertmanager",
                Map.of("Content-Type", "application/json"),
                alertmanager);
    assertThat(answer.status()).as(answer.text()).isEqualTo(202);

    logIn("viewer");
    browser.go("/alerts");
    assertThat(browser.find("main tbody tr", "DiskPressureIsOver").getText())
        .contains("resolved")
        .doesNotContain("critical");
  }

  @Test
  void downloads_listOnlyExistingArtifacts() throws IOException {
    FakeAgent bare = new FakeAgent().with("threads.txt", "main").seal();
    SocketCaller caller =
        new SocketCaller(
            collector.url(), collector.token("agent"), InetAddress.getLoopbackAddress());
    assertThat(bare.shipAll(caller).status()).isEqualTo(204);

    logIn("viewer");
    browser.go("/evidence/" + bare.evidence + "/downloads");
    for (String card : new String[] {"Recording", "Classes"}) {
      assertThat(browser.find(".card", card).getText()).contains("not in this evidence");
      assertThat(browser.find(".card", card).getTagName()).isEqualTo("div");
    }
    assertThat(browser.find(".card", "Bag").getTagName()).isEqualTo("a");
    browser.go("/evidence/" + evidence + "/downloads");
    assertThat(browser.find(".card", "Classes").getTagName()).isEqualTo("a");
  }

  @Test
  void viewer_canNeitherTriggerNorDelete() throws IOException {
    logIn("viewer");
    assertThat(browser.text()).doesNotContain("Start a capture");
    browser.go("/capture");
    browser.waitFor("A viewer cannot start captures");
    browser.go("/cases");
    assertThat(browser.has("#new-case")).isFalse();
    browser.go("/evidence/" + evidence + "/custody");
    assertThat(browser.text()).doesNotContain("Purge");
    assertThat(browser.consoleErrors()).isEmpty();

    assertThat(statusOf("POST", "/api/v1/captures")).isEqualTo(403L);
    assertThat(statusOf("DELETE", "/api/v1/evidence/" + evidence)).isEqualTo(403L);
  }

  /** Returns the status that the collector sends to this session, without using the page. */
  private static Object statusOf(String method, String path) {
    return browser.asyncScript(
        "const [method, path, done] = arguments;"
            + "fetch('/session').then(answer => answer.json()).then(({csrf}) => fetch(path, {method,"
            + " headers: {'X-CSRF-Token': csrf, 'Content-Type': 'application/json'},"
            + " body: method === 'POST' ? '{\"target\":{\"service\":\"shop\"}}' : undefined}))"
            + ".then(answer => done(answer.status), failure => done(String(failure)))",
        method,
        path);
  }

  @Test
  void endedSession_leadsToTheLoginAndBack() throws IOException {
    logIn("viewer");
    browser.go("/evidence/" + evidence + "/console");
    browser.forgetCookies();
    browser.go("/evidence/" + evidence + "/network");
    browser.submit("input[name=token]", collector.token("viewer"));
    browser.waitFor("Connections");
    assertThat(browser.currentView()).isEqualTo("#/evidence/" + evidence + "/network");
  }

  @Test
  void intrudersText_isShownAndNeverRun() throws IOException {
    logIn("viewer");
    browser.go("/evidence/" + evidence + "/console");
    assertThat(browser.find("main table").getText())
        .contains("<img src=x onerror=", "⟨U+202E⟩gnp.exe");
    browser.go("/evidence/" + evidence + "/timeline?q=environ&type=whorl.HttpRequest");
    browser.waitFor("<img src=x onerror=");
    assertThat(browser.has("main img")).isFalse();
    assertThat(browser.script("return document.title")).isNotEqualTo("owned");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void keys_navigate() throws IOException {
    logIn("viewer");
    browser.keys("?");
    browser.waitFor("start a capture");
    browser.keys(Keys.ESCAPE);
    assertThat(browser.has("[role=dialog]")).isFalse();
    browser.keys("g");
    browser.keys("e");
    assertThat(browser.currentView()).isEqualTo("#/evidence");
    browser.keys("j");
    browser.keys(Keys.ENTER);
    assertThat(browser.currentView()).startsWith("#/evidence/");
  }

  @Test
  void fleet_showsTheCostsOfAnAgent() throws IOException {
    logIn("viewer");
    browser.go("/fleet");
    browser.waitFor("takes – CPU, 4.0 MiB");
    browser.press("main summary", "4.0 MiB");

    assertThat(browser.text()).contains("1.50 s", "12 700", "heap: events", "3.0 MiB");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void everyView_fitsBothWidthsAndThemes_andIsAccessible() throws IOException {
    browser.open(collector.url() + "/");
    browser.waitUntilLoaded();
    assertLooksRight("login");
    logIn("admin");
    for (Map.Entry<String, String> view : views().entrySet()) {
      browser.go(view.getValue());
      assertLooksRight(view.getKey());
    }
  }

  private static void assertLooksRight(String view) throws IOException {
    for (boolean dark : new boolean[] {true, false}) {
      browser.emulate(1280, dark);
      browser.waitUntilLoaded();
      browser.screenshot(view + "-1280" + (dark ? "-dark" : ""));
      assertThat(browser.accessibilityViolations()).as(view + ", dark: " + dark).isEmpty();
    }
    browser.emulate(390, false);
    browser.waitUntilLoaded();
    browser.screenshot(view + "-390");
    assertThat(browser.overhang()).as(view + " at 390 pixels").isLessThanOrEqualTo(0);
    assertThat(browser.accessibilityViolations()).as(view + " at 390 pixels").isEmpty();
    browser.emulate(1280, false);
    assertThat(browser.consoleErrors()).as(view).isEmpty();
  }

  private static Map<String, String> views() throws IOException {
    String one = "/evidence/" + evidence;
    Map<String, String> views = new LinkedHashMap<>();
    views.put("alerts", "/alerts");
    views.put("alert", "/alerts/" + collector.get("/api/v1/alerts").at("/alerts/0/id").asText());
    views.put(
        "alert-group",
        "/alerts/groups/" + collector.get("/api/v1/alert-groups").at("/groups/0/id").asText());
    views.put("mutes", "/alerts/mutes");
    views.put("fleet", "/fleet");
    views.put("journal", "/fleet/" + agent.id + "/journal");
    views.put("libraries", "/libraries?name=log4j*");
    views.put("libraries-of-agent", "/fleet/" + agent.id + "/libraries");
    views.put("captures", "/captures");
    views.put("capture", "/capture");
    views.put("evidence", "/evidence");
    views.put("summary", one);
    views.put("timeline", one + "/timeline?type=whorl.*");
    views.put(
        "row", one + "/timeline?request=" + AttackedShop.REQUEST + "&row=" + firstProcessStart());
    for (String part :
        new String[] {
          "recording",
          "findings",
          "scope",
          "threads",
          "classes",
          "libraries-in-evidence",
          "files",
          "network",
          "process",
          "registrations",
          "console",
          "acquisition",
          "custody",
          "downloads"
        }) {
      views.put(part, one + "/" + part.replace("-in-evidence", ""));
    }
    views.put("thread-list", one + "/threads?as=list");
    views.put("samples", one + "/threads?as=samples");
    views.put("cases", "/cases");
    return views;
  }

  private static String firstProcessStart() throws IOException {
    return collector
        .get("/api/v1/evidence/" + evidence + "/timeline?type=whorl.ProcessStart")
        .at("/rows/0/event.id")
        .asText();
  }

  private static void logIn(String role) throws IOException {
    browser.open(collector.url() + "/");
    browser.submit("input[name=token]", collector.token(role));
    browser.find(".bar");
    browser.waitUntilLoaded();
  }
}

package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.SocketCaller;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** One piece of evidence on the page. */
class EvidencePageIT extends PageFixture {
  private static final String DATE = "\\d{4}-\\d\\d-\\d\\d";
  private static final List<String> LEVELS =
      List.of("critical", "high", "medium", "low", "informational");

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

  /** The first moment of each list has its date, and a span of charts too. */
  @Test
  void moments_haveTheirDate() throws IOException {
    logIn("viewer");
    String one = "/evidence/" + evidence;
    browser.go(one);
    assertThat(browser.find(".chain li").getText()).containsPattern(DATE);
    browser.go(one + "/findings");
    assertThat(browser.find("dl[aria-label=Finding] time").getText()).containsPattern(DATE);
    for (String part : new String[] {"console", "classes"}) {
      browser.go(one + "/" + part);
      assertThat(browser.find("main tbody tr .day").getText()).as(part).matches(DATE);
    }
    browser.go(one + "/recording");
    assertThat(browser.find("main p.small b").getText()).containsPattern(DATE);
    browser.go(one + "/scope");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void frameOfAStack_leadsToAProbeOfItsMethod_forAdmins() throws IOException {
    String rows = "/evidence/" + evidence + "/timeline?type=whorl.ProcessStart";
    logIn("viewer");
    browser.go(rows);
    browser.keys("j");
    browser.keys(Keys.ENTER);
    browser.find(".row-panel .stack-frames");
    assertThat(browser.has(".stack-frames a")).isFalse();

    nobodyIsLoggedIn();
    logIn("admin");
    browser.go(rows);
    browser.keys("j");
    browser.keys(Keys.ENTER);
    browser.find(".stack-frames a");
    assertThat(browser.script("return document.querySelectorAll('.stack-frames a').length"))
        .as("frames that are not the JDK's")
        .isEqualTo(2L);
    browser.press(".stack-frames a", "probe");
    assertThat(browser.currentView()).startsWith("#/probes?");
    assertThat(
            List.of("class", "method", "agent").stream()
                .map(name -> browser.find("input[name=" + name + "]").getDomProperty("value")))
        .containsExactly("org.springframework.expression.Promo", "run", agent.id.value());

    assertThat(
            browser.script(
                "return import('/page/views/probing.js').then(({ callOf }) => arguments[0]"
                    + ".map(callOf).map(call => call ? call.class + '#' + call.method : 'none'))",
                List.of(
                    "app//com.example.Orders$Line.find(Orders.java:12)",
                    "com.example.Orders.<init>(Orders.java:3)",
                    "com.example.Orders$$Lambda/0x00007f0001.run(Unknown Source)",
                    "java.base/java.lang.Thread.run(Thread.java:840)",
                    "http-nio-8080-exec-5")))
        .isEqualTo(List.of("com.example.Orders$Line#find", "none", "none", "none", "none"));
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void alert_leadsToItsRule_andTheRuleToItsRows() throws IOException {
    FakeAgent alerted =
        new FakeAgent()
            .with(
                "alert.json",
                Json.bytes(
                    Map.of(
                        "alert",
                        new AttackedShop(Instant.now()).alert(Id.next(InstantSource.system())))))
            .seal();
    SocketCaller caller =
        new SocketCaller(
            collector.url(), collector.token("agent"), InetAddress.getLoopbackAddress());
    assertThat(alerted.shipAll(caller).status()).isEqualTo(204);
    String index = "/api/v1/evidence/" + alerted.evidence + "/index";
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> collector.get(index).path("state").asText().equals("ready"));

    logIn("viewer");
    browser.go("/alerts?q=shell");
    browser.press("main a", "Shell Started by the Application");
    browser.press("main a", "rows");
    String rows = browser.currentView().substring(1);
    assertThat(rows).contains("/" + evidence + "/timeline", "rule.id");
    browser.go(rows.replace(evidence.value(), alerted.evidence.value()));
    browser.find("main tbody tr", "Shell Started by the Application");
    browser.keys("j");
    browser.keys(Keys.ENTER);
    browser.press(".pivots a", "The rule");
    browser.waitFor("in the last day");
    assertThat(browser.currentView()).startsWith("#/rules/" + AttackedShop.RULE);
    browser.press("main a", "Evidence it triggered");
    browser.find("main tbody tr");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void findings_nameTheirFieldsAlike_andTheClassIsAsGraveAsItsFinding() throws IOException {
    logIn("viewer");
    browser.go("/evidence/" + evidence + "/findings");
    browser.find("dl[aria-label=Finding]");
    assertThat(
            browser.script(
                "return [...document.querySelectorAll('dl[aria-label=Finding] dt')]"
                    + ".map(each => each.innerText).filter(text => !/^[A-Z]/.test(text))"))
        .isEqualTo(List.of());
    Object gravest =
        collector
            .get("/api/v1/evidence/" + evidence + "/findings")
            .path("findings")
            .findParents("subjects")
            .stream()
            .filter(finding -> finding.path("subjects").toString().contains("\"class\""))
            .map(finding -> finding.path("severity").asText())
            .min((one, other) -> LEVELS.indexOf(one) - LEVELS.indexOf(other))
            .orElseThrow();
    browser.go("/evidence/" + evidence + "/classes");
    assertThat(browser.find("main tbody tr .level").getText()).contains(gravest.toString());
  }

  @Test
  void threads_ofWhorlItself_areLeftOut_unlessTheyAreWanted() throws IOException {
    logIn("viewer");
    browser.go("/evidence/" + evidence + "/threads?as=list");
    assertThat(browser.text())
        .as("a name alone hides nothing")
        .contains("whorl-hidden")
        .doesNotContain("whorl-upkeep");
    browser.find("input[name=own]").click();
    browser.waitFor("whorl-upkeep");
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
  void headOfEvidence_saysThatItIsAnalysed_withoutALoadOfThePage() throws IOException {
    FakeAgent bare = new FakeAgent().with("threads.txt", "main").seal();
    SocketCaller caller =
        new SocketCaller(
            collector.url(), collector.token("agent"), InetAddress.getLoopbackAddress());
    logIn("viewer");
    assertThat(bare.shipAll(caller).status()).isEqualTo(204);
    browser.go("/evidence/" + bare.evidence + "/custody");
    browser.find(".evidence-head .gravest", "not analysed yet");

    await()
        .atMost(Duration.ofSeconds(180))
        .until(() -> !browser.find(".evidence-head .gravest").getText().contains("not analysed"));
  }

  /** A file's time is whatever its owner sets. */
  @Test
  void files_withTimesThatNoCalendarHas_areListed() throws IOException {
    FakeAgent bare =
        new FakeAgent()
            .with(
                "files.body",
                "0|/tmp/far|7|r/rrw-r--r--|0|0|5|8640000000001.5|253402300800|1764547200.25|0\n")
            .seal();
    SocketCaller caller =
        new SocketCaller(
            collector.url(), collector.token("agent"), InetAddress.getLoopbackAddress());
    assertThat(bare.shipAll(caller).status()).isEqualTo(204);

    logIn("viewer");
    browser.go("/evidence/" + bare.evidence + "/files");
    assertThat(browser.find("main tbody tr").getText())
        .contains("/tmp/far", "@8640000000001.5", "@253402300800", "2025-12-01 00:00:00.250");
  }

  @Test
  void evidenceWithoutEvents_saysThatTheyAreNotThere_andNotThatNothingHappened()
      throws IOException {
    FakeAgent bare = new FakeAgent().with("threads.txt", "main").seal();
    SocketCaller caller =
        new SocketCaller(
            collector.url(), collector.token("agent"), InetAddress.getLoopbackAddress());
    assertThat(bare.shipAll(caller).status()).isEqualTo(204);
    String view = "/evidence/" + bare.evidence;
    await()
        .atMost(Duration.ofSeconds(180))
        .until(
            () ->
                collector.get("/api/v1" + view + "/index").path("state").asText().equals("ready"));

    logIn("viewer");
    browser.go(view + "/process");
    browser.waitFor("It is not known which processes this JVM started");
    browser.go(view + "/timeline?type=whorl.*");
    browser.waitFor("what it did is not known here");
    browser.go("/evidence/" + evidence + "/timeline?q=absent-from-all");
    browser.waitFor("No row matches. Remove a filter.");
    browser.go("/evidence/" + evidence + "/classes?q=absent-from-all");
    browser.waitFor("No class with this name was made at run time");
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
}

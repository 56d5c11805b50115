package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.RawChannel;
import whorl.collector.testkit.SocketCaller;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CaptureState;

/** What people start, decide and change on the page. */
class ActionsPageIT extends PageFixture {
  private static final String SUGGESTIONS =
      "return document.getElementById(arguments[0]).innerHTML";

  @Test
  void capture_isStarted_andItsProgressIsShown() throws IOException {
    logIn("responder");
    browser.go("/cases");
    browser.submit("#new-case input[name=title]", "Odd egress of the shop");
    browser.waitFor("Without a hold");
    String ofCase = browser.currentView().substring(1);

    browser.press(".bar a", "Start a capture");
    assertThat(browser.script(SUGGESTIONS, "capture-service")).asString().contains("shop");
    assertThat(browser.script(SUGGESTIONS, "capture-pod")).asString().contains("shop-6d5f9c-x2x");
    browser.enter("input[name=service]", "shopp");
    browser.waitFor("No connected JVM matches");
    browser.enter("input[name=service]", "shop");
    browser.waitFor("1 JVM matches: shop-6d5f9c-x2x");
    browser.find("select[name=case] option", "Odd egress of the shop").click();
    assertThat(browser.has("input[name=force]")).isTrue();
    browser.submit("input[name=reason]", "odd egress");
    browser.waitFor("✓ sealed");
    assertThat(browser.find("h1").getText()).isEqualTo("Capture sealed");
    browser.press("main a", "Open the evidence");
    browser.waitFor("odd egress"); // the title, or beside its gravest finding
    assertThat(browser.currentView()).doesNotContain(evidence.value());
    String captured = browser.currentView().replaceFirst(".*/", "");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> collector.get("/api/v1" + ofCase).path("evidence").toString().contains(captured));
  }

  @Test
  void captureThatFails_leadsToNoEvidence() throws IOException {
    FakeAgent other = new FakeAgent();
    other.service = "failing";
    try (RawChannel channel =
        RawChannel.open(
            collector.url(), collector.token("agent"), InetAddress.getLoopbackAddress())) {
      assertThat(channel.hello(other.identity(), other.key)).isNotNull();
      channel.say(
          new AgentMessage.CaptureProgress(
              other.capture, other.evidence, CaptureState.RUNNING, 0, 0, null));
      String path = "/captures/" + other.capture;
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> collector.get("/api/v1" + path).path("evidence").asText(),
              other.evidence.value()::equals);
      logIn("viewer");
      browser.go(path);
      browser.waitFor("The agent collects");
      channel.say(
          new AgentMessage.CaptureProgress(
              other.capture, null, CaptureState.FAILED, 0, 0, "no room for it"));
      browser.waitFor("no room for it");

      assertThat(browser.text()).contains("There is no evidence that can be trusted.");
      assertThat(browser.has(".capture-progress a.button")).isFalse();
      browser.go("/captures?service=failing");
      assertThat(browser.find("main tbody tr").getText()).contains("failed").doesNotContain("Open");
    }
  }

  @Test
  void filters_suggestWhatThereIs() throws IOException {
    logIn("viewer");
    for (String view : new String[] {"/alerts", "/fleet", "/captures", "/evidence", "/libraries"}) {
      browser.go(view);
      assertThat(browser.script(SUGGESTIONS, "service-suggestions"))
          .as(view)
          .asString()
          .contains("shop");
    }
    browser.go("/evidence");
    assertThat(browser.script(SUGGESTIONS, "agent-suggestions"))
        .asString()
        .contains(agent.id.value(), "shop-6d5f9c-x2x");
    browser.go("/alerts");
    assertThat(browser.script(SUGGESTIONS, "rule-suggestions"))
        .asString()
        .contains("Shell Started by the Application");
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
  void evidenceWithALongReason_joinsANewCase() throws IOException {
    HttpCaller responder = new HttpCaller(collector.url(), collector.token("responder"));
    String reason = "odd egress of the shop ".repeat(12) + "since last night";
    Answer started =
        responder.call(
            "POST",
            "/api/v1/captures",
            Map.of("Content-Type", "application/json"),
            ("{\"target\":{\"service\":\"shop\"},\"reason\":\"" + reason + "\"}")
                .getBytes(StandardCharsets.UTF_8));
    String capture = "/api/v1/captures/" + started.json().at("/captures/0/id").asText();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> collector.get(capture).path("state").asText().equals("sealed"));

    logIn("responder");
    browser.go("/evidence/" + collector.get(capture).path("evidence").asText());
    browser.press("section[aria-labelledby=in-cases] button", "Add");
    browser.find("section[aria-labelledby=in-cases] a", reason.substring(0, 190));
  }

  @Test
  void hunt_takesADigestInCapitals_andNoPortThatIsNone() throws IOException {
    logIn("responder");
    browser.go("/hunts");
    browser.submit("#new-hunt input[name=class]", "AB".repeat(32));
    browser.waitFor("class file " + "ab".repeat(32));

    browser.go("/hunts?address=203.0.113.7");
    browser.enter("#new-hunt input[name=port]", "70000");
    assertThat(browser.script("return document.querySelector('[name=port]').validity.valid"))
        .isEqualTo(false);
    browser.enter("#new-hunt input[name=port]", "443");
    browser.press("#new-hunt button", "Hunt");
    browser.waitFor("connection to 203.0.113.7 port 443");
    browser.waitFor("1 JVM gave no answer.");
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
  void alerts_areDecided_byButtonsAndKeys_andMuted() throws IOException {
    logIn("responder");
    browser.go("/alerts?q=shell");
    browser.press("main a", "Shell Started by the Application");
    assertThat(browser.find("#standing").getText()).isEqualTo("Open, assigned to nobody");
    browser.press("#standing + nav a", "Capture this JVM now");
    browser.waitFor("1 JVM matches");
    browser.go("/alerts?q=shell");
    browser.press("main a", "Shell Started by the Application");
    browser.press("main table a", "Shell Started by the Application");
    browser.press("#standing button", "Acknowledge");
    browser.waitFor("Acknowledged, assigned to");
    browser.press(".head-actions a", "Its group");
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
    browser.waitFor("nobody is notified of them");
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
}

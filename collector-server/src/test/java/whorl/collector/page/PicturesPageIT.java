package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.HttpCaller;
import whorl.evidence.Id;

/** Writes a picture of each view into docs/page; see {@link Pictures}. */
@EnabledIfSystemProperty(named = "whorl.docs.write", matches = "true")
class PicturesPageIT extends PageFixture {
  /** Those that are also shown on a telephone, in the dark. */
  private static final List<String> SMALL = List.of("alerts", "summary", "timeline", "fleet");

  @Test
  void pictures_ofTheViews() throws Exception {
    Id later = agent.raise();
    await()
        .atMost(Duration.ofSeconds(90))
        .until(
            () ->
                collector
                    .get("/api/v1/evidence/" + later + "/index")
                    .path("state")
                    .asText()
                    .equals("ready"));
    Map<String, String> views = views(later, aCase(), aHunt());
    logIn("responder");
    for (Map.Entry<String, String> view : views.entrySet()) {
      browser.emulate(1366, false);
      browser.go(view.getValue());
      browser.script("document.activeElement.blur()");
      Pictures.take(browser, view.getKey());
      if (SMALL.contains(view.getKey())) {
        browser.emulate(390, true);
        browser.waitUntilLoaded();
        Pictures.take(browser, view.getKey() + "-small");
      }
    }
    assertThat(browser.consoleErrors()).isEmpty();
    nobodyIsLoggedIn();
    logIn("admin");
    for (Map.Entry<String, String> view : viewsOfAdmins().entrySet()) {
      browser.emulate(1366, false);
      browser.go(view.getValue());
      PreparedViews.open(browser, view.getKey());
      browser.script("document.activeElement.blur()");
      Pictures.take(browser, view.getKey());
    }
    browser.emulate(1366, false);
    browser.open(collector.url() + "/api/v1/evidence/" + evidence + "/report?format=html");
    Pictures.take(browser, "report");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  private static Map<String, String> views(Id later, String ofCase, String hunt)
      throws IOException {
    String one = "/evidence/" + evidence;
    JsonNode group = collector.get("/api/v1/alert-groups?q=shell").at("/groups/0");
    JsonNode start =
        collector.get("/api/v1/evidence/" + evidence + "/timeline?type=whorl.ProcessStart");
    JsonNode made = collector.get("/api/v1/evidence/" + evidence + "/classes");
    Map<String, String> views = new LinkedHashMap<>();
    views.put("alerts", "/alerts");
    views.put("alert-group", "/alerts/groups/" + group.path("id").asText());
    views.put("alert", "/alerts/" + group.at("/titles/0/alert").asText());
    views.put("mutes", "/alerts/mutes");
    views.put("fleet", "/fleet");
    views.put("libraries", "/libraries?name=log4j*");
    views.put("hunts", "/hunts");
    views.put("hunt", "/hunts/" + hunt);
    views.put("capture", "/capture?service=shop");
    views.put("captures", "/captures");
    views.put("evidence", "/evidence");
    views.put("summary", one);
    views.put("timeline", one + "/timeline?type=whorl.*");
    views.put(
        "row",
        one
            + "/timeline?request="
            + AttackedShop.REQUEST
            + "&row="
            + start.at("/rows/0/event.id").asText());
    views.put("recording", one + "/recording");
    views.put("findings", one + "/findings");
    views.put("compare", one + "/compare?with=" + later);
    views.put("threads", one + "/threads");
    views.put("class", one + "/classes?class=" + made.at("/classes/0/sha256").asText());
    views.put("registrations", one + "/registrations");
    views.put("custody", one + "/custody");
    views.put("downloads", one + "/downloads");
    views.put("cases", "/cases");
    views.put("case", "/cases/" + ofCase);
    views.put("search", "/search?q=" + AttackedShop.INTRUDER);
    return views;
  }

  private static Map<String, String> viewsOfAdmins() throws IOException {
    Map<String, String> views = PreparedViews.of(collector, agent.id, evidence);
    views.keySet().retainAll(List.of("heap", "probes", "notifications"));
    views.put("rules", "/rules");
    views.put("rule", "/rules/b3eb74eb-fed4-4bfe-a683-72a0dd3db7dd");
    views.put("audit", "/audit");
    views.put("retention", "/retention");
    return views;
  }

  private static String aCase() throws IOException {
    String id =
        send("POST", "/api/v1/cases", "{\"title\":\"Shop: a shell through /products\"}")
            .path("id")
            .asText();
    send("PUT", "/api/v1/cases/" + id + "/evidence/" + evidence, "");
    send("POST", "/api/v1/cases/" + id + "/notes", "{\"text\":\"The address is not ours.\"}");
    return id;
  }

  private static String aHunt() throws IOException {
    return send("POST", "/api/v1/hunts", "{\"class\":{\"name\":\"shop.*\"},\"reason\":\"a test\"}")
        .path("id")
        .asText();
  }

  private static JsonNode send(String method, String path, String body) throws IOException {
    Answer answer =
        new HttpCaller(collector.url(), collector.token("responder"))
            .call(
                method,
                path,
                Map.of("Content-Type", "application/json"),
                body.getBytes(StandardCharsets.UTF_8));
    assertThat(answer.status()).as(answer.text()).isLessThan(300);
    return answer.status() == 204 ? NullNode.instance : answer.json();
  }
}

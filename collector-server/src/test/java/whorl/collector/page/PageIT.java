package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import whorl.collector.testkit.Sizes;

/** Every view of the page: whether it can be read, and by whom. */
class PageIT extends PageFixture {
  /** CSS pixels of a row at 390 pixels; the window has 844. */
  private static final long SHORT_ROW = 280;

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
  void tables_breakNoWords() throws IOException {
    logIn("responder");
    browser.go("/cases");
    browser.submit("#new-case input[name=title]", "Tags that are read");
    browser.waitFor("Without a hold");
    for (String tag : new String[] {"webshell", "persistence", "customer-data"}) {
      browser.submit("input[name=tag]", tag);
      browser.find(".tag", tag);
    }
    for (int width : new int[] {1920, 1366, 390}) {
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

  /** So that a telephone shows several at once. */
  @Test
  void rowsOfLists_areShortOnATelephone() throws IOException {
    logIn("responder");
    browser.emulate(390, false);
    for (String view : new String[] {"/alerts", "/evidence", "/captures", "/fleet", "/rules"}) {
      browser.go(view);
      browser.find("main tbody tr");
      Object height =
          browser.script(
              "return Math.max(...[...document.querySelectorAll('main tbody tr')]"
                  + ".map(each => Math.round(each.getBoundingClientRect().height)))");
      assertThat((Long) height).as(view).isLessThanOrEqualTo(SHORT_ROW);
      assertThat(browser.overhang()).as(view).isLessThanOrEqualTo(0);
    }
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

  @Test
  void viewsOfPreparedThings_fitBothWidthsAndThemes_andAreAccessible() throws IOException {
    logIn("admin");
    for (Map.Entry<String, String> view :
        PreparedViews.of(collector, agent.id, evidence).entrySet()) {
      browser.emulate(1366, false);
      browser.go(view.getValue());
      PreparedViews.open(browser, view.getKey());
      assertThat(browser.has(".note-problem")).as(view.getKey()).isFalse();
      assertThat(browser.accessibilityViolations()).as(view + ", light").isEmpty();
      browser.emulate(1366, true);
      assertThat(browser.paleTexts()).as(view + ", dark").isEmpty();
      browser.emulate(390, true);
      assertThat(browser.overhang()).as(view + " at 390 pixels").isLessThanOrEqualTo(0);
      assertThat(browser.accessibilityViolations()).as(view + " at 390 pixels, dark").isEmpty();
      browser.screenshot("prepared-" + view.getKey() + "-390-dark");
      browser.emulate(390, false);
      assertThat(browser.paleTexts()).as(view + " at 390 pixels, light").isEmpty();
      assertThat(browser.consoleErrors()).as(view.getKey()).isEmpty();
    }
  }

  /** Whether all can use it: wide and dark, and narrow and light; wide and light, its colours. */
  private static void assertLooksRight(String view) throws IOException {
    for (boolean dark : new boolean[] {true, false}) {
      browser.emulate(1280, dark);
      browser.waitUntilLoaded();
      browser.screenshot(view + "-1280" + (dark ? "-dark" : ""));
      List<?> found =
          dark || Sizes.full() ? browser.accessibilityViolations() : browser.paleTexts();
      assertThat(found).as(view + ", dark: " + dark).isEmpty();
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
    views.put("rules", "/rules");
    views.put("rule", "/rules/b3eb74eb-fed4-4bfe-a683-72a0dd3db7dd");
    views.put("new-rule", "/rules/new");
    views.put("audit", "/audit?all=true");
    views.put("retention", "/retention");
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
          "heap",
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
}

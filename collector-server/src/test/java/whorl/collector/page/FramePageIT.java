package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** What is around all views: the login, menus, keys, templates, problems. */
class FramePageIT extends PageFixture {
  private static final Pattern NAMES_A_REQUEST =
      Pattern.compile("\"([^\"\n]*(?:\\b(?:GET|POST|PUT|PATCH|DELETE) /|Bearer TOKEN)[^\"\n]*)\"");

  @Test
  void login_withAWrongToken_showsTheError_andWithAValidOneContinues() throws IOException {
    browser.open(collector.url() + "/#/fleet");
    browser.submit("input[name=token]", "nobody's");
    browser.waitFor("This token is unknown");
    assertThat(browser.consoleErrors()).hasSize(1).allMatch(line -> line.contains("401"));

    browser.submit("input[name=token]", collector.token("viewer"));
    browser.waitFor("shop-6d5f9c-x2x");
    assertThat(browser.currentView()).isEqualTo("#/fleet");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  /** Only `whorl open` has such addresses; others could make people work under another's name. */
  @Test
  void addressWithAToken_logsNobodyIn_andEndsNoSession() throws IOException {
    logIn("responder");
    browser.open(collector.url() + "/#/open/" + collector.token("viewer"));
    browser.script("location.reload()");
    browser.find(".bar");
    assertThat(browser.text()).contains("Start a capture");
    assertThat(browser.consoleErrors()).allMatch(line -> line.contains("404"));

    browser.forgetCookies();
    browser.script("localStorage.clear()");
    browser.open(collector.url() + "/#/open/" + collector.token("viewer"));
    browser.script("location.reload()");
    browser.find("input[name=token]");
    assertThat(browser.text()).doesNotContain("whorl open");
  }

  @Test
  void failedLogout_isShown_andTheSessionIsThereAgainWhenThePageIsLoaded() throws IOException {
    logIn("viewer");
    browser.script("window.fetch = () => Promise.reject(new TypeError('no network'))");
    browser.press(".account summary", "viewer");
    browser.press(".account button", "Log out");
    browser.waitFor("You are not logged out");
    browser.script("location.reload()");
    browser.find(".bar");
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
  void hiddenPage_asksForNothing_untilItIsSeenAgain() throws IOException {
    logIn("viewer");
    browser.go("/fleet/" + agent.id + "/journal");
    browser.waitFor("Updated every second");
    browser.script(
        "const fetched = window.fetch, listen = document.addEventListener.bind(document);"
            + "Object.assign(window, {asked: 0, waits: false});"
            + "window.fetch = (...of) => { window.asked++; return fetched(...of); };"
            + "document.addEventListener = (name, ...of) => {"
            + " window.waits ||= name === 'visibilitychange'; listen(name, ...of); };"
            + "Object.defineProperty(document, 'hidden', {value: true, configurable: true});");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Boolean.TRUE.equals(browser.script("return window.waits")));
    assertThat(browser.script("return window.asked")).isEqualTo(0L);

    browser.script(
        "Object.defineProperty(document, 'hidden', {value: false, configurable: true});"
            + "document.dispatchEvent(new Event('visibilitychange'));");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !browser.script("return window.asked").equals(0L));
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
  void timesOfATimeline_areADay_orHaveAnOffset_orAreInUtc() throws IOException {
    logIn("viewer");
    for (String[] each :
        new String[][] {
          {"2026-01-31", "2026-01-31T00:00:00Z"},
          {"2026-01-31 03:04", "2026-01-31T03:04Z"},
          {"2026-01-31T03:04:05+01:00", "2026-01-31T03:04:05%2B01:00"}
        }) {
      browser.go("/evidence/" + evidence + "/timeline?type=whorl.*");
      if (!browser.has("details.menu[open]")) { // as it was left before
        browser.press("details.menu summary", "More filters");
      }
      browser.submit(".menu-body input[name=from]", each[0]);
      browser.waitUntilLoaded();
      assertThat(browser.currentView()).contains("from=" + each[1].replace(":", "%3A"));
      assertThat(browser.find("main").getText()).doesNotContain("cannot be used");
    }
  }

  /** A select is not as high as a field by itself, and its label would stand lower. */
  @Test
  void labelsOfFilters_standInOneLine_andHeadsOfColumnsHaveOneTypeface() throws IOException {
    logIn("viewer");
    browser.emulate(1366, false);
    for (String view :
        new String[] {
          "/alerts", "/evidence", "/fleet", "/captures", "/libraries", "/rules", "/audit"
        }) {
      browser.go(view);
      assertThat(
              browser.script(
                  "const tops = [...document.querySelectorAll('.filters > .field span')]"
                      + ".map(each => each.getBoundingClientRect().top);"
                      + "return tops.filter(one => tops.some(other =>"
                      + " Math.abs(one - other) > 0.5 && Math.abs(one - other) < 15)).length"))
          .as(view)
          .isEqualTo(0L);
    }
    browser.go("/evidence/" + evidence + "/registrations");
    browser.find("main tbody tr");
    assertThat(
            browser.script(
                "return new Set([...document.querySelectorAll('th')].map(each =>"
                    + " getComputedStyle(each).fontFamily + getComputedStyle(each).fontSize)).size"))
        .isEqualTo(1L);
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

  /** The collector's problems name requests of its API, for programs; the page has a menu. */
  @Test
  void problems_areInThePagesWords() throws IOException {
    browser.open(collector.url() + "/");

    assertThat(
            browser.script(
                "return import('/page/api-words.js').then(({ pageWords }) =>"
                    + " arguments[0].map(pageWords).filter(text =>"
                    + " /(GET|POST|PUT|PATCH|DELETE) |api.v1|Bearer/.test(text)))",
                textsForPrograms()))
        .isEqualTo(List.of());
    assertThat(
            browser.script(
                "return import('/page/api-words.js').then(({ problemInWords }) => ["
                    + "['no such case', 'no case 0193; GET /api/v1/cases lists all'],"
                    + "['no such evidence', 'list it with GET /api/v1/evidence'],"
                    + "['bad parameter', 'q has more than 200 characters'],"
                    + "].map(([title, detail]) => {"
                    + " const {place, ...of} = problemInWords(title, detail);"
                    + " return [of.title, of.detail, place?.href ?? ''].join(' | '); }))"))
        .isEqualTo(
            List.of(
                "No such case | No case 0193 | #/cases",
                "No such evidence |  | #/evidence",
                "What was entered cannot be used | q has more than 200 characters | "));

    logIn("viewer");
    browser.go("/evidence/01900000-0000-7000-8000-000000000000");
    browser.waitFor("No such evidence");
    assertThat(browser.text()).doesNotContain("GET", "api");
    assertThat(browser.find(".note a").getText()).isEqualTo("Evidence");
  }

  /** Returns the texts of the collector's sources that name a request. */
  private static List<String> textsForPrograms() throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        if (!file.toString().contains("/cli/")) {
          NAMES_A_REQUEST
              .matcher(Files.readString(file))
              .results()
              .map(each -> each.group(1))
              .forEach(texts::add);
        }
      }
    }
    assertThat(texts).hasSizeGreaterThan(20);
    return texts;
  }

  /** A line end is nothing beside a tag or a value, and one space within a text. */
  /** Sentences of such letters would be there for a language model, and for no person. */
  @Test
  void charactersThatNobodySees_areShown() throws IOException {
    browser.open(collector.url() + "/");

    for (int hidden : new int[] {0x202e, 0x34f, 0x2800, 0xffa0, 0xe0041, 0xd83d}) {
      assertThat(
              browser.script(
                  "return import('/page/visible.js').then(({ visible }) =>"
                      + " visible('a' + String.fromCodePoint("
                      + hidden
                      + ") + 'b'))"))
          .isEqualTo(String.format("a⟨U+%04X⟩b", hidden));
    }
    assertThat(
            browser.script(
                "return import('/page/visible.js').then(({ visible }) => visible('Ä😀 x'))"))
        .isEqualTo("Ä😀 x");
  }

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
}

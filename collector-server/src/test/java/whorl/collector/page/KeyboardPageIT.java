package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The whole way from the login to a report with the keyboard alone. */
class KeyboardPageIT extends PageFixture {
  private static final int TABS_MAX = 150;

  @Test
  void attack_isFollowedAndCaptured_withKeysAlone() throws IOException {
    browser.open(collector.url() + "/");
    browser.waitUntilLoaded();
    assertThat(browser.focused()).isEqualTo("INPUT token");
    browser.type(collector.token("responder"), Keys.ENTER);
    browser.waitFor("newest first");
    assertFocus("H1 Alerts");

    browser.type("j");
    for (int i = 0; !browser.focused().contains("Shell Started by the Application"); i++) {
      assertThat(i).as("rows").isLessThan(50);
      browser.type("j");
      assertThat(browser.showsFocus()).isTrue();
    }
    browser.type(Keys.ENTER);
    browser.waitFor("History");
    assertFocus("H1 ");
    tabTo("A Open the evidence");
    browser.type(Keys.ENTER);
    browser.waitFor("Chain of events");
    assertFocus("H1 ");

    tabToLike("A .*" + Pattern.quote(AttackedShop.COMMAND) + "[^\n]*");
    browser.type(Keys.ENTER);
    browser.waitFor("Same request");
    assertFocus("H2 Timeline");
    tabTo("A Same request");
    browser.type(Keys.ENTER);
    assertThat(browser.currentView()).contains("request=" + AttackedShop.REQUEST);
    assertThat(browser.showsFocus()).isTrue();

    browser.type("g");
    browser.type("n");
    assertFocus("H1 Start a capture");
    tabTo("INPUT service");
    browser.type("shop");
    browser.waitFor("1 JVM matches");
    tabTo("INPUT reason");
    browser.type("with keys alone", Keys.ENTER);
    browser.waitFor("Capture sealed");
    assertThat(browser.showsFocus()).isTrue();
    tabTo("A Open the evidence");
    browser.type(Keys.ENTER);
    browser.waitFor("with keys alone");
    assertFocus("H1 ");
    tabTo("A Report"); // it waits for the findings by itself
    browser.type(Keys.ENTER);
    assertThat(browser.closeOthers("shop")).hasSize(1);
    // only that the findings were still being made
    assertThat(browser.consoleErrors()).allMatch(line -> line.contains("409"));
  }

  @Test
  void focus_goesBackToTheMenu_andIsKeptWhenWhatHadItIsGone() throws IOException {
    logIn("responder");
    browser.go("/evidence/" + evidence + "/timeline?type=whorl.*");
    assertFocus("H2 Timeline");
    tabToLike("SUMMARY Types.*");
    browser.type(Keys.ENTER);
    assertThat(browser.has("details.menu[open]")).isTrue();
    browser.type(Keys.TAB);
    browser.type(Keys.ESCAPE);
    assertThat(browser.has("details.menu[open]")).isFalse();
    assertThat(browser.focused()).startsWith("SUMMARY Types");

    tabToLike("BUTTON Remove type .*");
    browser.type(Keys.ENTER);
    assertThat(browser.has(".chips")).isFalse();
    assertThat(browser.showsFocus()).as(browser.focused()).isTrue();

    browser.type("?");
    browser.waitFor("start a capture");
    assertThat(browser.focused()).isEqualTo("BUTTON Close");
    browser.type(Keys.TAB);
    assertThat(browser.focused()).isEqualTo("BUTTON Close");
    browser.type(Keys.ESCAPE);
    assertThat(browser.has("[role=dialog]")).isFalse();
    assertThat(browser.showsFocus()).as(browser.focused()).isTrue();

    browser.type("/");
    assertThat(browser.focused()).startsWith("INPUT q");
    browser.type(Keys.ESCAPE);
    assertFocus("H2 Timeline");
  }

  @Test
  void openRow_andFlameGraph_keepTheFocus() throws IOException {
    logIn("viewer");
    browser.go("/evidence/" + evidence + "/timeline?type=whorl.Process*");
    browser.type("j");
    browser.type(Keys.ENTER);
    browser.find(".row-panel .stack-frames");
    tabTo("BUTTON Close the row");
    browser.type(Keys.ESCAPE);
    assertThat(browser.has(".row-panel")).isFalse();
    assertFocus("TR ");

    browser.go("/evidence/" + evidence + "/threads");
    tabToLike("BUTTON all threads, .*");
    browser.type(Keys.ARROW_DOWN);
    assertFocus("BUTTON RUNNABLE, 3 threads");
    browser.type(Keys.ARROW_RIGHT);
    assertFocus("BUTTON WAITING, 1 thread");
    browser.type(Keys.ENTER);
    browser.waitFor("Show all");
    assertFocus("BUTTON WAITING, 1 thread");
    assertThat(browser.consoleErrors()).isEmpty();
  }

  private static void assertFocus(String beginning) {
    assertThat(browser.focused()).startsWith(beginning);
    assertThat(browser.showsFocus()).as(beginning).isTrue();
  }

  private static void tabTo(String wanted) {
    tabToLike(Pattern.quote(wanted));
  }

  /** Presses Tab until what has the focus is what is wanted; each stop shows its focus. */
  private static void tabToLike(String wanted) {
    Pattern pattern = Pattern.compile(wanted, Pattern.DOTALL);
    for (int i = 0; !pattern.matcher(browser.focused()).matches(); i++) {
      assertThat(i).as("steps to %s; now at %s", wanted, browser.focused()).isLessThan(TABS_MAX);
      browser.step(List.of(Keys.TAB));
      assertThat(browser.showsFocus()).as("at " + browser.focused()).isTrue();
    }
  }
}

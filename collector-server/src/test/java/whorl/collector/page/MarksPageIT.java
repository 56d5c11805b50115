package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** Stars, tags and notes on rows of a timeline, in Chromium. */
class MarksPageIT extends PageFixture {
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
    browser.press("#own-mark button", "Save");
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
}

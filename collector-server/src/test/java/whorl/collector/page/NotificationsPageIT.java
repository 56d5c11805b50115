package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.HttpReceiver;
import whorl.collector.testkit.PackagedCollector;

/** Notifications on the page, in Chromium; the file is given by the environment. */
@Timeout(180)
class NotificationsPageIT {
  @TempDir private Path folder;

  @Test
  void notifications_showTheirState_aTest_andWhatWasGivenUp() throws Exception {
    if (!Browser.isInstalled()) {
      System.out.println("SKIPPED: no chromium and chromium-driver here; nobody looks at the page");
    }
    assumeTrue(Browser.isInstalled(), "no chromium and chromium-driver");
    try (HttpReceiver receiver = HttpReceiver.start()) {
      Path file =
          Files.writeString(
              folder.resolve("notify.yaml"),
              """
              notifications:
                - {name: hook, type: webhook, url: 'URL', insecure: true, allow-local: true,
                   wait: 0s, filter: {kinds: [alert], level: high}}
                - {name: mail, type: smtp, host: mail.example.org, from: a@example.org,
                   to: [soc@example.org]}
              """
                  .replace("URL", receiver.url()));
      try (PackagedCollector collector =
              new PackagedCollector(
                  folder.resolve("collector"), 384, List.of("env", "WHORL_NOTIFY=" + file));
          Browser browser = new Browser(folder.resolve("browser"))) {
        receiver.status = 422;
        receiver.answer = "no such <field>";
        raise(collector);
        browser.open(collector.url() + "/");
        browser.submit("input[name=token]", collector.token("responder"));
        browser.find(".bar");
        browser.waitUntilLoaded();
        browser.emulate(1280, false);
        browser.press(".account > summary", "responder");
        browser.press(".account a", "Notifications");
        browser.waitFor("failing");
        assertThat(browser.text()).contains("webhook", receiver.url(), "from high", "smtp", "idle");
        browser.waitFor("422 no such <field>");
        browser.waitFor("A <b>Shell</b>");
        assertThat(browser.accessibilityViolations()).isEmpty();
        browser.screenshot("notifications-1280");
        browser.emulate(1366, false);
        Pictures.take(browser, "notifications");
        browser.emulate(390, true);
        assertThat(browser.accessibilityViolations()).isEmpty();
        browser.screenshot("notifications-390-dark");
        browser.emulate(1280, false);

        receiver.status = 200;
        receiver.answer = "thank you";
        browser.press("main button", "Test");
        browser.waitFor("delivered: 200 thank you");
        browser.press("main button", "Try again");
        browser.waitFor("No message was given up.");
        assertThat(browser.consoleErrors()).isEmpty();
      }
    }
  }

  private static void raise(PackagedCollector collector) throws Exception {
    String alert =
        "{\"rule\":\"rule-1\",\"level\":\"critical\",\"title\":\"A <b>Shell</b>\","
            + "\"target\":{\"service\":\"shop\"}}";
    assertThat(
            new HttpCaller(collector.url(), collector.token("alert"))
                .call(
                    "POST",
                    "/api/v1/alerts/generic",
                    Map.of("Content-Type", "application/json"),
                    alert.getBytes(StandardCharsets.UTF_8))
                .status())
        .isEqualTo(202);
  }
}

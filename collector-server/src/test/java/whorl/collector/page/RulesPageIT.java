package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Rules, acts and retention on the page, in Chromium. */
class RulesPageIT extends PageFixture {
  @Test
  void rules_areRead_tested_written_pushed_andRemoved() throws IOException {
    logIn("admin");
    browser.go("/rules?q=shell+download");
    browser.press("main td a", "Shell or Download Tool Started by the Application");
    browser.waitFor("Unix Shell");
    assertThat(browser.find("#rule-text").getText()).contains("logsource:", "falsepositives:");
    browser.submit("#test-rule input[name=evidence]", evidence.value());
    browser.waitFor("Read 1 piece of evidence");
    browser.find("#test-result td a").click();
    browser.waitFor("whorl.ProcessStart");

    browser.go("/rules/new");
    browser.enter(
        "#rule-editor",
        "title: '<img src=x onerror=\"document.title=1\">'\nlogsource: {product: jvm}\ndetection: x");
    browser.press("#check-rules", "Check");
    browser.waitFor("Line 2, column");
    browser.enter(
        "#rule-editor",
        "title: '<img src=x onerror=\"document.title=1\">'\n"
            + "id: 3e0c7f5a-2f0e-4c55-9b0c-6a4f6f5f8d99\n"
            + "logsource: {product: jvm, category: dns_query}\n"
            + "detection: {a: {host: a.example}, condition: a}\n");
    browser.enter("#push-rules input[name=name]", "of-a-test");
    browser.enter("#push-rules input[name=service]", "shop");
    browser.press("#push-rules button", "Push");
    browser.waitFor("Set of-a-test");
    browser.go("/rules/new");
    browser.enter("#push-rules input[name=name]", "of-a-test");
    browser.enter("#push-rules input[name=service]", "another");
    browser.press("#push-rules button", "Push");
    browser.waitFor("There is a set of-a-test");
    browser.go("/rules?source=pushed");
    browser.waitFor("<img src=x onerror=");
    browser.press("main td a", "<img src=x");
    assertThat(browser.find("#rule-text").getText()).contains("<img src=x onerror=");
    assertThat(browser.has("main img")).isFalse();

    browser.go("/rules/sets/of-a-test");
    browser.press("#push-rules button", "Push");
    browser.find("dl[aria-label=Set] div:first-child dd", "2");
    browser.find("summary", "Versions that are kept").click();
    browser.press("main details li a", "1");
    browser.waitFor("1, not in use: pushing its text makes it version 3");
    browser.press("#push-rules button", "Push");
    // the line of version 1 names version 3 as well
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                "3"
                    .equals(
                        browser.script(
                            "return document.querySelector('dl[aria-label=Set]"
                                + " div:first-child dd')?.innerText")));
    browser.find("summary", "Remove the set").click();
    browser.press("#remove-rules", "Remove it from all agents");
    browser.waitFor("No rules were pushed");
    browser.go("/audit?what=push");
    browser.waitFor("of-a-test");
    browser.go("/retention");
    browser.waitFor("Purged next");
    assertThat(browser.consoleErrors()).isEmpty();
  }
}

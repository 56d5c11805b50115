package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.TestJvm;

/** The page of {@code whorl open}: one bag, and nothing that only a collector has. */
class OpenedPageIT extends PageFixture {
  private static final Path JAR = Path.of("target/whorl-collector.jar").toAbsolutePath();

  /** Parts that need other evidence, or other JVMs. */
  private static final List<String> HIDDEN = List.of("Scope", "Compare");

  private static final List<String> PARTS =
      List.of(
          "summary",
          "timeline",
          "findings",
          "threads",
          "classes",
          "libraries",
          "files",
          "network",
          "process",
          "registrations",
          "console",
          "acquisition",
          "custody",
          "downloads");

  @TempDir private Path folder;

  @Test
  void openedBag_hasNoWayToWhatIsNotThere_andIsAccessibleInTheDark() throws Exception {
    byte[] bag =
        new HttpCaller(collector.url(), collector.token("responder"))
            .call("GET", "/api/v1/evidence/" + evidence + "/bag", Map.of(), new byte[0])
            .body();
    Path file = Files.write(folder.resolve("bag.zip"), bag);
    Process whorl =
        new ProcessBuilder(
                TestJvm.quick(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx384m",
                    "-Djava.io.tmpdir=" + Files.createDirectory(folder.resolve("tmp")),
                    "-jar",
                    JAR.toString(),
                    "open",
                    file.toString()))
            .redirectError(folder.resolve("open.log").toFile())
            .start();
    try {
      look(address(whorl));
    } finally {
      whorl.destroy();
      assertThat(whorl.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private String address(Process whorl) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(whorl.getInputStream(), StandardCharsets.UTF_8));
    String address = out.readLine();
    assertThat(address).as(Files.readString(folder.resolve("open.log"))).contains("/#/open/");
    return address;
  }

  private static void look(String address) {
    browser.emulate(1366, true);
    browser.open(address);
    browser.waitFor("Chain of events");
    assertThat(browser.currentView()).isEqualTo("#/evidence/" + evidence);
    assertThat(browser.text()).contains("✓ Verified", "opened on this machine");
    assertThat(browser.find(".bar nav").getText()).isEqualTo("Evidence");
    assertThat(browser.find(".parts").getText()).doesNotContain(HIDDEN);
    assertThat(browser.text())
        .doesNotContain("Start a capture", "Add to case", "Elsewhere", "API tokens");
    for (String part : PARTS) {
      browser.go("/evidence/" + evidence + "/" + part);
      for (int width : new int[] {1366, 390}) {
        browser.emulate(width, true);
        assertThat(browser.accessibilityViolations()).as(part + " at " + width).isEmpty();
        assertThat(browser.overhang()).as(part + " at " + width).isLessThanOrEqualTo(0);
      }
      assertThat(
              browser.script(
                  "return [...document.querySelectorAll('a[href^=\"#/\"]')]"
                      + ".map(each => each.getAttribute('href'))"
                      + ".filter(each => !each.startsWith('#/evidence'))"))
          .as("links of " + part + " to what only a collector has")
          .isEqualTo(List.of());
    }
    browser.emulate(1366, true);
    browser.go("/evidence/" + evidence + "/custody");
    assertThat(browser.text()).contains("Verify now").doesNotContain("retention may purge");
    browser.type("g");
    browser.type("a");
    assertThat(browser.currentView()).isEqualTo("#/evidence/" + evidence + "/custody");
    browser.type("g");
    browser.type("e");
    assertThat(browser.currentView()).isEqualTo("#/evidence");
    // only that the findings were still being made
    assertThat(browser.consoleErrors()).allMatch(line -> line.contains("409"));
  }
}

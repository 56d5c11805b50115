package whorl.collector.page;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import whorl.collector.testkit.PackagedCollector;
import whorl.evidence.Id;

/**
 * Tests of the page with Chromium, the packaged collector, and an attacked agent. All classes of
 * one JVM share them, because they take long to start.
 */
@Timeout(300)
@ExtendWith(PageFixture.Starting.class)
abstract class PageFixture {
  static PackagedCollector collector;
  static ScriptedAgent agent;
  static Browser browser;
  static Id evidence;

  /** Starts everything before the first class of this JVM. */
  static final class Starting implements BeforeAllCallback {
    private static Started started;

    @Override
    public void beforeAll(ExtensionContext context) {
      if (started == null) {
        started = new Started();
        Runtime.getRuntime().addShutdownHook(new Thread(started::end));
      }
      started.use();
    }
  }

  /** What is started once, and ends with the JVM: Maven runs each class by itself. */
  private static final class Started implements AutoCloseable {
    private final boolean possible = Browser.isInstalled();
    private Path folder;

    Started() {
      if (!possible) {
        System.out.println(
            "SKIPPED: no chromium and chromium-driver here; nobody looks at the page");
        return;
      }
      try {
        folder = Files.createTempDirectory("page");
        start();
      } catch (IOException | RuntimeException e) {
        end();
        throw new AssertionError(e);
      }
    }

    private void end() {
      try {
        close();
      } catch (Exception e) {
        System.out.println("not ended: " + e);
      }
    }

    private void start() throws IOException {
      collector = new PackagedCollector(folder.resolve("collector"));
      agent = new ScriptedAgent(collector.url(), collector.token("agent"), folder.resolve("agent"));
      await().atMost(Duration.ofSeconds(180)).until(agent::isConnected);
      evidence = agent.raise();
      await()
          .atMost(Duration.ofSeconds(180))
          .until(() -> state("/api/v1/evidence/" + evidence, "sealed"));
      await()
          .atMost(Duration.ofSeconds(180))
          .until(() -> state("/api/v1/evidence/" + evidence + "/index", "ready"));
      // made when first asked for; the browser would report that it is not there yet
      for (String made : List.of("series", "performance")) {
        await()
            .atMost(Duration.ofSeconds(180))
            .until(() -> !collector.get("/api/v1/evidence/" + evidence + "/" + made).has("status"));
      }
      browser = new Browser(folder);
    }

    private static boolean state(String path, String wanted) throws IOException {
      return collector.get(path).path("state").asText().equals(wanted);
    }

    void use() {
      assumeTrue(possible, "no chromium and chromium-driver");
    }

    @Override
    public void close() throws Exception {
      if (browser != null) {
        browser.close();
      }
      if (agent != null) {
        agent.close();
      }
      if (collector != null) {
        collector.close();
      }
      if (folder != null) {
        try (Stream<Path> files = Files.walk(folder)) {
          files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
      }
    }
  }

  @BeforeEach
  void nobodyIsLoggedIn() {
    browser.emulate(1280, false);
    browser.open(collector.url() + "/healthz");
    browser.forgetCookies();
    browser.script("localStorage.clear()");
    browser.consoleErrors();
  }

  static void logIn(String role) throws IOException {
    browser.open(collector.url() + "/");
    browser.submit("input[name=token]", collector.token(role));
    browser.find(".bar");
    browser.waitUntilLoaded();
  }
}

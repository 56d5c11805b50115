package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Headless Chromium, with the actions of a user. */
final class Browser implements AutoCloseable {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  /** An audit of a large view takes long on a busy machine. */
  private static final Duration SCRIPT_MAX = Duration.ofSeconds(120);

  private static final Path SCREENSHOTS = Path.of("target/screenshots");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** True if the page is rendered and no request is running. */
  private static final String LOADED =
      "return !document.querySelector('.loading, [aria-busy=true]')"
          + " && !!document.querySelector('main')";

  private final ChromeDriver driver;
  private final Path downloads;
  private final String axe;

  Browser(Path folder) throws IOException {
    downloads = Files.createDirectories(folder.resolve("downloads"));
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--user-data-dir=" + folder.resolve("profile"));
    options.setExperimentalOption(
        "prefs", Map.of("download.default_directory", downloads.toString()));
    options.setCapability("goog:loggingPrefs", logs);
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .withLogFile(new File(folder.toFile(), "chromedriver.log"))
                .build(),
            options);
    driver.manage().timeouts().implicitlyWait(Duration.ZERO).scriptTimeout(SCRIPT_MAX);
    try (InputStream in = Browser.class.getResourceAsStream("/axe.min.js")) {
      axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Files.createDirectories(SCREENSHOTS);
  }

  static boolean isInstalled() {
    return Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
  }

  void open(String address) {
    driver.get(address);
  }

  /** Goes to a view of the open page. */
  void go(String view) {
    driver.executeScript("location.hash = arguments[0]", view);
    waitUntilLoaded();
  }

  String currentView() {
    return String.valueOf(driver.executeScript("return location.hash"));
  }

  void waitUntilLoaded() {
    // the page handles a hash change in a later task, and starts requests in the task after that
    driver.executeAsyncScript("setTimeout(() => setTimeout(arguments[0], 50), 50)");
    until("nothing loads", () -> Boolean.TRUE.equals(driver.executeScript(LOADED)));
  }

  /** Emulates a window of this width, with the light or dark theme. */
  void emulate(int width, boolean dark) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width",
            width,
            "height",
            width < 600 ? 844 : 900,
            "deviceScaleFactor",
            1,
            "mobile",
            false));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
                // a colour on its way to another is no colour of the page
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  void screenshot(String name) throws IOException {
    Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
  }

  WebElement find(String css) {
    return until(
        css, () -> driver.findElements(By.cssSelector(css)).stream().findFirst().orElse(null));
  }

  boolean has(String css) {
    return !driver.findElements(By.cssSelector(css)).isEmpty();
  }

  /** Returns the first of these elements that contains the text. */
  WebElement find(String css, String text) {
    return until(
        css + " with " + text,
        () ->
            driver.findElements(By.cssSelector(css)).stream()
                .filter(element -> element.getText().contains(text))
                .findFirst()
                .orElse(null));
  }

  void press(String css, String text) {
    find(css, text).click();
    waitUntilLoaded();
  }

  void enter(String css, String text) {
    WebElement field = find(css);
    field.clear();
    field.sendKeys(text);
  }

  /** Sends keys to the focused element. */
  void keys(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
    waitUntilLoaded();
  }

  void submit(String css, String text) {
    enter(css, text);
    keys(Keys.ENTER);
  }

  String text() {
    return find("body").getText();
  }

  void waitFor(String text) {
    until("the text " + text, () -> text().contains(text) ? true : null);
  }

  Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  Object asyncScript(String script, Object... arguments) {
    return driver.executeAsyncScript(script, arguments);
  }

  void forgetCookies() {
    driver.manage().deleteAllCookies();
  }

  Path downloaded(String suffix) {
    return until(
        "a download that ends in " + suffix,
        () -> {
          File[] files = downloads.toFile().listFiles((folder, name) -> name.endsWith(suffix));
          return files == null || files.length == 0 ? null : files[0].toPath();
        });
  }

  /** Returns by how many CSS pixels the page is wider than the window. */
  long overhang() {
    return (Long) driver.executeScript("return document.documentElement.scrollWidth - innerWidth");
  }

  /**
   * Returns sizes of what is drawn: the most {@code rows} of a table, {@code items} of a list,
   * {@code suggestions} of a field, and the page's {@code height} in CSS pixels.
   */
  Map<?, ?> sizes() {
    return (Map<?, ?>)
        driver.executeScript(
            "const most = (css, of) => Math.max(0, ...[...document.querySelectorAll(css)].map(of));"
                + "return {rows: most('tbody', each => each.rows.length),"
                + " items: most('ul, ol', each => each.children.length),"
                + " suggestions: most('datalist', each => each.children.length),"
                + " height: document.documentElement.scrollHeight};");
  }

  /** Types keys where the focus is, as a keyboard does: nothing is clicked or focused for it. */
  void type(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
    waitUntilLoaded();
  }

  /** Presses these keys together, without waiting for anything. */
  void step(List<CharSequence> keys) {
    Actions actions = new Actions(driver);
    for (CharSequence key : keys.subList(0, keys.size() - 1)) {
      actions.keyDown(key);
    }
    actions.sendKeys(keys.get(keys.size() - 1));
    for (CharSequence key : keys.subList(0, keys.size() - 1)) {
      actions.keyUp(key);
    }
    actions.perform();
  }

  /** Returns the text, label or name of what has the focus, after its tag; {@code BODY} if none. */
  String focused() {
    return String.valueOf(
        driver.executeScript(
            "const at = document.activeElement;"
                + "return at.tagName + ' ' + (at.getAttribute('aria-label') || at.innerText"
                + " || at.name || '').trim();"));
  }

  /** True if something has the focus, and shows that. */
  boolean showsFocus() {
    return (Boolean)
        driver.executeScript(
            "const at = document.activeElement, box = at.getBoundingClientRect();"
                + "return at !== document.body && at.matches(':focus-visible')"
                + " && getComputedStyle(at).outlineStyle !== 'none'"
                + " && box.bottom > 0 && box.top < innerHeight;");
  }

  /** Waits until each other window that the page opened has such a title, and closes them. */
  List<String> closeOthers(String withTitle) {
    String own = driver.getWindowHandle();
    List<String> titles = new ArrayList<>();
    for (String each : driver.getWindowHandles()) {
      if (!each.equals(own)) {
        driver.switchTo().window(each);
        titles.add(
            until(
                "a title with " + withTitle,
                () -> driver.getTitle().contains(withTitle) ? driver.getTitle() : null));
        driver.close();
      }
    }
    driver.switchTo().window(own);
    return titles;
  }

  byte[] picture() {
    return driver.getScreenshotAs(OutputType.BYTES);
  }

  /** Returns words of up to twelve letters that are broken across lines in tables. */
  List<?> brokenWords() {
    return (List<?>)
        driver.executeScript(
            "const broken = [], range = document.createRange();"
                + "for (const table of document.querySelectorAll('main table')) {"
                + " const texts = document.createTreeWalker(table.tBodies[0], NodeFilter.SHOW_TEXT);"
                + " for (let text; (text = texts.nextNode());)"
                + "  if (text.parentElement.checkVisibility({contentVisibilityAuto: true}))"
                + "  for (const word of text.data.matchAll(/\\p{L}+/gu)) {"
                + "   if (word[0].length > 12) continue;"
                + "   range.setStart(text, word.index);"
                + "   range.setEnd(text, word.index + word[0].length);"
                + "   const tops = new Set([...range.getClientRects()].map(box => Math.round(box.top)));"
                + "   if (tops.size > 1) broken.push(word[0]);"
                + "  }"
                + "} return broken;");
  }

  /** Returns the accessibility violations that axe finds. */
  List<?> accessibilityViolations() {
    return violations("{resultTypes: ['violations']}");
  }

  /** Returns the texts that axe finds too pale; a fraction of the time of all its rules. */
  List<?> paleTexts() {
    return violations("{resultTypes: ['violations'], runOnly: ['color-contrast']}");
  }

  private List<?> violations(String options) {
    if (!Boolean.TRUE.equals(driver.executeScript("return 'axe' in window"))) {
      driver.executeScript(axe);
    }
    return (List<?>)
        driver.executeAsyncScript(
            "const done = arguments[0];"
                + "axe.run(document, "
                + options
                + ").then(found => done("
                + "found.violations.map(v => v.id + ': ' + v.nodes[0].html + ' '"
                + " + v.nodes[0].failureSummary)), failure => done([String(failure)]))");
  }

  /**
   * Returns the console's messages since the last call: errors, refused content, failed requests.
   */
  List<String> consoleErrors() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  private interface Query<T> {
    T get() throws IOException;
  }

  private static <T> T until(String condition, Query<T> query) {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (true) {
      try {
        T result = query.get();
        if (result != null && !Boolean.FALSE.equals(result)) {
          return result;
        }
      } catch (StaleElementReferenceException rerendered) {
        // the element was replaced meanwhile
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      assertThat(System.nanoTime()).as("timed out waiting for %s", condition).isLessThan(end);
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}

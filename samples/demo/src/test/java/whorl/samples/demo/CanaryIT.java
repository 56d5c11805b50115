package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.canary.Canary;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.samples.demo.CanaryTexts.Planted;

/**
 * Secrets of all kinds in all places, and none of them in anything that left the JVM: not in an
 * artifact, a message, a listing, a metric or a line of the collector's. What is no secret is
 * there.
 *
 * <p>All of it takes a minute or two for each Java. {@code -Dwhorl.canary.java=21} runs one Java
 * alone, {@code -Dwhorl.canary.every=10} plants one kind of ten.
 */
final class CanaryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Pattern STARTUP_LINE = Pattern.compile("^whorl: .*");
  private static final Pattern NOTHING = Pattern.compile("(?!)");
  private static final Pattern NOT_IN_A_TARGET = Pattern.compile("[ \"'<>{}\\\\|^`$]|^%|%22");
  private static final Pattern NOT_A_NAME = Pattern.compile("[=/]|^$");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The recipient of the manual of age; no test has its private key. */
  private static final String RECIPIENT =
      "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

  private static final List<String> LIVE =
      List.of(
          "console",
          "error",
          "command",
          "jndi",
          "loader",
          "file",
          "thread",
          "query",
          "path",
          "header",
          "caught",
          "exception");
  private static final Set<String> IN_A_TARGET =
      Set.of("jndi", "loader", "query", "path", "classpath");

  @TempDir Path folder;

  /** Those of {@code -Dwhorl.canary.java=21}, such as {@code 17,25}. */
  static IntStream javas() {
    String wanted = System.getProperty("whorl.canary.java");
    return wanted == null
        ? World.nextOf(CanaryIT.class, 17, 25)
        : Stream.of(wanted.split(",")).mapToInt(Integer::parseInt);
  }

  @ParameterizedTest
  @MethodSource("javas")
  void secretsOfAllKindsInAllPlaces_areInNothingThatLeaves(int version) throws Exception {
    assertNoneLeaves(version, null);
    assertOrdinaryIsThere();
  }

  /** The manifest, alerts and messages are not encrypted. */
  @Tag("long")
  @Test
  void encryptedEvidence_hasNoSecretBesideIt() throws Exception {
    assertNoneLeaves(Integer.getInteger("whorl.canary.java", 25), RECIPIENT);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).anyMatch(file -> file.toString().endsWith("-process.json.age"));
    }
  }

  private void assertNoneLeaves(int version, @Nullable String recipient) throws Exception {
    Path javaHome = World.javaOrSkip(version);
    try (World world = World.quick(folder)) {
      CanaryTexts texts = new CanaryTexts(world.jars.root());
      int port = Shop.freePort();
      ProcessBuilder program = program(world, javaHome, texts, port);
      if (recipient != null) {
        program.environment().put("WHORL_EVIDENCE_RECIPIENT", recipient);
      }
      String startup;
      try (Child other = Child.start("other process", other(texts));
          Child app = Child.start("canary", program)) {
        world.awaitAgent();
        app.awaitLine(Pattern.compile("^planted$"), PATIENCE);
        world.awaitSealed();
        assertThat(Pinger.ask(port, "/memory")).isEqualTo("done");
        ask(world);
        awaitEvidence(world, 2);
        assertThat(Pinger.ask(port, "/end")).isEqualTo("done");
        assertThat(app.awaitEnd(PATIENCE)).isEqualTo(1);
        awaitEvidence(world, 3);
        assertThat(other.alive()).isTrue();
        startup = app.awaitLine(STARTUP_LINE, PATIENCE).group();
      }
      SecretSearch search = new SecretSearch(texts.secrets().keySet());
      Map<String, Set<String>> found = found(world, search);
      note(found, "the startup line", in(search, startup));
      String table = table(texts, found);
      System.out.println("canaries on Java " + version + ":\n" + table);
      found.forEach(
          (secret, where) ->
              System.out.println("  FOUND " + texts.secrets().get(secret) + " in " + where));
      assertThat(found).isEmpty();
      if (CanaryTexts.EVERY == 1) {
        assertThat(world.jars.root().resolve("docs/redaction.md")).content().contains(table);
      }
    }
  }

  private ProcessBuilder program(World world, Path javaHome, CanaryTexts texts, int port)
      throws IOException {
    List<String> lines = new ArrayList<>();
    for (String place : LIVE) {
      for (Planted planted :
          texts.of(place, IN_A_TARGET.contains(place) ? NOT_IN_A_TARGET : NOTHING)) {
        lines.add(place + "\t" + planted.text());
      }
    }
    texts.ordinary().forEach(text -> lines.add("console\t" + text));
    lines.addAll(ofUnusualLength(texts));
    Path file = Files.write(folder.resolve("canaries.txt"), lines);
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin/java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+StartAttachListener"));
    int number = 0;
    for (Planted planted : texts.of("property", NOTHING)) {
      command.add("-Dcanary.p" + number++ + "=" + planted.text());
    }
    for (Planted planted : texts.of("option", Pattern.compile("^(?![A-Za-z][\\w.-]*=\\S+$)"))) {
      command.add("-D" + planted.text());
    }
    number = 0;
    for (String ordinary : texts.ordinary()) {
      command.add("-Dordinary.p" + number++ + "=" + ordinary);
    }
    StringBuilder classPath =
        new StringBuilder(
            Canary.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    for (Planted planted : texts.of("classpath", Pattern.compile(NOT_IN_A_TARGET + "|:"))) {
      classPath.append(":/opt/none.jar?").append(planted.text());
    }
    command.addAll(List.of("-cp", classPath.toString(), Canary.class.getName()));
    command.addAll(List.of(file.toString(), Integer.toString(port)));
    texts.of("argument", NOTHING).forEach(planted -> command.add(planted.text()));
    for (Planted planted : texts.of("arguments", Pattern.compile("[\"']"))) {
      command.addAll(List.of(planted.text().split(" ")));
    }
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    number = 0;
    for (Planted planted : texts.of("variable", NOTHING)) {
      environment.put("CANARY_" + number++, planted.text());
    }
    Map<String, String> named = new HashMap<>();
    for (Planted planted : texts.of("named", Pattern.compile("^(?![A-Z][A-Z_]+=\\S+$)"))) {
      String[] parts = planted.text().split("=", 2);
      named.put(parts[0], parts[1]);
    }
    named.keySet().removeIf(name -> name.startsWith("WHORL"));
    environment.putAll(named);
    environment.putAll(world.flag(world.jars.agent().toString(), "WHORL_SERVICE_NAME", "canary"));
    environment.put("WHORL_CAPTURE_MAX_PER_HOUR", "100");
    environment.put("WHORL_CAPTURE_ON_EXIT_LIMIT", "60s"); // other tests may have the processors
    environment.put("WHORL_SERVICE_LABELS", "tier=web,db_password=labelsecretlabel");
    texts.add("labelsecretlabel", "a label", "label");
    environment.put("WHORL_COLLECTOR_URL", world.collector().url() + "?token=urlsecretofurl");
    texts.add("urlsecretofurl", "the collector's address", "variable");
    texts.add(world.collector().token("agent"), "the agent's own token", "variable");
    return builder;
  }

  /** Over several lines, longer than is looked at, and cut in two by a bound. */
  private static List<String> ofUnusualLength(CanaryTexts texts) {
    List<String> lines = new ArrayList<>();
    lines.add("console\t-----BEGIN RSA PRIVATE KEY-----");
    for (String body : List.of("a7Qk", "b8Rm", "c9Sn")) {
      String line = body.repeat(16);
      lines.add("console\t" + line);
      texts.add(line, "a line of a private key", "console");
    }
    lines.add("console\t-----END RSA PRIVATE KEY-----");
    texts.add("passwordofalongerror", "a long text", "caught");
    lines.add("caught\t" + "x ".repeat(50_000) + "password=passwordofalongerror");
    String half = "AKIAQ7ZK2MWX";
    String whole = half + "9LB4A3C5";
    texts.add(half, "half a key", "console");
    lines.add("console\t" + "y ".repeat((8192 - half.length()) / 2) + whole);
    lines.add("thread\t" + "n ".repeat((256 - half.length()) / 2) + whole);
    return lines;
  }

  /** Its command line is there for all to read. */
  private static ProcessBuilder other(CanaryTexts texts) {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "read x", "sh"));
    texts.of("other process", NOTHING).forEach(planted -> command.add(planted.text()));
    return new ProcessBuilder(command);
  }

  private static void ask(World world) {
    Collector.Answer answer =
        world
            .collector()
            .post(
                "/api/v1/captures",
                "responder",
                "{\"target\":{\"service\":\"canary\"},\"artifacts\":[\"recording\",\"threads\","
                    + "\"classes\",\"process\",\"network\",\"files\",\"console\",\"heap\"],"
                    + "\"reason\":\"a proof\"}");
    assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
  }

  private static void awaitEvidence(World world, int count) {
    Waiting.until(
        count + " pieces of evidence",
        PATIENCE,
        () -> {
          List<JsonNode> all = world.evidence();
          return all.size() >= count
                  && all.stream().allMatch(one -> one.path("state").asText().equals("sealed"))
              ? true
              : null;
        });
  }

  /** Secret to where it was found. */
  private Map<String, Set<String>> found(World world, SecretSearch search) throws IOException {
    Map<String, Set<String>> found = new TreeMap<>();
    // Files and classes are evidence byte by byte, the file of canaries too: the program opened it.
    Set<String> asTheyAre = new TreeSet<>();
    int searched = 0;
    for (JsonNode evidence : world.evidence()) {
      String id = evidence.path("id").asText();
      JsonNode whole = world.collector().get("/api/v1/evidence/" + id);
      for (JsonNode artifact : whole.path("artifacts")) {
        String name = artifact.path("name").asText();
        if (name.startsWith("files/") || name.startsWith("classes/")) {
          asTheyAre.add(artifact.path("sha256").asText());
          continue;
        }
        Path file = folder.resolve(id + "-" + name);
        world.collector().download("/api/v1/evidence/" + id + "/artifacts/" + name, file);
        note(found, name, name.endsWith(".gz") ? search.inGzip(file) : in(search, file));
        if (name.endsWith(".jfr")) {
          note(found, name + " read", events(search, file));
        }
        searched++;
      }
    }
    assertThat(searched).isGreaterThan(20);
    for (String path :
        List.of("/api/v1/agents", "/api/v1/alerts?limit=1000", "/api/v1/captures", "/metrics")) {
      note(
          found,
          path,
          in(
              search,
              world.collector().download(path, folder.resolve("answer-" + path.hashCode()))));
    }
    note(found, "the collector's log", in(search, String.join("\n", world.collector().output())));
    // What it still does with the evidence would move files away under the search.
    world.collector().stop();
    try (Stream<Path> files = Files.walk(world.collector().data()).filter(Files::isRegularFile)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.equals("tokens") && !asTheyAre.contains(name)) {
          note(found, "collector/" + name, in(search, file));
        }
      }
    }
    return found;
  }

  private static void note(Map<String, Set<String>> found, String where, Set<String> secrets) {
    for (String secret : secrets) {
      found.computeIfAbsent(secret, one -> new TreeSet<>()).add(where);
    }
  }

  private static Set<String> in(SecretSearch search, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return search.in(in);
    }
  }

  private static Set<String> in(SecretSearch search, String text) throws IOException {
    return search.in(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Set<String> events(SecretSearch search, Path recording) throws IOException {
    Set<String> all = new TreeSet<>();
    int count = 0;
    for (RecordedEvent event : RecordingFile.readAllEvents(recording)) {
      all.addAll(in(search, event.toString()));
      count++;
    }
    assertThat(count).isGreaterThan(100);
    return all;
  }

  /** The table of docs/redaction.md: how many texts of each kind were planted in each place. */
  private static String table(CanaryTexts texts, Map<String, Set<String>> found) {
    Map<String, Set<String>> planted = new TreeMap<>();
    Map<String, Set<String>> seen = new TreeMap<>();
    Set<String> groups = new LinkedHashSet<>();
    Set<String> places = new LinkedHashSet<>();
    for (Planted text : texts.planted()) {
      groups.add(text.group());
      places.add(text.place());
      String cell = text.group() + "|" + text.place();
      planted.computeIfAbsent(cell, one -> new TreeSet<>()).add(text.kind());
      if (text.secrets().stream().anyMatch(found::containsKey)) {
        seen.computeIfAbsent(cell, one -> new TreeSet<>()).add(text.kind());
      }
    }
    StringBuilder table = new StringBuilder("| planted in | ");
    table.append(String.join(" | ", groups)).append(" |\n|---");
    table.append("|---".repeat(groups.size())).append("|\n");
    for (String place : places) {
      table.append("| ").append(place);
      for (String group : groups) {
        String cell = group + "|" + place;
        int count = planted.getOrDefault(cell, Set.of()).size();
        int visible = seen.getOrDefault(cell, Set.of()).size();
        table.append(" | ");
        table.append(count == 0 ? "–" : count + (visible == 0 ? "" : ", " + visible + " FOUND"));
      }
      table.append(" |\n");
    }
    return table.toString();
  }

  /** What is no secret is shown as it is. */
  private void assertOrdinaryIsThere() throws IOException {
    CanaryTexts texts = new CanaryTexts(Jars.find().root());
    List<Path> processes = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.filter(file -> file.toString().endsWith("-process.json")).forEach(processes::add);
    }
    int compared = 0;
    for (Path process : processes) {
      JsonNode properties = JSON.readTree(process.toFile()).path("properties");
      for (int i = 0; i < texts.ordinary().size(); i++) {
        assertThat(properties.path("ordinary.p" + i).asText()).isEqualTo(texts.ordinary().get(i));
        compared++;
      }
    }
    assertThat(compared).isGreaterThanOrEqualTo(2 * 200);
  }
}

package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.heap.read.SmallDump;
import whorl.collector.testkit.PackagedCollector;
import whorl.evidence.Id;

/**
 * Runs the commands of the README and of the documents for operators and responders one after the
 * other, with real ids: each must exit with status 0, or stay up if it is a server. Commands that
 * cannot run here are listed with the reason.
 */
@Timeout(900)
class DocumentCommandsIT {
  private static final List<Path> DOCUMENTS =
      List.of(
          Path.of("../docs/operators.md"),
          Path.of("../docs/responders.md"),
          Path.of("../docs/offline.md"),
          Path.of("../docs/heap.md"),
          Path.of("../docs/jmc.md"),
          Path.of("../docs/what-is-kept.md"),
          Path.of("../docs/doctor.md"),
          Path.of("../docs/upgrade.md"),
          Path.of("../docs/kubernetes.md"),
          Path.of("../README.md"));

  private static final Path JAR = Path.of("target/whorl-collector.jar").toAbsolutePath();
  private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```bash\n(.*?)^ *```$");
  private static final String COLLECTOR =
      "https?://(127\\.0\\.0\\.1:7117|whorl\\.example:7117|COLLECTOR)";
  private static final Pattern COMMENT = Pattern.compile("\\s{2,}# .*$");

  /** Reasons by the beginning of the command. */
  private static final Map<String, String> NOT_RUN = new LinkedHashMap<>();

  static {
    NOT_RUN.put(
        "samples/demo/run", "builds everything; PlainJvmIT and ContainerIT do what it does");
    NOT_RUN.put("mvn ", "is what runs this test");
    NOT_RUN.put("whorl serve --records", "needs PostgreSQL; SeveralCollectorsTest has it");
    NOT_RUN.put("java -jar whorl-collector.jar serve --data whorl-data", "is upgraded elsewhere");
    NOT_RUN.put("cp -a whorl-data", "needs a folder of 0.1.0; EarlierFolderTest has one");
    NOT_RUN.put("whorl login --url https://whorl.example.com", "needs an identity provider");
    NOT_RUN.put("whorl open bags/ID.zip --identity", "needs evidence that is encrypted");
    NOT_RUN.put("whorl replay recording.jfr --request", "its request is an example");
    NOT_RUN.put("WHORL_EVIDENCE_DIR=", "needs the agent's jar; PlainJvmIT runs it");
    NOT_RUN.put("kubectl ", "needs a cluster; InjectedPodIT does what pods get");
    NOT_RUN.put("helm ", "needs a cluster; ChartTest renders the chart");
    NOT_RUN.put("whorl doctor --webhook", "needs the webhook; DoctorOnCollectorTest has it");
    NOT_RUN.put("age", "needs age, and evidence that is encrypted; EncryptionIT has it");
    NOT_RUN.put("WHORL_EVIDENCE_RECIPIENT=", "is a line of an environment");
    NOT_RUN.put("whorl evidence get ID recording.jfr.age", "needs evidence that is encrypted");
  }

  /** What a command prints that stays up, by its beginning. */
  private static final Map<String, String> STAYS_UP =
      Map.of(
          "java -jar collector-server/target/whorl-collector.jar serve", "listening on http",
          "whorl serve --retain", "listening on http",
          "whorl open ", "Ctrl-C ends it",
          "whorl timeline --follow", "");

  @TempDir private Path folder;
  private @Nullable PackagedCollector collector;
  private @Nullable ScriptedAgent agent;
  private Id earlier;
  private Id evidence;
  private Id disposable;
  private @Nullable String aCase;

  /** What runs the commands: each JVM lives for a second. */
  private String jvm =
      "'"
          + Path.of(System.getProperty("java.home"), "bin", "java")
          + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private void start() throws IOException {
    collector = new PackagedCollector(folder.resolve("collector"));
    AttackedShop shop = new AttackedShop(Instant.now()).with("heap.hprof.gz", SmallDump.gzip());
    agent =
        new ScriptedAgent(collector.url(), collector.token("agent"), folder.resolve("agent"), shop);
    await().atMost(Duration.ofSeconds(30)).until(agent::isConnected);
    shop.with("registrations.ndjson", new byte[0]).with("histogram.txt", histogram(10));
    earlier = sealEvidence();
    shop.without("registrations.ndjson").with("histogram.txt", histogram(900));
    evidence = sealEvidence();
    disposable = sealEvidence();
  }

  private static byte[] histogram(int orders) {
    return """
         num     #instances         #bytes  class name (module)
        -------------------------------------------------------
           1:           %d           4800  com.shop.Order
        Total           %d           4800
        """
        .formatted(orders, orders)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The files that the documents take for granted, and two logins. */
  private void prepare(Path work) throws Exception {
    Files.writeString(work.resolve("token"), collector.token("responder"));
    Files.writeString(work.resolve("notify.yaml"), "notifications: []\n");
    Outcome made =
        run(
            work,
            "set -e; whorl tls init tls --host localhost; cp tls/ca.pem ca.crt;"
                + " for name in production staging.example.com; do"
                + " whorl login --name $name --url "
                + collector.url()
                + " --token-file token; done");
    assertThat(made.status()).as(made.output()).isZero();
  }

  /** Keeps the classes of one command, parsed and verified, for the many that follow. */
  private void archiveClasses(Path work) throws Exception {
    Path archive = folder.resolve("classes.jsa");
    Outcome first =
        run(work, "java -XX:ArchiveClassesAtExit=" + archive + " -jar " + JAR + " evidence list");
    assertThat(first.status()).as(first.output()).isZero();
    assertThat(archive).exists();
    jvm += " -XX:SharedArchiveFile=" + archive;
  }

  @AfterEach
  void stop() throws Exception {
    if (agent != null) {
      agent.close();
    }
    if (collector != null) {
      collector.close();
    }
  }

  private Id sealEvidence() throws IOException {
    Id raised = agent.raise();
    await().atMost(Duration.ofSeconds(60)).until(() -> state(raised, "").equals("sealed"));
    await().atMost(Duration.ofSeconds(90)).until(() -> state(raised, "/index").equals("ready"));
    return raised;
  }

  private String state(Id of, String part) throws IOException {
    return collector.get("/api/v1/evidence/" + of + part).path("state").asText();
  }

  @Test
  void everyCommand_endsWithStatus0() throws Exception {
    start();
    Path work = Files.createDirectories(folder.resolve("work"));
    archiveClasses(work);
    prepare(work);
    List<String> run = new ArrayList<>();
    for (String command : commands()) {
      if (NOT_RUN.keySet().stream().anyMatch(command::startsWith)) {
        continue;
      }
      if (command.contains("cd BAG\n") && !unpackBag(work)) {
        System.out.println("SKIPPED: no cosign here; nobody checks the bag without Whorl");
        continue;
      }
      String printed = staysUp(command);
      if (printed != null) {
        System.err.println("UP " + command);
        assertStaysUp(work, command, printed);
        run.add(command);
        continue;
      }
      System.err.println("RUN " + command);
      Outcome outcome = run(work, fillIn(command));
      assertThat(outcome.status()).as("%s%n%s", command, outcome.output()).isZero();
      if (command.startsWith("whorl cases create")) {
        aCase = outcome.output().strip().lines().reduce((first, last) -> last).orElseThrow();
      }
      run.add(command);
    }
    assertThat(run).hasSizeGreaterThan(15);
  }

  private static @Nullable String staysUp(String command) {
    return STAYS_UP.entrySet().stream()
        .filter(each -> command.startsWith(each.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  /** Waits until a server has printed that it is ready, and ends it. */
  private void assertStaysUp(Path work, String command, String printed) throws Exception {
    Path output = Files.createTempFile(folder, "said", ".txt");
    String actual = fillIn(command).replace(" serve", " serve --listen 127.0.0.1:0");
    Process process = started(work, actual, output);
    try {
      if (printed.isEmpty()) {
        assertThat(process.waitFor(5, TimeUnit.SECONDS))
            .as("%s%n%s", command, Files.readString(output))
            .isFalse();
      } else {
        await()
            .atMost(Duration.ofSeconds(90))
            .failFast("ended: " + command, () -> !process.isAlive())
            .untilAsserted(
                () -> assertThat(Files.readString(output)).as(command).contains(printed));
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      process.waitFor();
    }
  }

  /** Unpacks a bag into the folder BAG; false when cosign, which checks it, is not installed. */
  private boolean unpackBag(Path work) throws Exception {
    if (run(work, "command -v cosign").status() != 0) {
      return false;
    }
    String jar = Path.of(System.getProperty("java.home"), "bin/jar").toString();
    String zip = "own/" + evidence + ".zip";
    Outcome unpacked =
        run(
            work,
            "set -e; whorl evidence bag "
                + evidence
                + " --out own/; mkdir unpacked; cd unpacked;"
                + " '"
                + jar
                + "' xf ../"
                + zip
                + "; cd ..; mv unpacked/* BAG");
    assertThat(unpacked.status()).as(unpacked.output()).isZero();
    return true;
  }

  @Test
  void skippedCommands_areStillInTheDocuments() throws IOException {
    List<String> commands = commands();
    assertThat(NOT_RUN.keySet())
        .allSatisfy(beginning -> assertThat(commands).anyMatch(each -> each.startsWith(beginning)));
  }

  /** Returns each command once, in the order of the documents. */
  private static List<String> commands() throws IOException {
    Set<String> commands = new LinkedHashSet<>();
    for (Path document : DOCUMENTS) {
      Matcher blocks = BLOCK.matcher(Files.readString(document));
      while (blocks.find()) {
        commands.addAll(commands(blocks.group(1)));
      }
    }
    return List.copyOf(commands);
  }

  private static List<String> commands(String block) {
    String joined = block.replaceAll("\\\\\n\\s*", "");
    if (joined.startsWith("cd ")) {
      // lines that depend on the folder form one command, which verifies the bag again at its end
      return List.of("set -e\n" + joined + "cd ..; whorl verify BAG");
    }
    return joined
        .lines()
        .map(line -> COMMENT.matcher(line).replaceAll("").strip())
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  /** Replaces the placeholders by actual ids, address and jar. */
  private String fillIn(String command) throws IOException {
    Id actualId = command.startsWith("whorl evidence purge") ? disposable : evidence;
    return command
        .replaceAll("\\bID:4711\\b", evidence + ":17")
        .replace("OTHER-ID", earlier.value())
        .replaceAll("\\bID\\b", actualId.value())
        .replaceAll("\\bCASE\\b", String.valueOf(aCase))
        .replaceAll("\\bALERTS\\b", group())
        .replaceAll("\\bRULE\\b", "rule-of-nobody")
        .replaceAll("\\b203\\.0\\.113\\.9\\b", AttackedShop.INTRUDER)
        .replace("ysoserial payload", "promo.sh")
        .replaceAll(COLLECTOR, collector.url())
        .replaceAll("(?<=[ =])/backup/whorl\\b", folder.resolve("backup").toString())
        .replaceAll("(?<=[ =])/new-data\\b", folder.resolve("new-data").toString())
        .replaceAll("(?<=[ =])/data\\b", folder.resolve("collector").toString())
        .replaceAll("(collector-server/target/)?whorl-collector\\.jar", JAR.toString());
  }

  private String group() throws IOException {
    return collector.get("/api/v1/alert-groups").at("/groups/0/id").asText("none");
  }

  private record Outcome(int status, String output) {}

  private Outcome run(Path work, String command) throws Exception {
    Path output = Files.createTempFile(folder, "said", ".txt");
    Process process = started(work, command, output);
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return new Outcome(-1, "did not end: " + Files.readString(output));
    }
    return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }

  private Process started(Path work, String command, Path output) throws IOException {
    String functions =
        "java() { "
            + jvm
            + " \"$@\"; }\nwhorl() { java -jar '"
            + JAR
            + "' \"$@\"; }\njfr() { '"
            + Path.of(System.getProperty("java.home"), "bin", "jfr")
            + "' \"$@\"; }\n";
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", functions + command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("WHORL_COLLECTOR_URL", collector.url());
    builder.environment().put("WHORL_TOKEN", collector.token("admin"));
    builder.environment().put("TOKEN", collector.token("admin"));
    builder.environment().put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    return builder.start();
  }
}

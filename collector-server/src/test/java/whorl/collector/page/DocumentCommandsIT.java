package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
import whorl.collector.testkit.PackagedCollector;
import whorl.evidence.Id;

/**
 * Runs the commands of the README and of the documents for operators and responders one after the
 * other, with real ids: each must exit with status 0. Commands that cannot run here are listed with
 * the reason.
 */
@Timeout(300)
class DocumentCommandsIT {
  private static final List<Path> DOCUMENTS =
      List.of(
          Path.of("../docs/operators.md"),
          Path.of("../docs/responders.md"),
          Path.of("../docs/offline.md"),
          Path.of("../docs/heap.md"),
          Path.of("../README.md"));

  private static final Path JAR = Path.of("target/whorl-collector.jar").toAbsolutePath();
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```bash\n(.*?)^```$");
  private static final Pattern COMMENT = Pattern.compile("\\s{2,}# .*$");

  /** Reasons by the beginning of the command. */
  private static final Map<String, String> NOT_RUN = new LinkedHashMap<>();

  static {
    NOT_RUN.put(
        "samples/demo/run", "builds everything; PlainJvmIT and ContainerIT do what it does");
    NOT_RUN.put("mvn ", "is what runs this test");
    NOT_RUN.put("java -jar collector-server/target/whorl-collector.jar serve", "stays up");
    NOT_RUN.put("whorl serve ", "stays up");
    NOT_RUN.put("whorl open ", "stays up; OpenedEvidenceTest does it");
    NOT_RUN.put("whorl timeline --follow", "goes on until Ctrl-C");
    NOT_RUN.put(
        "whorl capture --service shop --artifacts heap",
        "needs a JVM with the agent; HeapIT does it");
    NOT_RUN.put("whorl login", "needs an identity provider; KeycloakDeviceLoginIT has one");
    NOT_RUN.put("whorl compare ", "ends with 4 where nothing differs; CompareRoutesTest has more");
    NOT_RUN.put("whorl heap ", "needs a heap snapshot or histograms; HeapRoutesTest has them");
    NOT_RUN.put("whorl search ", "ends with 4 where nothing is found; SearchRoutesTest finds it");
    NOT_RUN.put("whorl use ", "needs two logins; LoginCommandsTest has them");
    NOT_RUN.put("whorl logout", "needs a login; KeycloakDeviceLoginIT has one");
    NOT_RUN.put("age", "needs age, and evidence that is encrypted; EncryptionIT has it");
    NOT_RUN.put("WHORL_EVIDENCE_RECIPIENT=", "is a line of an environment");
    NOT_RUN.put("whorl evidence get ID recording.jfr.age", "needs evidence that is encrypted");
  }

  @TempDir private Path folder;
  private @Nullable PackagedCollector collector;
  private @Nullable ScriptedAgent agent;
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
    agent = new ScriptedAgent(collector.url(), collector.token("agent"), folder.resolve("agent"));
    await().atMost(Duration.ofSeconds(30)).until(agent::isConnected);
    evidence = sealEvidence();
    disposable = sealEvidence();
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
    List<String> run = new ArrayList<>();
    for (String command : commands()) {
      if (NOT_RUN.keySet().stream().anyMatch(command::startsWith)) {
        continue;
      }
      if (command.contains("cd BAG\n") && !unpackBag(work)) {
        System.out.println("SKIPPED: no cosign here; nobody checks the bag without Whorl");
        continue;
      }
      Outcome outcome = run(work, fillIn(command));
      assertThat(outcome.status()).as("%s%n%s", command, outcome.output()).isZero();
      if (command.startsWith("whorl cases create")) {
        aCase = outcome.output().strip().lines().reduce((first, last) -> last).orElseThrow();
      }
      run.add(command);
    }
    assertThat(run).hasSizeGreaterThan(15);
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
        .replaceAll("\\bID\\b", actualId.value())
        .replaceAll("\\bCASE\\b", String.valueOf(aCase))
        .replaceAll("\\bALERTS\\b", group())
        .replaceAll("\\bRULE\\b", "rule-of-nobody")
        .replace("http://127.0.0.1:7117", collector.url())
        .replace("whorl-collector.jar", JAR.toString());
  }

  private String group() throws IOException {
    return collector.get("/api/v1/alert-groups").at("/groups/0/id").asText("none");
  }

  private record Outcome(int status, String output) {}

  private Outcome run(Path work, String command) throws Exception {
    String functions =
        "java() { " + jvm + " \"$@\"; }\nwhorl() { java -jar '" + JAR + "' \"$@\"; }\n";
    Path output = Files.createTempFile(folder, "said", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", functions + command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("WHORL_COLLECTOR_URL", collector.url());
    builder.environment().put("WHORL_TOKEN", collector.token("admin"));
    builder.environment().put("TOKEN", collector.token("admin"));
    Process process = builder.start();
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return new Outcome(-1, "did not end: " + Files.readString(output));
    }
    return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }
}

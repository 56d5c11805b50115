package whorl.collector.cli.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.OwnTemporaryFolders;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.timeline.index.IndexRig;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** {@code whorl query} without a collector: over a data folder, and over bags of its evidence. */
@Timeout(300)
class QueryCommandTest {
  private static final int EVENTS = 40;
  private static final String ALL = "SELECT * FROM timeline ORDER BY evidence, jvm_row";

  @TempDir private static Path root;
  private static Path data;
  private static final List<Id> EVIDENCE = new ArrayList<>();
  private static final List<Path> BAGS = new ArrayList<>();
  private static long rows;

  private final CliRun cli = new CliRun();

  @BeforeAll
  static void open() throws Exception {
    data = root.resolve("data");
    TestCollector.World world = new TestCollector.World();
    try (IndexRig rig = new IndexRig(data, world)) {
      rig.index.start();
      for (String service : List.of("shop", "pay")) {
        FakeAgent agent = new FakeAgent();
        agent.service = service;
        agent.with("events.ndjson", events());
        agent.with(
            "files.body",
            "0|/etc/passwd|7|r/rrw-r--r--|0|0|42|1500000000|1300000000|1500000000|0\n");
        agent.with("heap.hprof.gz", new byte[4096]);
        agent.seal();
        world.keys.put(agent.id, agent.key.publicKey());
        Id evidence = rig.received(agent);
        rows += rig.indexed(evidence).rows();
        EVIDENCE.add(evidence);
        rig.collector.publisher.publish();
        BAGS.add(
            Files.write(
                Files.createDirectories(root.resolve("bags")).resolve(service + ".zip"),
                rig.collector.viewer.get("/api/v1/evidence/" + evidence + "/bag").body()));
      }
    }
  }

  private static String events() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < EVENTS; i++) {
      lines
          .append(
              Json.text(
                  new EventLine(
                      i,
                      Instant.parse("2026-11-25T09:35:28.391825818Z").plusNanos(i),
                      "whorl.FileOpen",
                      Map.of("path", "/srv/" + i, "access", "read", "created", false),
                      "http-1",
                      List.of("shop.Shop.open(Shop.java:1)"))))
          .append('\n');
    }
    return lines.toString();
  }

  @AfterAll
  static void nothingIsLeft() throws IOException {
    assertThat(OwnTemporaryFolders.left()).isEmpty();
  }

  @Test
  void bag_hasTheRowsThatTheCollectorHas() throws Exception {
    List<JsonNode> collectors = lines("--data", data.toString());
    assertThat(collectors).hasSize((int) rows);
    List<JsonNode> zips = lines("--bag", BAGS.get(0).toString(), "--bag", BAGS.get(1).toString());
    assertThat(zips).isEqualTo(collectors);
    assertThat(lines("--bag", root.resolve("bags").toString())).isEqualTo(collectors);
    assertThat(columns(zips)).contains("file_path", "sealed_at", "service", "jvm_stack_trace");
  }

  @Test
  void unpackedBag_andSelection() throws Exception {
    Path unpacked = unpacked("unpacked");
    List<JsonNode> found = lines("--bag", unpacked.toString());
    assertThat(found).hasSizeGreaterThan(EVENTS);
    assertThat(found).allMatch(row -> row.path("evidence").asText().equals(EVIDENCE.get(0) + ""));
    assertThat(lines("--bag", root.resolve("bags").toString(), "--evidence", EVIDENCE.get(0) + ""))
        .isEqualTo(found);
    // the same evidence twice is there once
    assertThat(lines("--bag", unpacked.toString(), "--bag", BAGS.get(0).toString()))
        .isEqualTo(found);

    CliRun none = new CliRun();
    assertThat(
            none.run(
                "query",
                "--bag",
                unpacked.toString(),
                "--until",
                "2020-01-01T00:00:00Z",
                "--sql",
                ALL))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(none.err()).contains("no such evidence in 1 bag");
  }

  @Test
  void table_saysThatTheBagIsVerified() {
    assertThat(
            cli.run(
                "query",
                "--bag",
                BAGS.get(1).toString(),
                "--sql",
                "SELECT service, state, has_timeline FROM evidence"))
        .isEqualTo(ExitStatus.DONE);
    assertThat(cli.err()).contains("pay.zip: verified, ");
    assertThat(cli.out()).contains("pay", "sealed", "true");
  }

  @Test
  void alteredBag_isNotAsked_unlessThatIsWanted() throws Exception {
    Path altered = unpacked("altered");
    Path events = altered.resolve("data/events.ndjson");
    Files.writeString(events, Files.readString(events).replace("/srv/7\"", "/srv/x\""));
    String[] question = {
      "query", "--bag", altered.toString(), "--sql", "SELECT file_path FROM timeline"
    };

    assertThat(cli.run(question)).isEqualTo(ExitStatus.VERIFICATION_FAILED);
    assertThat(cli.err())
        .contains("NOT verified", "problem: data/events.ndjson: sha-256 is", "--unverified");
    assertThat(cli.out()).isEmpty();

    CliRun anyway = new CliRun();
    String[] more =
        Stream.concat(Stream.of(question), Stream.of("--unverified")).toArray(String[]::new);
    assertThat(anyway.run(more)).isEqualTo(ExitStatus.DONE);
    assertThat(anyway.err()).contains("NOT verified");
    assertThat(anyway.out()).contains("/srv/x").doesNotContain("/srv/7\n");
  }

  /** Anybody can add such an entry to a genuine bag, which verifies all the same. */
  @Test
  void custodyThatTheBagDoesNotProve_givesNoRows() throws Exception {
    Path more = unpacked("more");
    Path custody = more.resolve("custody.ndjson");
    List<String> lines = Files.readAllLines(custody);
    CustodyEntry last = Json.MAPPER.readValue(lines.get(lines.size() - 1), CustodyEntry.class);
    CustodyEntry invented =
        CustodyEntry.chained(
            1_000_000,
            last.time(),
            "refused",
            EVIDENCE.get(0),
            "agent of an intruder",
            Map.of(),
            null,
            last.hash());
    Digest before = Digest.of(Files.readAllBytes(custody));
    Files.writeString(custody, Json.text(invented) + "\n", StandardOpenOption.APPEND);
    Path tags = more.resolve("tagmanifest-sha256.txt");
    String now = Digest.of(Files.readAllBytes(custody)).hex();
    Files.writeString(tags, Files.readString(tags).replace(before.hex(), now));

    List<JsonNode> found = lines("--bag", more.toString());

    assertThat(found).isEqualTo(lines("--bag", BAGS.get(0).toString()));
  }

  @Test
  void missingArtifact_isAProblem_andTheRestCanBeAsked() throws Exception {
    Path lacking = unpacked("lacking");
    Files.delete(lacking.resolve("data/files.body"));
    assertThat(cli.run("query", "--bag", lacking.toString(), "--sql", ALL))
        .isEqualTo(ExitStatus.VERIFICATION_FAILED);
    CliRun anyway = new CliRun();
    assertThat(
            anyway.run(
                "query",
                "--unverified",
                "--bag",
                lacking.toString(),
                "--sql",
                "SELECT count(*) AS n FROM timeline WHERE event_action = 'whorl.FileOpen'"))
        .isEqualTo(ExitStatus.DONE);
    assertThat(anyway.out()).contains(EVENTS + "");
  }

  @Test
  void wrongUsage_namesTheRemedy() throws Exception {
    String bag = BAGS.get(0).toString();
    assertThat(cli.run("query", "--sql", ALL)).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.err()).contains("--data DIR or --bag PATH");
    assertThat(cli.run("query", "--sql", ALL, "--bag", bag, "--data", data.toString()))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.run("query", "--sql", ALL, "--bag", bag, "--service", "shop"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.run("query", "--sql", ALL, "--data", data.toString(), "--unverified"))
        .isEqualTo(ExitStatus.WRONG_USAGE);
    Path text = Files.writeString(root.resolve("no-bag.zip"), "no zip");
    assertThat(cli.run("query", "--sql", ALL, "--bag", text.toString()))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("no-bag.zip: zip END header not found", "give a bag");
    assertThat(cli.run("query", "--sql", ALL, "--bag", root.resolve("absent").toString()))
        .isEqualTo(ExitStatus.FAILED);
    Path empty = Files.createDirectories(root.resolve("empty"));
    assertThat(cli.run("query", "--sql", ALL, "--bag", empty.toString()))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("holds no bag");
    assertThat(cli.run("query", "--sql", "DROP TABLE timeline", "--bag", bag))
        .isEqualTo(ExitStatus.FAILED);
  }

  /** The rows as JSON objects. */
  private static List<JsonNode> lines(String... source) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("query", "--sql", ALL, "--format", "ndjson", "--limit", "1000"));
    arguments.addAll(List.of(source));
    CliRun run = new CliRun();
    assertThat(run.run(arguments.toArray(String[]::new))).as(run.err()).isEqualTo(ExitStatus.DONE);
    List<JsonNode> lines = new ArrayList<>();
    for (String line : run.out().lines().toList()) {
      lines.add(Json.MAPPER.readTree(line));
    }
    return lines;
  }

  private static List<String> columns(List<JsonNode> lines) {
    TreeSet<String> names = new TreeSet<>();
    lines.forEach(line -> line.fieldNames().forEachRemaining(names::add));
    return List.copyOf(names);
  }

  /** The first bag, as a folder. */
  private static Path unpacked(String name) throws IOException {
    Path target = Files.createDirectories(root.resolve("unpacked-bags").resolve(name));
    try (FileSystem zip = FileSystems.newFileSystem(BAGS.get(0))) {
      Path from = zip.getPath("/whorl-" + EVIDENCE.get(0));
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path to = target.resolve(from.relativize(file).toString());
          Files.createDirectories(to.getParent());
          Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    return target;
  }
}

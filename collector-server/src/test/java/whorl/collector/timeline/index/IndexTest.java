package whorl.collector.timeline.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Recordings;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Manifest;

@Timeout(300)
class IndexTest {
  @TempDir private Path root;
  private IndexRig rig;

  @BeforeEach
  void open() throws Exception {
    rig = new IndexRig(root);
    rig.index.start();
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  @Test
  void recording_becomesRows_withAllFields() throws Exception {
    byte[] recording =
        Recordings.of(
            () -> {
              Recordings.open("/proc/self/environ", "read", "req-1");
              Recordings.request("req-1", "GET", "/invoices", "10.1.2.3");
              Recordings.Unheard unheard = new Recordings.Unheard();
              unheard.colour = "green \"\n\u0001";
              unheard.weight = Double.NaN;
              unheard.whose = Thread.currentThread();
              unheard.kind = String.class;
              unheard.commit();
            });
    Id evidence = rig.received(new FakeAgent().with("recording.jfr", recording));
    IndexStatus status = rig.indexed(evidence);

    assertThat(status.state()).isEqualTo(IndexStatus.State.READY);
    assertThat(problems(status)).isEmpty();
    Row open = onlyRow(TimelineQuery.of(evidence).types("whorl.FileOpen").withStacks(true));
    assertThat(open.text(Column.FILE_PATH)).isEqualTo("/proc/self/environ");
    assertThat(open.text(Column.MESSAGE)).isEqualTo("opened /proc/self/environ to read");
    assertThat(open.text(Column.THREAD_NAME)).isEqualTo(Thread.currentThread().getName());
    assertThat(open.stack().get(0)).startsWith(Recordings.class.getName() + ".open(line ");
    assertThat(open.fields()).containsEntry("created", false).containsEntry("access", "read");
    // rows of a request have the values of the request's own event
    assertThat(open.text(Column.REQUEST_METHOD)).isEqualTo("GET");
    assertThat(open.text(Column.URL_PATH)).isEqualTo("/invoices");
    assertThat(open.text(Column.SOURCE_IP)).isEqualTo("10.1.2.3");
    assertThat(open.text(Column.SERVICE)).isEqualTo("shop");
    assertThat(open.text(Column.HOST)).isEqualTo("node-1");
    assertThat(open.text(Column.POD)).isEqualTo("shop-1");

    Row request = onlyRow(TimelineQuery.of(evidence).types("whorl.HttpRequest"));
    assertThat(request.number(Column.RESPONSE_STATUS)).isEqualTo(200);
    assertThat(request.fields().get("elapsed")).isEqualTo(1_500_000);
    Row unheard = onlyRow(TimelineQuery.of(evidence).types("acme.*"));
    assertThat(unheard.fields())
        .containsEntry("colour", "green \"\n\u0001")
        .containsEntry("weight", "NaN")
        .containsEntry("kind", "java.lang.String")
        .containsEntry("whose", Thread.currentThread().getName());
    assertThat(unheard.text(Column.MESSAGE)).startsWith("Never Heard Of: ");
    assertThat(rig.timeline.types(TimelineQuery.of(evidence).types("jdk.JVMInformation")))
        .isNotEmpty();
  }

  @Test
  void everyKindOfArtifact_givesRows() throws Exception {
    FakeAgent agent = everything();
    Id evidence = rig.received(agent);
    IndexStatus status = rig.indexed(evidence);
    assertThat(problems(status)).isEmpty();

    Row modified = onlyRow(TimelineQuery.of(evidence).types("file.modified"));
    assertThat(modified.time()).isEqualTo(Instant.parse("2026-01-02T03:04:05.123456789Z"));
    assertThat(modified.fields()).containsEntry("macb", "m.c.");
    assertThat(modified.text(Column.FILE_SHA256)).isEqualTo("ab".repeat(32));
    assertThat(modified.text(Column.FILE_PATH)).isEqualTo("/tmp/a|b.sh");
    assertThat(onlyRow(TimelineQuery.of(evidence).types("file.accessed")).number(Column.FILE_SIZE))
        .isEqualTo(12);
    Row found = onlyRow(TimelineQuery.of(evidence).types("class.found"));
    assertThat(found.text(Column.CLASS_NAME)).isEqualTo("evil.Shell");
    assertThat(found.text(Column.MESSAGE)).contains("made by nobody known");
    Row alert = onlyRow(TimelineQuery.of(evidence).types("alert.raised"));
    assertThat(alert.text(Column.COMMAND_LINE)).isEqualTo("id");
    assertThat(alert.number(Column.SEVERITY)).isEqualTo(80);
    Row line = onlyRow(TimelineQuery.of(evidence).types("console.line"));
    assertThat(line.text(Column.MESSAGE)).isEqualTo("console, out: a\tb");
    assertThat(rig.rows(TimelineQuery.of(evidence).types("custody.*")))
        .extracting(Row::action)
        .containsExactly("custody.received", "custody.sealed");
    Row started = onlyRow(TimelineQuery.of(evidence).types("process.started"));
    assertThat(started.time()).isEqualTo("2026-01-01T00:00:00.250Z");
    assertThat(started.text(Column.MESSAGE)).isEqualTo("the JVM was started: java -jar a b.jar");
    assertThat(started.number(Column.PROCESS_PID)).isEqualTo(7);
    assertThat(started.fields()).doesNotContainKey("environment");
    Row ring = onlyRow(TimelineQuery.of(evidence).types("whorl.DnsLookup"));
    assertThat(ring.text(Column.DNS_ADDRESSES)).isEqualTo("1.2.3.4, 5.6.7.8");
    assertThat(ring.number(Column.SEQUENCE)).isEqualTo(7);
  }

  /** Anybody can set the time of a file of theirs, but not when that was done. */
  @Test
  void fileWithATimeThatNoRowCanHave_hasTheRowsOfItsOtherTimes() throws Exception {
    Id evidence =
        rig.received(
            new FakeAgent()
                .with("recording.jfr", Recordings.small(1))
                .with(
                    "files.body",
                    "0|/tmp/old.sh|7|r/rrwxr-xr-x|0|0|5|1767323046.5|-315619200.0|1767323045.5|0\n"
                        + "0|/tmp/far|8|r/rrw-r--r--|0|0|5|8640000000001.5|0|1767323047.5|0\n"
                        + "0|/tmp/bad|9|r/rrw-r--r--|0|0|5|x|0|1767323048.5|0\n"));
    IndexStatus status = rig.indexed(evidence);

    assertThat(rig.rows(TimelineQuery.of(evidence).types("file.*")))
        .extracting(row -> row.text(Column.MESSAGE))
        .containsExactly(
            "..c. /tmp/old.sh; before 1970 or after 2255: m @-315619200.0",
            ".a.. /tmp/old.sh; before 1970 or after 2255: m @-315619200.0",
            "..c. /tmp/far; before 1970 or after 2255: a @8640000000001.5");
    assertThat(problems(status))
        .containsExactlyEntriesOf(
            Map.of("files.body", "1 lines can't be read, the first of them line 3"));
  }

  @Test
  void fileNamedByALaterAlert_isARowWithItsDigest() throws Exception {
    Id evidence =
        rig.received(
            new FakeAgent()
                .with("recording.jfr", Recordings.small(1))
                .with(
                    "files-later.body",
                    "0|/srv/app/shell.jsp|17|r/rrw-r--r--|0|0|12|0|1767323045.5|0|0\n")
                .with(
                    "files-later.ndjson",
                    "{\"path\":\"/srv/app/shell.jsp\",\"sha256\":\""
                        + "ab".repeat(32)
                        + "\",\"kept\":true}\n"));
    IndexStatus status = rig.indexed(evidence);

    assertThat(problems(status)).isEmpty();
    Row modified = onlyRow(TimelineQuery.of(evidence).types("file.modified"));
    assertThat(modified.text(Column.FILE_PATH)).isEqualTo("/srv/app/shell.jsp");
    assertThat(modified.text(Column.FILE_SHA256)).isEqualTo("ab".repeat(32));
  }

  @Test
  void tooLongPaths_loseOnlyDigests() throws Exception {
    String line = "{\"path\":\"%d" + "x".repeat(1 << 20) + "\",\"sha256\":\"ab\"}\n";
    StringBuilder files = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      files.append(line.formatted(i));
    }
    Id evidence =
        rig.received(
            new FakeAgent()
                .with("recording.jfr", Recordings.small(1))
                .with("files.ndjson", files.toString()));

    IndexStatus status = rig.indexed(evidence);

    assertThat(problems(status)).containsOnlyKeys("files.ndjson");
    assertThat(rig.rows(TimelineQuery.of(evidence).types("whorl.FileOpen"))).hasSize(1);
  }

  @Test
  void eventOfRingAndRecording_isOneRow() throws Exception {
    List<EventLine> ring = new ArrayList<>();
    byte[] recording =
        Recordings.of(
            () -> {
              for (int i = 0; i < 20; i++) {
                Recordings.open("/same", "read", "req-1");
                ring.add(
                    new EventLine(
                        i,
                        Instant.now(),
                        "whorl.FileOpen",
                        Map.of(
                            "path",
                            "/same",
                            "access",
                            "read",
                            "created",
                            false,
                            "request.id",
                            "req-1",
                            "request.path",
                            "/p"),
                        Thread.currentThread().getName(),
                        List.of()));
              }
            });
    ring.add(
        new EventLine(
            20,
            Instant.now().plusSeconds(60),
            "whorl.FileOpen",
            Map.of("path", "/same", "access", "read"),
            Thread.currentThread().getName(),
            List.of("a.B.c(B.java:1)")));
    Id evidence =
        rig.received(
            new FakeAgent().with("recording.jfr", recording).with("events.ndjson", lines(ring)));
    rig.indexed(evidence);

    List<Row> rows = rig.rows(TimelineQuery.of(evidence).types("whorl.FileOpen"));
    assertThat(rows).hasSize(21);
    assertThat(rows.get(20).text(Column.DATASET)).isEqualTo("events.ndjson");
    assertThat(rows.get(0).text(Column.DATASET)).isEqualTo("recording.jfr");
    assertThat(rows.get(0).text(Column.URL_PATH)).isEqualTo("/p");
  }

  @Test
  void sameEvidence_givesTheSameRows(@TempDir Path elsewhere) throws Exception {
    FakeAgent agent =
        everything().with("recording.jfr", Recordings.times(Recordings.small(300), 8));
    Id evidence = rig.received(agent);
    rig.indexed(evidence);
    List<Map<String, Object>> first =
        rig.rows(TimelineQuery.of(evidence).withStacks(true)).stream().map(Row::flat).toList();
    try (IndexRig other = new IndexRig(elsewhere)) {
      other.index.start();
      other.received(agent);
      other.indexed(evidence);
      List<Map<String, Object>> second =
          other.rows(TimelineQuery.of(evidence).withStacks(true)).stream().map(Row::flat).toList();
      assertThat(comparable(second)).isEqualTo(comparable(first));
    }
  }

  @Test
  void clockOffset_isAddedToAgentTimesOnly() throws Exception {
    FakeAgent agent = everything();
    Manifest plain = agent.manifest();
    Manifest late =
        new Manifest(
            plain.version(),
            plain.evidence(),
            plain.capture(),
            plain.agent(),
            plain.alert(),
            plain.reason(),
            plain.startedAt(),
            plain.sealedAt(),
            plain.key(),
            plain.artifacts(),
            plain.missing(),
            plain.losses(),
            plain.heap(),
            plain.recipient(),
            Duration.ofDays(1).toMillis());
    assertThat(agent.seal(late).shipAll(rig.collector.agentClient).status()).isEqualTo(204);
    rig.indexed(agent.evidence);

    Row modified = onlyRow(TimelineQuery.of(agent.evidence).types("file.modified"));
    assertThat(modified.number(Column.AGENT_TIME)).isEqualTo(1_767_323_045_123_456_789L);
    assertThat(modified.time()).isEqualTo(Instant.parse("2026-01-03T03:04:05.123456789Z"));
    Row accessed = onlyRow(TimelineQuery.of(agent.evidence).types("file.accessed"));
    assertThat(accessed.time())
        .describedAs("a whole second was set by a program, perhaps on another machine")
        .isEqualTo(Instant.ofEpochSecond(1_767_323_047));
    assertThat(accessed.number(Column.AGENT_TIME)).isNull();
    Row sealed = onlyRow(TimelineQuery.of(agent.evidence).types("custody.sealed"));
    assertThat(sealed.number(Column.AGENT_TIME)).isNull();
    assertThat(sealed.time()).isAfter(Instant.parse("2026-06-01T00:00:00Z"));
  }

  @Test
  void encryptedArtifacts_areReportedAsUnread() throws Exception {
    FakeAgent agent = new FakeAgent().with("recording.jfr.age", "age-encryption.org/v1\n");
    agent.recipient = "age1test";
    IndexStatus status = rig.indexed(rig.received(agent));
    assertThat(status.state()).isEqualTo(IndexStatus.State.READY);
    assertThat(problems(status).get("recording.jfr")).contains("encrypted");
  }

  @Test
  void artifactsThatWereChangedOrLostInTheStore_areNamed_andTheOthersGiveRows() throws Exception {
    Id evidence =
        rig.received(
            new FakeAgent()
                .with("recording.jfr", Recordings.small(1))
                .with("console.log", "{}\n")
                .with("files.ndjson", "{\"path\":\"/a\",\"sha256\":\"ab\"}\n")
                .with("process.json", "{}"));
    EvidenceRecord record = rig.collector.store.record(evidence);
    for (String name : List.of("files.ndjson", "process.json", "manifest.json")) {
      rig.changed.add(record.artifact(new ArtifactName(name)).sha256());
    }
    Digest console = record.artifact(new ArtifactName("console.log")).sha256();
    Files.delete(rig.collector.store.localFile(console));

    IndexStatus status = rig.indexed(evidence);

    assertThat(status.state()).isEqualTo(IndexStatus.State.READY);
    assertThat(problems(status))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "files.ndjson", "it is damaged in the object store; verify says more",
                "process.json", "it is damaged in the object store; verify says more",
                "manifest.json", "it is damaged in the object store; verify says more",
                "console.log", "the store has lost it; verify says more"));
    assertThat(rig.rows(TimelineQuery.of(evidence).types("whorl.FileOpen"))).hasSize(1);
  }

  @Test
  void indexing_resumesAfterARestart() throws Exception {
    rig.close();
    rig = new IndexRig(root);
    Id evidence = rig.received(everything());
    Files.createDirectories(rig.collector.folder.evidence(evidence).resolve("timeline.new/spill"));
    assertThat(rig.index.status(evidence).state()).isEqualTo(IndexStatus.State.NONE);
    rig.index.start();
    Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> rig.ready.contains(evidence));
    assertThat(rig.collector.folder.evidence(evidence).resolve("timeline.new")).doesNotExist();
    assertThat(rig.collector.folder.timeline(evidence))
        .isDirectoryNotContaining(path -> path.endsWith("plan.json"));
  }

  /** The default of {@code serve}: the confined JVM works in another folder. */
  @Test
  void relativeDataFolder_isIndexedToo(@TempDir Path elsewhere) throws Exception {
    try (IndexRig relative = new IndexRig(Path.of("").toAbsolutePath().relativize(elsewhere))) {
      relative.index.start();
      Id evidence = relative.received(everything());
      assertThat(relative.indexed(evidence).state()).isEqualTo(IndexStatus.State.READY);
      assertThat(relative.rows(TimelineQuery.of(evidence))).isNotEmpty();
    }
  }

  @Test
  void indexOfAnotherVersion_isRebuilt() throws Exception {
    Id evidence = rig.received(everything());
    rig.indexed(evidence);
    Path status = rig.collector.folder.timeline(evidence).resolve(StoredColumns.STATUS);
    Files.writeString(
        status,
        Files.readString(status)
            .replace("\"version\":" + IndexStatus.VERSION + ",", "\"version\":99,"));
    assertThat(rig.index.status(evidence).state()).isEqualTo(IndexStatus.State.NONE);
    assertThat(rig.indexed(evidence).version()).isEqualTo(IndexStatus.VERSION);
  }

  @Test
  void fullDisk_delaysIndexing_untilThereIsRoom() throws Exception {
    rig.freeBytes.set(10);
    Id evidence = rig.received(everything());
    rig.index.wanted(evidence);
    Awaitility.await().until(() -> rig.index.status(evidence).problem() != null);
    assertThat(rig.index.status(evidence).state()).isEqualTo(IndexStatus.State.WAITING);
    assertThat(rig.index.status(evidence).problem()).contains("no room");
    assertThatThrownBy(() -> rig.timeline.page(TimelineQuery.of(evidence)))
        .isInstanceOf(NotIndexedException.class);
  }

  private FakeAgent everything() throws Exception {
    String when = "2026-01-02T03:04:06.5Z";
    return new FakeAgent()
        .with("recording.jfr", Recordings.small(1))
        .with(
            "files.body",
            "0|/tmp/a|b.sh|17|r/rrwxr-xr-x|0|0|12|1767323047|1767323045.123456789|1767323045.123456789|0\n")
        .with(
            "files.ndjson",
            "{\"path\":\"/tmp/a|b.sh\",\"sha256\":\"" + "ab".repeat(32) + "\",\"kept\":true}\n")
        .with(
            "classes.ndjson",
            "{\"name\":\"java.lang.String\",\"loader\":\"boot\"}\n{\"name\":\"evil.Shell\",\"sha256\":\""
                + "cd".repeat(32)
                + "\",\"definedAt\":\""
                + when
                + "\",\"findings\":[{\"kind\":\"class\",\"reason\":\"made by nobody known\"}]}\n")
        .with("console.log", when + "\tout\tmain\ta\tb\n")
        .with(
            "process.json",
            "{\"version\":1,\"pid\":7,\"startedAt\":\"2026-01-01T00:00:00.25Z\",\"commandLine\":[\"java\",\"-jar\",\"a b.jar\"],\"environment\":{\"X\":\"y\"}}")
        .with(
            "alert.json",
            "{\"version\":1,\"alert\":{\"id\":\"alert-0000\",\"source\":\"whorl\",\"time\":\""
                + when
                + "\",\"rule\":\"process-start\",\"level\":\"high\",\"title\":\"A process\",\"fields\":{\"event\":\"whorl.ProcessStart\",\"command\":\"id\"}},\"joined\":[]}")
        .with(
            "events.ndjson",
            "{\"sequence\":7,\"time\":\""
                + when
                + "\",\"type\":\"whorl.DnsLookup\",\"fields\":{\"host\":\"evil.example\",\"addresses\":[\"1.2.3.4\",\"5.6.7.8\"]},\"thread\":\"main\",\"stack\":[]}\n");
  }

  private Row onlyRow(TimelineQuery query) throws Exception {
    List<Row> rows = rig.rows(query);
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  private static Map<String, String> problems(IndexStatus status) {
    Map<String, String> problems = new HashMap<>();
    status.artifacts().stream()
        .filter(source -> source.problem() != null)
        .forEach(source -> problems.put(source.name(), source.problem()));
    return problems;
  }

  private static byte[] lines(List<EventLine> lines) {
    StringBuilder all = new StringBuilder();
    lines.forEach(line -> all.append(Json.text(line)).append('\n'));
    return all.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  /**
   * Custody rows have the clock of each collector, and so a position of their own; all other rows
   * must be identical.
   */
  private static List<Map<String, Object>> comparable(List<Map<String, Object>> rows) {
    rows.forEach(row -> row.keySet().removeAll(List.of("jvm.row", "event.id")));
    return rows.stream().filter(row -> !row.get("event.dataset").equals("custody")).toList();
  }
}

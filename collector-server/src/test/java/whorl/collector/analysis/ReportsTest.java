package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;
import whorl.collector.analysis.findings.SharedIndicator;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.store.access.Scope;
import whorl.collector.store.chain.ChainSummary;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.FolderStore;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.Indicator;
import whorl.collector.store.records.IndicatorKind;
import whorl.collector.store.records.IndicatorLedger;
import whorl.collector.store.triage.GravestLedger;
import whorl.collector.testkit.FakeTimeline;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.index.NotIndexedException;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** Reports are stored, and their scope is queried on each read. */
class ReportsTest {
  private static final Id FIRST = new Id("evidence-00000001");
  private static final Id SECOND = new Id("evidence-00000002");
  private static final Id AGENT_ONE = new Id("agent-00000001");
  private static final Id AGENT_TWO = new Id("agent-00000002");
  private static final String ADDRESS = "203.0.113.7";
  private static final Instant LATE = Instant.parse("2026-11-26T10:00:00Z");

  @TempDir Path root;
  private final FakeIndex index = new FakeIndex();
  private DataFolder folder;
  private Database database;
  private FolderStore store;
  private IndicatorLedger indicators;
  private AlertLedger alerts;
  private AgentLedger agents;

  /** The test sets which evidence is ready. */
  private static final class FakeIndex implements TimelineIndex {
    final Set<Id> ready = new HashSet<>();

    @Override
    public IndexStatus status(Id evidence) {
      return ready.contains(evidence) ? Evidences.READY : IndexStatus.NONE;
    }

    @Override
    public void wanted(Id evidence) {}

    @Override
    public void changed(Id evidence) {
      wanted(evidence);
    }

    @Override
    public void onReady(Consumer<Id> listener) {}
  }

  @BeforeEach
  void open() throws IOException {
    folder = new DataFolder(root);
    database = SqliteDatabase.open(folder.catalog());
    store = FolderStore.open(folder, Disk.LOCAL);
    indicators = new IndicatorLedger(database);
    alerts = new AlertLedger(database);
    agents = new AgentLedger(database);
  }

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  private Reports reports(FakeTimeline timeline) {
    return new Reports(timeline, index, store, folder, Disk.LOCAL, indicators, alerts, agents);
  }

  @Test
  void analysisThatCrashesTheCollector_isGivenUpAfterThreeTries() throws Exception {
    Rows rows = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    index.ready.add(FIRST);
    java.nio.file.Path evidence = folder.evidence(FIRST);
    java.nio.file.Files.write(evidence.resolve("findings.tries"), new byte[3]);

    try (Reports reports = reports(rows.timeline)) {
      assertThatThrownBy(() -> reports.of(Scope.EVERYTHING, FIRST))
          .isInstanceOfSatisfying(
              whorl.collector.timeline.index.NotIndexedException.class,
              failed -> assertThat(failed.status().problem()).contains("tried 3 times"));
    }
    java.nio.file.Files.write(evidence.resolve("findings.tries"), new byte[2]);
    try (Reports reports = reports(rows.timeline)) {
      assertThat(reports.of(Scope.EVERYTHING, FIRST)).isNotNull();
      assertThat(evidence.resolve("findings.tries")).doesNotExist();
    }
  }

  @Test
  void analysisThatFailedThreeTimes_isTriedOnceMoreADayLater() throws Exception {
    Rows rows = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    index.ready.add(FIRST);
    Path tries = folder.evidence(FIRST).resolve("findings.tries");
    try (Reports failing = reports(new FakeTimeline())) {
      for (int i = 0; i < 3; i++) {
        failing.indexed(FIRST);
      }
    }
    assertThat(tries).hasSize(3);
    Files.setLastModifiedTime(tries, FileTime.from(Instant.now().minus(Duration.ofHours(25))));

    try (Reports reports = reports(rows.timeline)) {
      assertThat(reports.of(Scope.EVERYTHING, FIRST)).isNotNull();
    }
  }

  @Test
  void gravestFinding_isToldBeforeTheReportIsKept_andAgainOfOneThatWasKept() throws Exception {
    Rows rows = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    Id alert = new Id("alert-00000001");
    rows.of("r1", "whorl.Alert", "id", alert.value(), "level", "low", "title", "A shell");
    List<String> told = new ArrayList<>();
    List<Id> alertsHeld = new ArrayList<>();
    Reports.Listener listener =
        (evidence, gravest, held) -> {
          told.add(evidence.id() + " " + gravest.severity().word() + ": " + gravest.title());
          alertsHeld.addAll(held);
        };
    Report report;
    try (Reports reports = reports(rows.timeline)) {
      reports.onKept(listener);
      report = reports.of(Scope.EVERYTHING, FIRST);
      assertThat(reports.of(Scope.EVERYTHING, FIRST)).isNotNull();
    }
    String worst = report.findings().get(0).severity().word();
    assertThat(told).as("once, not with each read").hasSize(1);
    assertThat(told.get(0)).startsWith(FIRST + " " + worst + ": Way in");
    assertThat(alertsHeld).containsExactly(alert);

    try (Reports reports = reports(new FakeTimeline())) {
      GravestLedger ledger = new GravestLedger(database);
      Catalog catalog = Catalog.open(database);
      for (Id each : List.of(FIRST, SECOND)) { // as an earlier version left them
        catalog.put(Evidences.of(each, AGENT_ONE, null, List.of()), Digest.of(new byte[0]));
      }
      reports.onKept(
          (evidence, gravest, held) ->
              ledger.put(evidence, Level.of(gravest.severity().word()), gravest.title()));

      assertThat(new EarlierReports(reports, ledger).look()).isEqualTo(1);
      assertThat(ledger.find(List.of(FIRST, SECOND)).get(FIRST).level().word()).isEqualTo(worst);
      assertThat(ledger.waiting(null, 9)).as("what is not analysed waits").containsExactly(SECOND);
    }
  }

  /** Creates evidence in which this address sent a request that ran a program. */
  private Rows attackedEvidence(Id evidence, Id agent, String address) throws IOException {
    Rows rows = new Rows(evidence);
    rows.of("r1", "whorl.ProcessStart", "command", "/bin/sh -c id", "pid", 7);
    rows.of(
        "r1",
        "whorl.SocketConnect",
        "host",
        "evil.example",
        "address",
        "198.51.100.9",
        "port",
        443);
    rows.request("r1", "GET", "/x", "", address, 200);
    store.commit(Evidences.of(evidence, agent, null, List.of()));
    index.ready.add(evidence);
    return rows;
  }

  @Test
  void of_unknownEvidence_isNull() throws IOException {
    assertThat(reports(new FakeTimeline()).of(Scope.EVERYTHING, FIRST)).isNull();
    assertThat(reports(new FakeTimeline()).stix(Scope.EVERYTHING, FIRST)).isNull();
  }

  @Test
  void of_evidenceThatIsNotIndexed_throws() throws IOException {
    Rows rows = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    index.ready.clear();

    assertThatThrownBy(() -> reports(rows.timeline).of(Scope.EVERYTHING, FIRST))
        .isInstanceOf(NotIndexedException.class);
  }

  @Test
  void of_isComputedOnce_thenReadFromItsFile() throws IOException {
    Rows rows = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    Report report = reports(rows.timeline).of(Scope.EVERYTHING, FIRST);

    // a timeline without rows fails when it is read
    Report again = reports(new FakeTimeline()).of(Scope.EVERYTHING, FIRST);

    assertThat(again).isEqualTo(report);
    assertThat(folder.timeline(FIRST).resolve(FolderReports.FILE)).exists();
  }

  @Test
  void of_fileThatIsDamagedOrOfAnotherVersion_isComputedAgain() throws IOException {
    Rows rows = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    Report report = reports(rows.timeline).of(Scope.EVERYTHING, FIRST);
    Path file = folder.timeline(FIRST).resolve(FolderReports.FILE);
    String stored = Files.readString(file);

    Files.writeString(file, "{\"version\":");
    assertThat(reports(rows.timeline).of(Scope.EVERYTHING, FIRST)).isEqualTo(report);
    assertThat(Files.readString(file)).isEqualTo(stored);

    Files.writeString(file, stored.replaceFirst("\"version\":\\d+", "\"version\":0"));
    assertThat(reports(rows.timeline).of(Scope.EVERYTHING, FIRST)).isEqualTo(report);
    assertThat(Files.readString(file)).isEqualTo(stored);
  }

  /** Its agent came back while the report about what had arrived was computed. */
  @Test
  void of_evidenceWithANewTimelineMeanwhile_isNotKept() throws Exception {
    Rows rows = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    Path timeline = Files.createDirectories(folder.timeline(FIRST));
    try (Reports reports = reports(rows.timeline)) {
      reports.setListener(
          (evidence, report) -> Files.write(timeline.resolve(StoredColumns.STATUS), new byte[1]));

      assertThat(reports.of(Scope.EVERYTHING, FIRST)).isNotNull();
      assertThat(timeline.resolve(FolderReports.FILE)).doesNotExist();

      reports.setListener((evidence, report) -> {});
      assertThat(reports.of(Scope.EVERYTHING, FIRST)).isNotNull();
      assertThat(timeline.resolve(FolderReports.FILE)).exists();
    }
  }

  @Test
  void of_evidenceWithANewRecordMeanwhile_isNotKept() throws Exception {
    Rows rows = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    try (Reports reports = reports(rows.timeline)) {
      Digest before = Digest.of(store.recordBytes(FIRST));
      reports.setListener(
          (evidence, report) ->
              store.commit(Evidences.of(FIRST, AGENT_ONE, "age1xyz", List.of()), before));

      assertThat(reports.of(Scope.EVERYTHING, FIRST)).isNotNull();
      assertThat(folder.timeline(FIRST).resolve(FolderReports.FILE)).doesNotExist();
    }
  }

  /** Else what is notified as the findings of all would be those of the part. */
  @Test
  void of_evidenceWithANewTimeline_whileTheRowsAreRead_notifiesNobody() throws Exception {
    Rows rows = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    Path timeline = Files.createDirectories(folder.timeline(FIRST));
    List<Id> learned = new ArrayList<>();
    rows.timeline.onRead(() -> Files.write(timeline.resolve(StoredColumns.STATUS), new byte[1]));
    try (Reports reports = reports(rows.timeline)) {
      reports.onKept((evidence, gravest, alerts) -> learned.add(evidence.id()));
      reports.setListener((evidence, report) -> learned.add(evidence.id()));

      assertThat(reports.of(Scope.EVERYTHING, FIRST)).isNotNull();
      assertThat(learned).isEmpty();

      rows.timeline.onRead(() -> {});
      assertThat(reports.of(Scope.EVERYTHING, FIRST)).isNotNull();
      assertThat(learned).containsExactly(FIRST, FIRST);
    }
  }

  /** Else an agent that sends more all the time would keep findings from everybody. */
  @Test
  void of_partialEvidenceThatGrows_whileTheRowsAreRead_notifies() throws Exception {
    Rows rows = attackedEvidence(Rows.EVIDENCE, AGENT_ONE, ADDRESS);
    List<Id> learned = new ArrayList<>();
    store.commit(Evidences.partial("the agent was gone"));
    rows.timeline.onRead(() -> store.commit(Evidences.partial("a manifest was refused")));
    try (Reports reports = reports(rows.timeline)) {
      reports.onKept((evidence, gravest, alerts) -> learned.add(evidence.id()));
      reports.setListener((evidence, report) -> learned.add(evidence.id()));

      assertThat(reports.of(Scope.EVERYTHING, Rows.EVIDENCE)).isNotNull();
      assertThat(learned).containsExactly(Rows.EVIDENCE, Rows.EVIDENCE);
    }
  }

  @Test
  void scope_namesOtherEvidenceWithTheSameAddressAndHost_thoughItCameLater() throws IOException {
    Rows one = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    assertThat(reports(one.timeline).of(Scope.EVERYTHING, FIRST).scope()).isEmpty();

    Rows two = attackedEvidence(SECOND, AGENT_TWO, ADDRESS);
    reports(two.timeline).indexed(SECOND);

    List<SharedIndicator> scope = reports(one.timeline).of(Scope.EVERYTHING, FIRST).scope();
    assertThat(scope)
        .extracting(SharedIndicator::kind, SharedIndicator::value)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("source address", ADDRESS),
            org.assertj.core.groups.Tuple.tuple("host", "evil.example"),
            org.assertj.core.groups.Tuple.tuple("host", "198.51.100.9"));
    assertThat(scope.get(0).elsewhere())
        .extracting(SharedIndicator.Elsewhere::evidence, SharedIndicator.Elsewhere::agent)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(SECOND.value(), AGENT_TWO.value()));
  }

  @Test
  void scope_moreEvidenceOfTheSameAgent_isNotElsewhere() throws IOException {
    Rows one = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    for (int i = 2; i < 250; i++) {
      Id evidence = new Id("evidence-" + (10_000_000 + i));
      indicators.replace(
          new IndicatorLedger.Origin(evidence, null, AGENT_ONE, "shop", null),
          List.of(new Indicator(IndicatorKind.SOURCE_ADDRESS, ADDRESS, LATE, LATE, 1)));
    }

    assertThat(reports(one.timeline).of(Scope.EVERYTHING, FIRST).scope()).isEmpty();

    Rows two = attackedEvidence(SECOND, AGENT_TWO, ADDRESS);
    reports(two.timeline).indexed(SECOND);
    assertThat(reports(one.timeline).of(Scope.EVERYTHING, FIRST).scope().get(0).elsewhere())
        .describedAs("another JVM is found in spite of many rows of the same agent")
        .extracting(SharedIndicator.Elsewhere::agent)
        .containsExactly(AGENT_TWO.value());
  }

  @Test
  void scope_sameJvmAfterARestart_isNotElsewhere() throws IOException {
    enrol(AGENT_ONE, "shop", "web", "shop-0", "uid-1");
    enrol(AGENT_TWO, "shop", "web", "shop-0", "uid-1");
    Rows one = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    Rows two = attackedEvidence(SECOND, AGENT_TWO, ADDRESS);
    reports(two.timeline).indexed(SECOND);

    assertThat(reports(one.timeline).of(Scope.EVERYTHING, FIRST).scope()).isEmpty();
  }

  @Test
  void scope_podsOfOneNameInTwoNamespaces_areTwoJvms() throws IOException {
    enrol(AGENT_ONE, "shop", "staging", "shop-0", null);
    enrol(AGENT_TWO, "shop", "production", "shop-0", null);
    Rows one = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    Rows two = attackedEvidence(SECOND, AGENT_TWO, ADDRESS);
    reports(two.timeline).indexed(SECOND);

    assertThat(reports(one.timeline).of(Scope.EVERYTHING, FIRST).scope()).isNotEmpty();
  }

  @Test
  void scope_otherPodThatRestarted_isListedOnce() throws IOException {
    Id three = new Id("agent-00000003");
    enrol(AGENT_ONE, "shop", "web", "shop-0", "uid-1");
    enrol(AGENT_TWO, "shop", "web", "shop-1", "uid-2");
    enrol(three, "shop", "web", "shop-1", "uid-2");
    Rows one = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    alert("alert-00000002", AGENT_TWO);
    alert("alert-00000003", three);

    assertThat(reports(one.timeline).of(Scope.EVERYTHING, FIRST).scope().get(0).elsewhere())
        .hasSize(1);
  }

  private void enrol(Id agent, String service, String namespace, String pod, String podUid)
      throws IOException {
    AgentIdentity identity =
        new AgentIdentity(
            agent, service, namespace, Map.of(), pod, podUid, null, null, 7, "jvm", "1");
    agents.save(List.of(new AgentRecord(identity, null, Map.of(), Map.of(), null, LATE)));
  }

  @Test
  void faultsOfTheAgentsChain_areAFinding_alsoIfTheyCameLater() throws IOException {
    Rows rows = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    Reports reports = reports(rows.timeline);
    chain(new ChainSummary("ok", 9, 9, 0, 0, 0, 0, 0, 0, null, null));
    List<Finding> before = reports.of(Scope.EVERYTHING, FIRST).findings();
    assertThat(before).extracting(Finding::analysis).doesNotContain("agent-messages");

    chain(new ChainSummary("gap", 9, 9, 1, 3, 0, 0, 0, 0, "messages 4 to 6 are missing", LATE));
    List<Finding> after = reports.of(Scope.EVERYTHING, FIRST).findings();
    assertThat(after).hasSize(before.size() + 1);
    Finding gap = after.get(after.size() - 1);
    assertThat(gap.title()).isEqualTo("Messages of this agent are missing");
    assertThat(gap.severity()).isEqualTo(Severity.LOW);
    assertThat(gap.text())
        .contains("3 messages are missing in 1 place")
        .contains("messages 4 to 6 are missing");

    chain(new ChainSummary("second-speaker", 9, 9, 1, 1, 1, 0, 2, 0, null, null));
    assertThat(reports.of(Scope.EVERYTHING, FIRST).findings())
        .isSortedAccordingTo(Comparator.comparing(Finding::severity))
        .filteredOn(finding -> finding.analysis().equals("agent-messages"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Severity.HIGH);
              assertThat(finding.text())
                  .contains("1 message is missing", "somebody else spoke as this agent");
            });
  }

  private void chain(ChainSummary chain) throws IOException {
    AgentIdentity identity =
        new AgentIdentity(AGENT_ONE, "shop", null, Map.of(), null, null, null, null, 7, "jvm", "1");
    agents.save(
        List.of(new AgentRecord(identity, null, Map.of(), Map.of(), null, LATE, chain, null)));
  }

  @Test
  void scope_leavesOutLoopbackAddresses() throws IOException {
    Rows one = attackedEvidence(FIRST, AGENT_ONE, "127.0.0.1");
    Rows two = attackedEvidence(SECOND, AGENT_TWO, "127.0.0.1");
    reports(two.timeline).indexed(SECOND);

    assertThat(reports(one.timeline).of(Scope.EVERYTHING, FIRST).scope())
        .extracting(SharedIndicator::value)
        .doesNotContain("127.0.0.1");
  }

  @Test
  void scope_namesAlertsOfOtherAgents_andNotItsOwn() throws IOException {
    Rows one = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    alert("alert-00000001", AGENT_ONE);
    alert("alert-00000002", AGENT_TWO);

    List<SharedIndicator> scope = reports(one.timeline).of(Scope.EVERYTHING, FIRST).scope();

    assertThat(scope).hasSize(1);
    assertThat(scope.get(0).elsewhere())
        .extracting(SharedIndicator.Elsewhere::alert)
        .containsExactly("alert-00000002");
    alert("alert-00000003", AGENT_TWO);
    assertThat(reports(one.timeline).of(Scope.EVERYTHING, FIRST).scope().get(0).elsewhere())
        .describedAs("an agent with two alerts is one JVM")
        .hasSize(1);
  }

  @Test
  void forget_removesItFromOtherScopes() throws IOException {
    Rows one = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);
    Rows two = attackedEvidence(SECOND, AGENT_TWO, ADDRESS);
    reports(two.timeline).indexed(SECOND);
    reports(one.timeline).indexed(FIRST);

    reports(one.timeline).forget(SECOND);

    assertThat(reports(one.timeline).of(Scope.EVERYTHING, FIRST).scope()).isEmpty();
  }

  @Test
  void catchUp_refillsALostLedger() throws IOException {
    Rows two = attackedEvidence(SECOND, AGENT_TWO, ADDRESS);
    reports(two.timeline).indexed(SECOND);
    indicators.clear();

    reports(two.timeline).catchUp();

    assertThat(indicators.knows(SECOND)).isTrue();
  }

  @Test
  void indexed_thatFails_isComputedAgainOnRequest() throws IOException {
    Rows rows = attackedEvidence(FIRST, AGENT_ONE, ADDRESS);

    reports(new FakeTimeline()).indexed(FIRST);

    assertThat(reports(rows.timeline).of(Scope.EVERYTHING, FIRST)).isNotNull();
  }

  private void alert(String id, Id agent) throws IOException {
    Instant time = Instant.parse("2026-11-25T10:00:00Z");
    Alert alert =
        new Alert(
            new Id(id),
            "whorl",
            time,
            "a rule",
            Level.HIGH,
            "Title",
            null,
            List.of(),
            Map.of("event", "whorl.FileOpen", "request.remoteAddress", ADDRESS, "access", "read"),
            null,
            List.of());
    alerts.insert(
        new AlertRecord(alert, agent, "cart", null, "cart-1", time, List.of(), null, 0, true),
        List.of());
  }
}

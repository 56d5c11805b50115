package whorl.collector.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.analysis.findings.Report;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.notify.file.Filter;
import whorl.collector.notify.file.Notification;
import whorl.collector.notify.file.Notification.GroupBy;
import whorl.collector.notify.file.Notifications;
import whorl.collector.notify.message.Kind;
import whorl.collector.notify.message.Notice;
import whorl.collector.notify.targets.SyslogSettings;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.limits.LedgerTime;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.SignatureOutcome;
import whorl.collector.store.outbox.OutboxLedger;
import whorl.collector.store.outbox.OutboxMessage;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.records.CaptureRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.channel.CaptureState;

/** Which events become messages of whom, and what is in them. */
class NotifierTest {
  private static final Id AGENT = new Id("agent-00000001");

  @TempDir private Path folder;
  private final ManualTime time = new ManualTime();
  private final NotifyCounters counters = new NotifyCounters();
  private Database database;
  private OutboxLedger outbox;
  private AlertLedger alerts;
  private Notifications notifications = Notifications.NONE;
  private Notifier notifier;

  @BeforeEach
  void open() throws IOException {
    database = SqliteDatabase.open(folder.resolve("catalog.db"));
    outbox = new OutboxLedger(database, LedgerTime.of(time), "alone", OutboxLedger.Limits.DEFAULT);
    notifier = new Notifier(() -> notifications, outbox, new AgentLedger(database), time, counters);
    alerts = new AlertLedger(database);
    alerts.setListener(notifier::alert);
    new AgentLedger(database)
        .save(
            List.of(
                new AgentRecord(
                    new AgentIdentity(
                        AGENT,
                        "shop",
                        "production",
                        Map.of("team", "checkout"),
                        "shop-1",
                        null,
                        null,
                        "node",
                        1,
                        "OpenJDK 21",
                        "0.1.0"),
                    null,
                    Map.of(),
                    Map.of(),
                    null,
                    time.instant())));
  }

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  private void notifications(Notification... all) {
    notifications = new Notifications(null, List.of(all));
  }

  private static Notification to(String name, GroupBy groupBy, Filter filter, String... include) {
    return new Notification(
        name,
        new SyslogSettings("log", 1, SyslogSettings.Transport.UDP, 10, null, false),
        filter,
        Duration.ZERO,
        Duration.ofMinutes(10),
        groupBy,
        Duration.ofHours(1),
        List.of(include));
  }

  private static Filter of(Kind... kinds) {
    return new Filter(Set.of(kinds), Level.INFORMATIONAL, Set.of(), Set.of(), Map.of(), Set.of());
  }

  private AlertRecord alert(String source, String rule, Level level, Map<String, Object> fields) {
    time.pass(Duration.ofMillis(1));
    return new AlertRecord(
        new Alert(
            Id.next(time),
            source,
            time.instant(),
            rule,
            level,
            "Title of " + rule,
            "of no matter",
            List.of("attack.t1059"),
            fields,
            null,
            List.of()),
        AGENT,
        "shop",
        "production",
        "shop-1",
        time.instant(),
        List.of(),
        null,
        0,
        true);
  }

  private AlertRecord raise(String rule, Level level) throws IOException {
    AlertRecord alert = alert("whorl", rule, level, Map.of("path", "/etc/shadow"));
    alerts.insert(alert, List.of());
    return alert;
  }

  private List<Notice> taken(String name) throws IOException {
    List<Notice> notices = new ArrayList<>();
    for (OutboxMessage each : outbox.take(name, 100, Duration.ofMinutes(1), Duration.ZERO)) {
      notices.add(Json.LENIENT.readValue(each.content(), Notice.class));
    }
    return notices;
  }

  @Test
  void eachNotification_getsWhatItsFilterAccepts() throws IOException {
    Filter high =
        new Filter(Set.of(Kind.ALERT), Level.HIGH, Set.of(), Set.of(), Map.of(), Set.of());
    Filter checkout =
        new Filter(
            Set.of(Kind.ALERT),
            Level.LOW,
            Set.of(),
            Set.of(),
            Map.of("team", "checkout"),
            Set.of());
    Filter bank =
        new Filter(
            Set.of(Kind.ALERT), Level.LOW, Set.of(), Set.of(), Map.of("team", "bank"), Set.of());
    notifications(
        to("high", GroupBy.ATTACK, high),
        to("checkout", GroupBy.ATTACK, checkout),
        to("bank", GroupBy.ATTACK, bank),
        to("lost", GroupBy.ATTACK, of(Kind.AGENT_LOST)));
    raise("rule-1", Level.MEDIUM);
    raise("rule-2", Level.CRITICAL);
    alerts.insert(alert("collector", Notices.AGENT_SILENT, Level.HIGH, Map.of()), List.of());

    assertThat(taken("high")).extracting(Notice::rule).containsExactly("rule-2");
    assertThat(taken("checkout")).extracting(Notice::rule).containsExactly("rule-1", "rule-2");
    assertThat(taken("bank")).isEmpty();
    assertThat(taken("lost")).extracting(Notice::kind).containsExactly(Kind.AGENT_LOST);
  }

  @Test
  void valuesOfEvents_areInMessages_onlyIfTheyAreAskedFor() throws IOException {
    notifications(
        to("plain", GroupBy.ATTACK, of(Kind.ALERT)),
        to("asked", GroupBy.ATTACK, of(Kind.ALERT), "path"),
        to("all", GroupBy.ATTACK, of(Kind.ALERT), "*"));
    raise("rule-1", Level.HIGH);

    assertThat(taken("plain").get(0).toString()).doesNotContain("/etc/shadow");
    assertThat(taken("asked").get(0).fields()).isEqualTo(Map.of("path", "/etc/shadow"));
    assertThat(taken("all").get(0).fields()).isEqualTo(Map.of("path", "/etc/shadow"));
  }

  @Test
  void groups_areAttacks_orRules_orServices() throws IOException {
    notifications(
        to("attack", GroupBy.ATTACK, of(Kind.ALERT)),
        to("rule", GroupBy.RULE, of(Kind.ALERT)),
        to("service", GroupBy.SERVICE, of(Kind.ALERT)));
    AlertRecord first = raise("rule-1", Level.MEDIUM);
    alerts.insert(
        alert("whorl", "rule-2", Level.HIGH, Map.of()).partOf(first.alert().id()), List.of());
    raise("rule-1", Level.LOW);

    List<Notice> attacks = taken("attack");
    assertThat(attacks).extracting(Notice::rule).containsExactly("rule-2", "rule-1");
    assertThat(attacks.get(0).also()).containsExactly("Title of rule-1");
    assertThat(taken("rule")).extracting(Notice::rule).containsExactly("rule-1", "rule-2");
    assertThat(taken("service")).extracting(Notice::level).containsExactly(Level.HIGH);
  }

  @Test
  void mutedAlerts_areNoMessages_andCounted() throws IOException {
    notifications(to("all", GroupBy.RULE, of(Kind.ALERT)));
    notifier.setMutes(record -> record.alert().rule().equals("rule-1"));
    raise("rule-1", Level.CRITICAL);
    raise("rule-2", Level.CRITICAL);

    assertThat(taken("all")).extracting(Notice::rule).containsExactly("rule-2");
    assertThat(counters.count(NotifyCounters.Result.MUTED)).isEqualTo(1);
  }

  @Test
  void alertThatIsOver_isAMessageOfTheSameGroup() throws IOException {
    notifications(to("all", GroupBy.ATTACK, of(Kind.ALERT)));
    AlertRecord alert = raise("rule-1", Level.HIGH);
    List<Notice> begun = taken("all");
    notifier.over(new Notifier.Ended(alert, Level.HIGH, Set.of("rule-1"), 1));
    notifier.over(new Notifier.Ended(alert, Level.HIGH, Set.of("rule-1"), 1));

    List<Notice> over = taken("all");
    assertThat(over).extracting(Notice::over).containsExactly(true);
    assertThat(over.get(0).group()).isEqualTo(begun.get(0).group());
  }

  @Test
  void alertsOfOneGroupOfThePage_areOneGroupHere_andItsEndPassesTheFilterOfItsGravest()
      throws IOException {
    Filter high =
        new Filter(Set.of(Kind.ALERT), Level.HIGH, Set.of(), Set.of(), Map.of(), Set.of("rule-2"));
    notifications(to("all", GroupBy.ATTACK, high));
    AlertRecord first = alert("whorl", "rule-1", Level.LOW, Map.of());
    notifier.setGroups(alert -> new Notifier.Attack(first.alert().id(), null));
    alerts.insert(first, List.of());
    raise("rule-2", Level.CRITICAL);
    raise("rule-2", Level.HIGH);

    List<Notice> begun = taken("all");
    assertThat(begun).extracting(Notice::group).containsExactly(first.alert().id().value());
    notifier.over(new Notifier.Ended(first, Level.CRITICAL, Set.of("rule-1", "rule-2"), 1));
    assertThat(taken("all"))
        .extracting(Notice::over, Notice::group)
        .containsExactly(tuple(true, first.alert().id().value()));
    notifier.over(new Notifier.Ended(first, Level.CRITICAL, Set.of("rule-1", "rule-2"), 2));
    assertThat(taken("all")).hasSize(1);
  }

  /** A load that alarms, and ends, must not end what an intruder does. */
  @Test
  void alertmanagersResolvedAlert_endsTheGroupOfTheFiringOne_andNoAttackThatGoesOn()
      throws IOException {
    notifications(to("all", GroupBy.ATTACK, of(Kind.ALERT)));
    AlertRecord first = alert("alertmanager", "Down", Level.HIGH, Map.of("status", "firing"));
    AtomicReference<Notifier.Ended> ended = new AtomicReference<>();
    notifier.setGroups(alert -> new Notifier.Attack(first.alert().id(), ended.get()));
    alerts.insert(first, List.of());
    resolve("Down");
    List<Notice> firing = taken("all");
    assertThat(firing).extracting(Notice::over).containsExactly(false);

    ended.set(new Notifier.Ended(first, Level.HIGH, Set.of("Down"), 0));
    resolve("Down");
    resolve("Down");
    assertThat(taken("all"))
        .extracting(Notice::over, Notice::group)
        .containsExactly(tuple(true, firing.get(0).group()));
  }

  private void resolve(String rule) throws IOException {
    Map<String, Object> fields = Map.of("status", "resolved");
    alerts.insert(alert("alertmanager", rule, Level.HIGH, fields).of(null, null), List.of());
  }

  /** Who was notified before the mute began learns the end; who was not, nothing. */
  @Test
  void alertmanagersResolvedAlert_isMutedIfTheFiringOneWas() throws IOException {
    notifications(to("all", GroupBy.ATTACK, of(Kind.ALERT)));
    Instant muted = time.instant().plusSeconds(10);
    notifier.setMutes(
        alert -> "shop".equals(alert.service()) && !alert.receivedAt().isBefore(muted));
    for (boolean later : List.of(false, true)) {
      AlertRecord first = alert("alertmanager", "Down", Level.HIGH, Map.of("status", "firing"));
      assertThat(first.receivedAt().isBefore(muted)).isEqualTo(!later);
      AtomicReference<Notifier.Ended> ended = new AtomicReference<>();
      notifier.setGroups(alert -> new Notifier.Attack(first.alert().id(), ended.get()));
      alerts.insert(first, List.of());
      assertThat(taken("all")).hasSize(later ? 0 : 1);
      time.pass(Duration.ofSeconds(20));
      ended.set(new Notifier.Ended(first, Level.HIGH, Set.of("Down"), 0));
      resolve("Down");
      assertThat(taken("all")).hasSize(later ? 0 : 1);
    }
  }

  /** Who knows of an attack from another rule must learn its end. */
  @Test
  void mutedAlertThatIsOver_endsTheGroupForThoseWhoWereNotifiedOfAnother() throws IOException {
    notifications(to("all", GroupBy.ATTACK, of(Kind.ALERT)));
    notifier.setMutes(
        alert -> alert.alert().rule().equals("Down") && "shop".equals(alert.service()));
    AlertRecord first = alert("alertmanager", "Down", Level.HIGH, Map.of("status", "firing"));
    AtomicReference<Notifier.Ended> ended = new AtomicReference<>();
    notifier.setGroups(alert -> new Notifier.Attack(first.alert().id(), ended.get()));
    alerts.insert(first, List.of());
    raise("rule-2", Level.HIGH);
    List<Notice> begun = taken("all");
    assertThat(begun).extracting(Notice::rule).containsExactly("rule-2");

    ended.set(new Notifier.Ended(first, Level.HIGH, Set.of("Down", "rule-2"), 0));
    resolve("Down");
    assertThat(taken("all"))
        .extracting(Notice::over, Notice::group)
        .containsExactly(tuple(true, begun.get(0).group()));
  }

  @Test
  void alertmanagersResolvedAlert_endsNoGroupOfARuleOrService() throws IOException {
    notifications(
        to("rule", GroupBy.RULE, of(Kind.ALERT)), to("service", GroupBy.SERVICE, of(Kind.ALERT)));
    raise("rule-1", Level.CRITICAL);
    for (String rule : List.of("rule-1", "Down")) {
      alerts.insert(
          alert("alertmanager", rule, Level.HIGH, Map.of("status", "resolved")), List.of());
    }

    for (String name : List.of("rule", "service")) {
      assertThat(taken(name))
          .extracting(Notice::over, Notice::level, Notice::rule)
          .containsExactly(tuple(false, Level.CRITICAL, "rule-1"));
    }
  }

  @Test
  void captureThatFails_isOneMessage() throws IOException {
    notifications(to("all", GroupBy.ATTACK, of(Kind.CAPTURE_FAILED)));
    CaptureLedger captures = new CaptureLedger(database);
    captures.setListener(notifier::captureEnded);
    CaptureRecord capture =
        CaptureRecord.begun(new Id("capture-0001"), AGENT, "shop", "asked", null, Instant.EPOCH);
    captures.insertBegun(capture, "net");
    captures.update(List.of(capture.advanced(CaptureState.RUNNING, null, 0, 0)));
    CaptureRecord failed = capture.ended(CaptureState.FAILED, "the agent disconnected");
    captures.update(List.of(failed));
    captures.update(List.of(failed));

    List<Notice> notices = taken("all");
    assertThat(notices).hasSize(1);
    assertThat(notices.get(0).reason()).isEqualTo("the agent disconnected");
    assertThat(notices.get(0).namespace()).isEqualTo("production");
  }

  /** Its findings may be graver than those of the part that was there first. */
  @Test
  void partialEvidence_isNewsAgainOnceItIsSealed() throws IOException {
    notifications(to("all", GroupBy.ATTACK, of(Kind.EVIDENCE, Kind.REPORT)));
    for (CaptureState state : List.of(CaptureState.PARTIAL, CaptureState.SEALED)) {
      EvidenceRecord record = evidence(state);
      Report report =
          new Report(record.id(), List.of(), "of no matter", List.of(), List.of(), List.of());
      for (int i = 0; i < 2; i++) {
        notifier.sealed(record);
        notifier.reported(record, report);
      }
      assertThat(taken("all"))
          .extracting(Notice::kind, Notice::state)
          .containsExactlyInAnyOrder(
              tuple(Kind.EVIDENCE, state.word()), tuple(Kind.REPORT, state.word()));
    }
  }

  private EvidenceRecord evidence(CaptureState state) {
    return new EvidenceRecord(
        EvidenceRecord.VERSION,
        new Id("evidence-0001"),
        new Id("capture-0001"),
        AGENT,
        "shop",
        null,
        "asked",
        null,
        state,
        time.instant(),
        List.of(),
        SignatureOutcome.NONE,
        List.of(),
        null,
        List.of());
  }

  @Test
  void hostileTexts_areOnePrintableLine() throws IOException {
    notifications(to("all", GroupBy.ATTACK, of(Kind.ALERT), "*"));
    AlertRecord hostile =
        alert(
            "whorl",
            "rule\r\nX: y",
            Level.HIGH,
            Map.of("a\nb", "c\r\n\u202Ed\u0000" + "e".repeat(5_000)));
    alerts.insert(hostile, List.of());

    Notice notice = taken("all").get(0);
    assertThat(notice.rule()).isEqualTo("rule  X: y");
    assertThat(notice.fields().keySet()).containsExactly("a b");
    assertThat(notice.fields().get("a b")).startsWith("c  \uFFFDd\uFFFDeee").hasSizeLessThan(510);
  }

  @Test
  void withoutNotifications_nothingIsWritten() throws IOException {
    raise("rule-1", Level.CRITICAL);
    assertThat(outbox.due()).isEmpty();
    assertThat(database.query("SELECT count(*) FROM notify_events", row -> row.getLong(1)).get(0))
        .isZero();
  }
}

package whorl.collector.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import whorl.collector.alerts.triage.GroupRoutes;
import whorl.collector.alerts.triage.MuteRoutes;
import whorl.collector.alerts.triage.TriageCustody;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Route;
import whorl.collector.limit.Rates;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.limits.CooldownLedger;
import whorl.collector.store.limits.LedgerTime;
import whorl.collector.store.limits.StormLedger;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.triage.AlertGroups;
import whorl.collector.store.triage.AlertMutes;
import whorl.collector.store.triage.GroupLists;
import whorl.collector.store.triage.Triage;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** Alert handling wired to a fleet as in the collector. */
final class AlertRig implements AutoCloseable {
  final FleetRig fleet;
  final AlertCounters counters = new AlertCounters();
  private int requests;
  final AlertLedger ledger;
  final List<Route> routes;

  /** Groups and mutes. */
  final List<Route> triageRoutes;

  final AlertMutes mutes;
  final AlertGroups groups;
  final CustodyLog custody;
  private final ManualTime time;

  AlertRig(Path folder, ManualTime time) throws IOException {
    this(folder, time, 100_000);
  }

  AlertRig(Path folder, ManualTime time, long maxAlerts) throws IOException {
    this(folder, time, maxAlerts, Alerts.MAX_KIBIBYTES_A_DAY);
  }

  AlertRig(Path folder, ManualTime time, long maxAlerts, int kibibytes) throws IOException {
    this(folder, time, maxAlerts, kibibytes, AlertRoutes.MAX_JVMS_A_MINUTE);
  }

  /**
   * @param jvms that the alerts of one token may match in a minute
   */
  AlertRig(Path folder, ManualTime time, long maxAlerts, int kibibytes, int jvms)
      throws IOException {
    this.time = time;
    Rates kibibytesADay = new Rates(kibibytes, Duration.ofDays(1), time);
    fleet = new FleetRig(folder, time);
    LedgerTime ledgerTime = LedgerTime.of(time);
    mutes = new AlertMutes(fleet.database);
    groups = new AlertGroups(fleet.database, mutes);
    ledger = new AlertLedger(fleet.database, maxAlerts, 1L << 30, groups);
    custody = CustodyLog.open(new DataFolder(folder.resolve("custody")), Disk.LOCAL, time);
    Alerts alerts =
        new Alerts(
            ledger,
            fleet.captures,
            fleet.fleet,
            new StormControl(
                new StormLedger(fleet.database, ledgerTime, 3, Duration.ofMinutes(10))),
            new CooldownLedger(fleet.database, ledgerTime),
            time,
            counters,
            kibibytesADay);
    fleet.sink = alerts;
    fleet.lostAgentSink = alerts;
    fleet.selfTestSink = alerts;
    Rates alertsAMinute = new Rates(AlertRoutes.MAX_ALERTS_A_MINUTE, Duration.ofMinutes(1), time);
    GroupLists lists = new GroupLists(fleet.database);
    Rates jvmsAMinute = new Rates(jvms, Duration.ofMinutes(1), time);
    routes =
        new AlertRoutes(alerts, ledger, lists, time, counters, alertsAMinute, jvmsAMinute).routes();
    TriageCustody triageCustody = new TriageCustody(custody);
    triageRoutes =
        new ArrayList<>(
            new GroupRoutes(
                    lists,
                    new Triage(fleet.database, time),
                    mutes,
                    new AlertViews(ledger, lists),
                    triageCustody,
                    time)
                .routes());
    triageRoutes.addAll(new MuteRoutes(mutes, triageCustody, time).routes());
  }

  /** Returns an alert with a new request, and so in a new group. */
  Alert alert(String rule) {
    return alert(rule, "request-" + ++requests);
  }

  Alert alert(String rule, String request) {
    return new Alert(
        Id.next(time),
        "whorl",
        time.instant(),
        rule,
        Level.HIGH,
        "Process started by a request",
        null,
        List.of("attack.t1059"),
        Map.of("command", "/bin/sh", "request.id", request),
        "http-1",
        List.of("java.lang.ProcessImpl.start(ProcessImpl.java)"));
  }

  Response post(String dialect, String body) throws IOException {
    return FakeRequest.post("/api/v1/alerts/" + dialect, body).to(routes);
  }

  JsonNode posted(String dialect, String body) throws IOException {
    return FakeRequest.post("/api/v1/alerts/" + dialect, body).json(routes);
  }

  JsonNode listed() throws IOException {
    return FakeRequest.get("/api/v1/alerts").query("limit", 1000).json(routes).get("alerts");
  }

  JsonNode groups() throws IOException {
    return FakeRequest.get("/api/v1/alert-groups").json(triageRoutes).get("groups");
  }

  static String payload(String name) throws IOException {
    try (InputStream in = AlertRig.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() throws IOException {
    custody.close();
    fleet.close();
  }
}

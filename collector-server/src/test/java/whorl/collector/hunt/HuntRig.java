package whorl.collector.hunt;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.fleet.captures.CaptureCustody;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.Route;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Notifications;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.hunts.HuntAnswerLedger;
import whorl.collector.store.hunts.HuntCaptureLedger;
import whorl.collector.store.hunts.HuntLedger;
import whorl.collector.store.rules.RuleLedger;
import whorl.evidence.AgentIdentity;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.HuntQuestion;
import whorl.evidence.channel.HuntRow;
import whorl.evidence.channel.HuntState;

/** Hunts on a fleet of fake agents, with a manual clock. */
final class HuntRig implements AutoCloseable {
  static final String ALL = "/api/v1/hunts";
  static final String ONE = ALL + "/{id}";

  final FleetRig fleet;
  final Hunts hunts;
  final HuntCaptures captures;
  final HuntCounters counters = new HuntCounters();
  final CustodyLog custody;
  final List<Route> routes;
  final List<String> filed = new ArrayList<>();

  /** The agent whose origin cannot be found; null for none. */
  @Nullable Id unknown;

  /** The evidence that gets into no case; null for none. */
  @Nullable Id unfiled;

  HuntRig(Path folder, FleetRig fleet, Notifications notifications) throws IOException {
    this.fleet = fleet;
    Database database = fleet.database;
    custody =
        CustodyLog.open(
            new DataFolder(Files.createTempDirectory(folder, "custody")), Disk.LOCAL, fleet.time);
    HuntLedger ledger = new HuntLedger(database, HuntLimits.MAX_OF_PERSON, HuntLimits.MAX_RUNNING);
    HuntAnswerLedger answers = new HuntAnswerLedger(database);
    OriginLedger origins = new OriginLedger(database);
    hunts =
        new Hunts(
            ledger,
            answers,
            fleet.fleet,
            agent -> {
              if (agent.id().equals(unknown)) {
                throw new IOException("a strange value");
              }
              return origins.idOf(Origin.of(agent));
            },
            notifications,
            fleet.time,
            fleet.time,
            counters);
    hunts.listen();
    captures =
        new HuntCaptures(
            answers,
            new HuntCaptureLedger(database),
            fleet.captures,
            fleet.fleet,
            new CaptureCustody(custody),
            (ofCase, evidence, by) -> {
              if (evidence.equals(unfiled)) {
                throw new IOException("a strange value");
              }
              filed.add(ofCase + " " + evidence + " " + by);
            },
            fleet.time);
    fleet.channel.hunts(hunts);
    routes =
        new HuntRoutes(
                ledger,
                answers,
                hunts,
                captures,
                (caller, scope, ofCase) -> ofCase.value().startsWith("case-"),
                new RuleLedger(database),
                fleet.fleet,
                custody,
                fleet.time,
                counters)
            .routes();
  }

  /** An agent that answers questions of all kinds but libraries. */
  Wire connect(AgentIdentity agent) {
    return fleet.connectWith(
        agent,
        Map.of(
            HuntQuestion.CAPABILITY,
            List.of(
                HuntQuestion.CLASS,
                HuntQuestion.CONNECTION,
                HuntQuestion.REGISTRATION,
                HuntQuestion.RULE)));
  }

  String start(String body) throws IOException {
    return FakeRequest.post(ALL, body).json(routes).path("id").asText();
  }

  JsonNode show(String hunt) throws IOException {
    return FakeRequest.get(ONE).at("id", hunt).json(routes);
  }

  JsonNode rows(String hunt) throws IOException {
    return FakeRequest.get(ONE + "/rows").at("id", hunt).json(routes).path("rows");
  }

  JsonNode agents(String hunt) throws IOException {
    return FakeRequest.get(ONE + "/agents").at("id", hunt).json(routes).path("agents");
  }

  /** Lets the time pass in steps of a second, with the work that is due. */
  void pass(Duration time) throws IOException {
    for (long i = 0; i < time.toSeconds(); i++) {
      fleet.time.pass(Duration.ofSeconds(1));
      hunts.work();
    }
  }

  List<CustodyEntry> inCustody() throws IOException {
    List<CustodyEntry> entries = new ArrayList<>();
    for (var line : custody.lines(0, 1_000)) {
      entries.add(whorl.evidence.Json.MAPPER.readValue(line.bytes(), CustodyEntry.class));
    }
    return entries;
  }

  static List<CollectorMessage.Hunt> asked(Wire wire) {
    return wire.peer.received(CollectorMessage.Hunt.class);
  }

  /** How many captures still wait for their evidence. */
  int awaited() throws IOException {
    return fleet.database.query("SELECT count(*) FROM hunt_captures", row -> row.getInt(1)).get(0);
  }

  /** The agent answers its newest question with rows of these names. */
  static void answer(Wire wire, String... rows) {
    List<CollectorMessage.Hunt> asked = asked(wire);
    wire.say(answer(asked.get(asked.size() - 1).hunt(), rows));
  }

  static HuntAnswer answer(Id hunt, String... rows) {
    List<HuntRow> found = new ArrayList<>();
    for (String each : rows) {
      found.add(new HuntRow(each, null, Instant.EPOCH, "main", null, Map.of("className", each)));
    }
    return new HuntAnswer(
        hunt,
        HuntState.ANSWERED,
        null,
        found,
        rows.length,
        4_711,
        null,
        null,
        Instant.EPOCH,
        12,
        List.of());
  }

  @Override
  public void close() throws Exception {
    custody.close();
    fleet.close();
  }
}

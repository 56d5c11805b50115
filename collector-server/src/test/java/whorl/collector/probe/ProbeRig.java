package whorl.collector.probe;

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
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.database.Notifications;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.evidence.AgentIdentity;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage.ProbeReport;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.ProbeCall;
import whorl.evidence.channel.ProbeRequest;
import whorl.evidence.channel.ProbeState;

/** Probes on a fleet of fake agents, with a manual clock. */
final class ProbeRig implements AutoCloseable {
  static final String ALL = "/api/v1/probes";
  static final String ONE = ALL + "/{id}";
  static final Principal ADMIN = new Principal(Role.ADMIN, "admin-person");
  static final String OF_SHOP = body("{\"service\":\"shop\"}");

  final FleetRig fleet;
  final Probes probes;
  final ProbeCounters counters;
  final CustodyLog custody;
  final List<Route> routes;

  ProbeRig(Path folder, FleetRig fleet, Notifications notifications) throws IOException {
    this.fleet = fleet;
    custody =
        CustodyLog.open(
            new DataFolder(Files.createTempDirectory(folder, "custody")), Disk.LOCAL, fleet.time);
    OriginLedger origins = new OriginLedger(fleet.database);
    ProbeService service =
        ProbeService.of(
            new ProbeService.Parts(
                fleet.database,
                fleet.fleet,
                fleet.channel,
                custody,
                notifications,
                fleet.time,
                agent -> origins.idOf(Origin.of(agent))),
            fleet.time);
    probes = service.probes();
    counters = service.counters();
    routes = service.routes();
    probes.listen();
    fleet.channel.probes(probes);
  }

  static String body(String target) {
    return "{\"target\":"
        + target
        + ",\"class\":\"com.example.Orders\",\"method\":\"find\",\"calls\":3,\"reason\":\"why\"}";
  }

  /** An agent that takes probes. */
  Wire connect(AgentIdentity agent) {
    return fleet.connectWith(agent, Map.of(ProbeRequest.CAPABILITY, "on-request"));
  }

  String start(String body) throws IOException {
    return FakeRequest.post(ALL, body).by(ADMIN).json(routes).path("id").asText();
  }

  JsonNode show(String probe) throws IOException {
    return FakeRequest.get(ONE).at("id", probe).json(routes);
  }

  JsonNode agent(String probe, int number) throws IOException {
    return show(probe).path("agents").path(number);
  }

  JsonNode calls(String probe) throws IOException {
    return FakeRequest.get(ONE + "/calls").at("id", probe).json(routes).path("calls");
  }

  /** Lets the time pass in steps of a second, with the work that is due. */
  void pass(Duration time) throws IOException {
    for (long i = 0; i < time.toSeconds(); i++) {
      fleet.time.pass(Duration.ofSeconds(1));
      probes.work();
    }
  }

  List<CustodyEntry> inCustody() throws IOException {
    List<CustodyEntry> entries = new ArrayList<>();
    for (var line : custody.lines(0, 1_000)) {
      entries.add(Json.MAPPER.readValue(line.bytes(), CustodyEntry.class));
    }
    return entries;
  }

  static List<CollectorMessage.Probe> asked(Wire wire) {
    return wire.peer.received(CollectorMessage.Probe.class);
  }

  static List<CollectorMessage.ProbeEnd> ended(Wire wire) {
    return wire.peer.received(CollectorMessage.ProbeEnd.class);
  }

  static ProbeReport running(String probe, int calls) {
    List<ProbeCall> recorded = new ArrayList<>();
    for (int i = 1; i <= calls; i++) {
      recorded.add(
          new ProbeCall(
              i,
              Instant.EPOCH,
              "main",
              "find(java.lang.String)",
              List.of("customer: java.lang.String of 5 characters"),
              null,
              1_000,
              null,
              List.of()));
    }
    return new ProbeReport(
        new Id(probe),
        ProbeState.RUNNING,
        null,
        List.of("com.example.Orders#find(java.lang.String)"),
        recorded,
        calls,
        7,
        0,
        null,
        List.of());
  }

  static ProbeReport ended(String probe, String why, @Nullable Boolean restored) {
    return new ProbeReport(
        new Id(probe), ProbeState.ENDED, why, List.of(), List.of(), 2, 7, 0, restored, List.of());
  }

  @Override
  public void close() throws Exception {
    custody.close();
    fleet.close();
  }
}

package whorl.collector.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.limit.Rates;
import whorl.collector.store.database.Database;
import whorl.collector.store.limits.CooldownLedger;
import whorl.collector.store.limits.LedgerTime;
import whorl.collector.store.limits.StormLedger;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.testkit.DelegatingDatabase;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;

/** The collector's own alerts, whose number agents decide. */
class OwnAlertsTest {
  private static final int ROOM_KIBIBYTES = 64;

  @TempDir Path folder;
  private final ManualTime time = new ManualTime();

  @Test
  void journals_haveAnEighthOfTheRoom_andAlertsAreKeptWithoutThemThen() throws Exception {
    List<EventLine> journal = LongStream.range(0, 40).mapToObj(FleetRig::event).toList();
    try (AlertRig rig = new AlertRig(folder, time, 1_000, ROOM_KIBIBYTES)) {
      for (int i = 0; i < 3; i++) {
        rig.fleet.lostAgentSink.lostAgents(rig.alert("collector.agent-silent"), null, journal);
      }

      JsonNode listed = rig.listed();
      assertThat(listed).hasSize(3);
      assertThat(listed.findValuesAsText("journalEvents")).containsExactly("0", "0", "40");
      assertThat(rig.counters.trimmedEvents()).isEqualTo(80);
    }
  }

  /** Code in the JVM can have the agent's key, and sign a manifest that names another service. */
  @Test
  void alertAboutAChain_isOfTheServiceThatTheAgentNamedFirst() throws Exception {
    try (AlertRig rig = new AlertRig(folder, time)) {
      rig.fleet.connect(FleetRig.agent(1));
      Alerts alerts = (Alerts) rig.fleet.lostAgentSink;

      alerts.chainFault(
          rig.alert("collector.chain-fork"), FleetRig.agent(1, "cart", "test"), List.of());

      JsonNode listed = rig.listed().get(0);
      assertThat(listed.path("agent").asText()).isEqualTo(FleetRig.agent(1).id().value());
      assertThat(listed.path("service").asText()).isEqualTo("shop");
      assertThat(listed.path("namespace").asText()).isEqualTo("prod");
    }
  }

  /** It is raised again every second, and each capture disturbs the application. */
  @Test
  void alertAboutSelfTests_thatCannotBeStoredAtFirst_startsOneCapture() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    try (AlertRig rig = new AlertRig(folder, time)) {
      Database records =
          new DelegatingDatabase(rig.fleet.database) {
            @Override
            protected void beforeStatement() throws IOException {
              if (failures.getAndDecrement() > 0) {
                throw new IOException("no room");
              }
            }
          };
      AlertLedger ledger = new AlertLedger(records, 100, 1L << 30, rig.groups);
      LedgerTime ledgerTime = LedgerTime.of(time);
      Alerts alerts =
          new Alerts(
              ledger,
              rig.fleet.captures,
              rig.fleet.fleet,
              new StormControl(
                  new StormLedger(rig.fleet.database, ledgerTime, 3, Duration.ofMinutes(10))),
              new CooldownLedger(rig.fleet.database, ledgerTime),
              time,
              rig.counters,
              new Rates(1 << 20, Duration.ofDays(1), time));
      FleetRig.Wire wire = rig.fleet.connect(FleetRig.agent(1));
      Alert alert = rig.alert("collector.agent-blinded");
      failures.set(2);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> alerts.failed(alert, wire.identity, List.of(), true))
            .hasMessage("no room");
      }

      alerts.failed(alert, wire.identity, List.of(), true);

      assertThat(wire.captureRequests()).hasSize(1);
      assertThat(rig.listed()).hasSize(1);
    }
  }
}

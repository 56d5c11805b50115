package whorl.collector.fleet.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Alert;
import whorl.evidence.ChainHead;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;

/** Evidence that an agent announced on its channel, and that no collector gets. */
@ParameterizedClass
@EnumSource
class OverdueEvidenceTest {
  private static final Id CAPTURE = new Id("capture-0001");

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private TestDatabase data;
  private FleetRig rig;
  private ChainedAgent agent;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    rig = new FleetRig(folder, new ManualTime(), data.open());
    agent = new ChainedAgent(1, Objects.requireNonNull(SigningKey.generate())).connect(rig);
  }

  @AfterEach
  void close() throws IOException {
    if (rig != null) { // null where the engine does not start
      rig.close();
      data.close();
    }
  }

  private void announce(int number) {
    Id evidence = new Id("evidence-000" + number);
    agent.send(agent.next(link -> new AgentMessage.ManifestSealed(CAPTURE, evidence, link)));
  }

  private void pass(Duration time) throws IOException {
    for (String column : List.of("chain_manifests SET at_millis", "chain_alerts SET at_millis")) {
      String name = column.substring(column.lastIndexOf(' ') + 1);
      rig.database.update("UPDATE " + column + " = " + name + " - ?", time.toMillis());
    }
    rig.database.update(
        "UPDATE captures SET touched_at = touched_at - ? WHERE touched_at > 0", time.toMillis());
  }

  private List<Alert> raised() throws IOException {
    rig.chainAlerts.clear();
    rig.chains.raiseOverdue(id -> id.equals(agent.id()) ? agent.identity : null);
    return List.copyOf(rig.chainAlerts);
  }

  @Test
  void announcedEvidence_thatDoesNotArriveWithinAnHour_isAnAlert_once() throws IOException {
    announce(1);
    announce(2);
    pass(Duration.ofMinutes(59));
    assertThat(raised()).isEmpty();

    pass(Duration.ofMinutes(2));
    assertThat(raised())
        .singleElement()
        .satisfies(
            alert -> {
              assertThat(alert.rule()).isEqualTo("collector.evidence-not-arrived");
              assertThat(alert.level()).isEqualTo(Level.MEDIUM);
              assertThat(alert.fields())
                  .containsEntry("agent", agent.id().value())
                  .containsEntry("service", "shop")
                  .containsEntry("count", 2)
                  .containsEntry("evidence", List.of("evidence-0001", "evidence-0002"));
            });
    pass(Duration.ofHours(2));
    assertThat(raised()).isEmpty();
  }

  @Test
  void moreOfTheSameAgent_isTheNextAlert_afterAnHour() throws IOException {
    announce(1);
    pass(Duration.ofMinutes(61));
    announce(2);
    assertThat(raised()).hasSize(1);
    pass(Duration.ofMinutes(59));
    assertThat(raised()).isEmpty();
    pass(Duration.ofMinutes(2));
    assertThat(raised())
        .singleElement()
        .satisfies(alert -> assertThat(alert.fields()).containsEntry("count", 1));
  }

  @Test
  void evidenceThatArrived_orWasPurged_isNoAlert() throws IOException {
    announce(1);
    announce(2);
    rig.chainLedger.purged(new Id("evidence-0002"));
    kept("sealed", agent.id());
    pass(Duration.ofHours(2));
    assertThat(raised()).isEmpty();
  }

  /** It is kept ten minutes after its agent has gone, and lacks what was announced. */
  @Test
  void evidenceThatArrivedInPart_isAnAlert() throws IOException {
    announce(1);
    kept("partial", agent.id());
    pass(Duration.ofMinutes(61));
    assertThat(raised()).hasSize(1);
  }

  /** Code in the JVM can take evidence from the spool, and send other evidence as another agent. */
  @Test
  void evidenceOfAnotherAgent_thatHasTheAnnouncedId_isNotWhatWasAnnounced() throws IOException {
    announce(1);
    kept("sealed", new Id("agent-00000002"));
    pass(Duration.ofMinutes(61));
    assertThat(raised()).hasSize(1);
  }

  /** The evidence that is announced first is kept. */
  private void kept(String state, Id sender) throws IOException {
    rig.database.update(
        "INSERT INTO evidence (id, capture, agent, service, state, sealed_at, record, class, bytes)"
            + " VALUES ('evidence-0001', ?, ?, 'shop', ?, 1, '{}', 'alert', 0)",
        CAPTURE.value(),
        sender.value(),
        state);
  }

  @Test
  void uploadThatGoesOn_isAwaited_andNotOneThatStopped() throws IOException {
    announce(1);
    pass(Duration.ofMinutes(61));
    agent.wire.say(new CaptureProgress(CAPTURE, null, CaptureState.SHIPPING, 10, 100, null));
    assertThat(raised()).isEmpty();

    pass(Duration.ofMinutes(61));
    assertThat(raised()).hasSize(1);
  }

  /** Code in the JVM can take evidence from the spool, and begin captures without end. */
  @Test
  void agentThatGoesOnSending_isAwaitedForADay_andNotForGood() throws IOException {
    announce(1);
    pass(Duration.ofHours(23));
    agent.wire.say(new CaptureProgress(CAPTURE, null, CaptureState.SHIPPING, 10, 100, null));
    assertThat(raised()).isEmpty();

    pass(Duration.ofMinutes(61));
    Id next = new Id("capture-0002");
    agent.wire.say(new CaptureProgress(next, null, CaptureState.SHIPPING, 10, 100, null));
    assertThat(raised()).hasSize(1);
  }

  /** Anybody with an agent's token can be many agents, and announce what never comes. */
  @Test
  void earlierAnnouncementsOfManyLaterAgents_keepBackNoAlertAboutAnEarlierAgent()
      throws IOException {
    for (int number = 3; number < 24; number++) {
      announceMuch(number, 1);
    }
    pass(Duration.ofSeconds(1));
    announce(1);
    pass(Duration.ofMinutes(61));

    assertThat(raised())
        .extracting(alert -> alert.fields().get("agent"))
        .contains(agent.id().value());
  }

  @Test
  void manyAnnouncementsOfAgentsThatHadTheirAlert_keepBackNoAlertAboutAnother() throws IOException {
    announceMuch(3, 1);
    announceMuch(4, 1);
    pass(Duration.ofMinutes(30));
    announceMuch(3, 999);
    announceMuch(4, 999);
    pass(Duration.ofSeconds(1));
    announce(1);
    pass(Duration.ofMinutes(31));
    assertThat(raised()).hasSize(2);
    pass(Duration.ofMinutes(30));

    assertThat(raised())
        .extracting(alert -> alert.fields().get("agent"))
        .containsExactly(agent.id().value());
  }

  /** Agents of somebody who had a token before the other agent began. */
  @Test
  void earlierAgentsThatHadTheirAlert_keepBackNoAlertAboutALaterAgentThatHadNone()
      throws IOException {
    for (int number = 3; number < 23; number++) {
      announceMuch(number, 1, Duration.ofMinutes(-1));
    }
    pass(Duration.ofMinutes(30));
    for (int number = 3; number < 23; number++) {
      announceMuch(number, 1, Duration.ofMinutes(-1));
    }
    announce(1);
    rig.database.update( // long before any alert, also by the clock of the records
        "UPDATE first_keys SET at_millis = at_millis - ?",
        ManualTime.START.minus(Duration.ofHours(1)).toEpochMilli());
    pass(Duration.ofMinutes(31));
    assertThat(raised()).hasSize(20);
    pass(Duration.ofMinutes(61));

    assertThat(raised())
        .extracting(alert -> alert.fields().get("agent"))
        .contains(agent.id().value());
  }

  /** Announces evidence of an agent that enrolled later than the other one. */
  private void announceMuch(int number, int manifests) throws IOException {
    announceMuch(number, manifests, Duration.ofMinutes(1));
  }

  /**
   * Announces evidence of an agent that never arrives.
   *
   * @param enrolled how long after the other agent
   */
  private void announceMuch(int number, int manifests, Duration enrolled) throws IOException {
    Id other = new Id(String.format(Locale.ROOT, "agent-%08d", number));
    rig.database.update(
        "INSERT INTO first_keys (agent, key_id, sequence, at_millis) VALUES (?, ?, 1, ?)"
            + " ON CONFLICT DO NOTHING",
        other.value(),
        "a".repeat(64),
        rig.time.instant().plus(enrolled).toEpochMilli());
    for (int i = 0; i < manifests; i++) {
      Id evidence = Id.next(InstantSource.system());
      assertThat(rig.chainLedger.announced(evidence, other, ChainHead.start(other))).isTrue();
    }
  }

  @Test
  void alertThatCannotBeStored_isRaisedLater() throws IOException {
    announce(1);
    pass(Duration.ofMinutes(61));
    ChainAlertSink full =
        (alert, identity, journal) -> {
          throw new IOException("no room");
        };
    Chains chains =
        new Chains(
            rig.chainLedger, rig.journals::newest, full, rig.time, rig.time, new ChainCounters());
    assertThatThrownBy(() -> chains.raiseOverdue(id -> null))
        .hasMessage("agent " + agent.id() + ": no room");

    assertThat(raised()).hasSize(1);
  }

  @Test
  void alertAboutOneAgent_thatCannotBeStored_keepsBackNoOther() throws IOException {
    ChainedAgent other =
        new ChainedAgent(2, Objects.requireNonNull(SigningKey.generate())).connect(rig);
    announce(1);
    other.send(
        other.next(
            link -> new AgentMessage.ManifestSealed(CAPTURE, new Id("evidence-0002"), link)));
    pass(Duration.ofMinutes(61));
    List<Alert> stored = new ArrayList<>();
    ChainAlertSink oneFails =
        (alert, identity, journal) -> {
          if (agent.id().value().equals(alert.fields().get("agent"))) {
            throw new IllegalStateException("a strange value");
          }
          stored.add(alert);
        };
    Chains chains =
        new Chains(
            rig.chainLedger,
            rig.journals::newest,
            oneFails,
            rig.time,
            rig.time,
            new ChainCounters());

    assertThatThrownBy(() -> chains.raiseOverdue(id -> null))
        .hasMessage("agent " + agent.id() + ": a strange value");
    assertThat(stored)
        .singleElement()
        .satisfies(alert -> assertThat(alert.fields()).containsEntry("agent", other.id().value()));
    assertThat(raised())
        .singleElement()
        .satisfies(alert -> assertThat(alert.fields()).containsEntry("agent", agent.id().value()));
  }
}

package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.agent.ship.channel.Outbox;
import whorl.agent.ship.channel.SelfTests;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.VerifyingKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage;

/** What goes over the channel: alerts, journals, progress, self-tests, challenges. */
@Timeout(60)
final class ShipperChannelTest extends ShipperFixture {
  @Test
  void channel_connects_saysHelloThenStatus() throws Exception {
    start(collector.url());

    await().until(() -> !collector.messages(AgentMessage.Status.class).isEmpty());
    AgentMessage first = collector.messages.get(0);
    assertThat(first).isInstanceOf(AgentMessage.Hello.class);
    assertThat(((AgentMessage.Hello) first).capabilities()).containsEntry("jfr", true);
    AgentMessage.Status status = collector.messages(AgentMessage.Status.class).get(0);
    assertThat(status.losses()).containsEntry("lost", 1L).containsKey("journal.dropped-lines");
    assertThat(status.capabilities()).isNull();
    assertThat(status.costs()).isEqualTo(Samples.COSTS);
  }

  @Test
  void journal_connected_arrivesInOrderWithinAMoment() throws Exception {
    start(collector.url());
    await().until(() -> status().connected());
    for (int i = 0; i < 1_000; i++) {
      shipper().journal(Samples.line(i));
    }

    await()
        .until(
            () ->
                collector.messages(AgentMessage.Journal.class).stream()
                        .mapToInt(journal -> journal.events().size())
                        .sum()
                    == 1_000);
    assertThat(
            collector.messages(AgentMessage.Journal.class).stream()
                .flatMap(journal -> journal.events().stream())
                .map(line -> line.sequence()))
        .isSorted();
  }

  @Test
  void journal_noConnection_keepsTheNewestAndCountsTheRest() throws Exception {
    int port = collector.port();
    collector.close();
    start(URI.create("http://127.0.0.1:" + port));
    for (int i = 0; i < 5_000; i++) {
      shipper().journal(Samples.line(i));
    }
    assertThat(shipper().losses())
        .containsEntry("journal.dropped-lines", 5_000L - Outbox.MAX_JOURNAL_LINES);

    collector = FakeCollector.start(port, new FakeCollector.Disk());
    await()
        .until(
            () ->
                collector.messages(AgentMessage.Journal.class).stream()
                        .mapToInt(journal -> journal.events().size())
                        .sum()
                    == Outbox.MAX_JOURNAL_LINES);
  }

  @Test
  void raise_connected_bringsTheVerdict() throws Exception {
    collector.reply =
        message ->
            message instanceof AgentMessage.AlertRaised raised
                ? new CollectorMessage.AlertVerdict(raised.alert().id(), false, "storm")
                : null;
    start(collector.url());
    await().until(() -> status().connected());

    CollectorMessage.AlertVerdict verdict =
        shipper().raise(raised()).toCompletableFuture().get(5, TimeUnit.SECONDS);
    assertThat(verdict.full()).isFalse();
    assertThat(verdict.reason()).isEqualTo("storm");
  }

  @Test
  void raise_collectorThatAcceptsSeparateJournals_getsTheAlertFirst() throws Exception {
    start(collector.url());
    await().until(() -> status().connected());
    AgentMessage.AlertRaised raised = raised();
    shipper().raise(raised);
    await().until(() -> collector.messages(AgentMessage.AlertRaised.class).contains(raised));

    AgentMessage.AlertJournal journal =
        new AgentMessage.AlertJournal(
            raised.alert().id(), List.of(Samples.line(1), Samples.line(2)));
    shipper().journal(journal);
    await().until(() -> collector.messages(AgentMessage.AlertJournal.class).contains(journal));
  }

  @Test
  void raise_collectorWithoutSeparateJournals_getsTheAlertWithItsJournal() throws Exception {
    collector.alertJournals = false;
    start(collector.url());
    await().until(() -> status().connected());
    AgentMessage.AlertRaised raised = raised();
    shipper().raise(raised);
    shipper()
        .journal(
            new AgentMessage.AlertJournal(
                raised.alert().id(), List.of(Samples.line(1), Samples.line(2))));

    await().until(() -> collector.messages(AgentMessage.AlertRaised.class).size() == 1);
    assertThat(collector.messages(AgentMessage.AlertRaised.class).get(0).journal()).hasSize(2);
    assertThat(collector.messages(AgentMessage.AlertJournal.class)).isEmpty();
  }

  @Test
  void raise_noConnection_returnsAtOnceAndIsDeliveredLater() throws Exception {
    int port = collector.port();
    collector.close();
    start(URI.create("http://127.0.0.1:" + port));
    AgentMessage.AlertRaised raised = raised();

    assertThat(shipper().raise(raised).toCompletableFuture())
        .isCompletedWithValueMatching(verdict -> verdict.full() && verdict.reason() != null);
    collector = FakeCollector.start(port, new FakeCollector.Disk());
    await().until(() -> collector.messages(AgentMessage.AlertRaised.class).contains(raised));
  }

  @Test
  void raise_connectionLostBeforeTheVerdict_completesAndIsRaisedAgain() throws Exception {
    start(collector.url());
    await().until(() -> status().connected());
    var verdict = shipper().raise(raised()).toCompletableFuture();
    await().until(() -> collector.messages(AgentMessage.AlertRaised.class).size() == 1);
    assertThat(verdict).isNotDone();
    collector.breakAll();

    assertThat(verdict.get(5, TimeUnit.SECONDS).full()).isTrue();
    await().until(() -> collector.messages(AgentMessage.AlertRaised.class).size() == 2);
    await().until(() -> status().connections() == 2);
  }

  /** Reports the newest test that came out, and that one more has begun. */
  private static final class Tests implements SelfTests {
    private volatile long out;

    @Override
    public AgentMessage.SelfTest report() {
      return new AgentMessage.SelfTest(out + 1, Map.of("channel", out));
    }

    @Override
    public void onSelfTestReceived(long number) {
      out = number;
    }
  }

  private static AgentMessage.AlertRaised selfTest(long number) {
    Alert alert =
        new Alert(
            Samples.id(),
            "whorl",
            Instant.now(),
            AgentMessage.SelfTest.RULE,
            Level.INFORMATIONAL,
            "Self-Test",
            null,
            List.of(),
            Map.of("number", number),
            null,
            List.of());
    return new AgentMessage.AlertRaised(alert, null, List.of());
  }

  @Test
  void selfTest_isReportedAndNeverSentAsAnAlert() throws Exception {
    Tests tests = new Tests();
    selfTests = tests;
    collector.selfTestSeconds = 1;
    start(collector.url());
    await().until(() -> status().connected());

    shipper().raise(selfTest(41));

    await()
        .until(
            () ->
                collector.messages(AgentMessage.SelfTest.class).stream()
                    .anyMatch(report -> Long.valueOf(41).equals(report.stages().get("channel"))));
    assertThat(collector.messages(AgentMessage.AlertRaised.class)).isEmpty();
  }

  @Test
  void selfTests_thatDoNotComeThrough_areStillReported() throws Exception {
    selfTests = new Tests();
    collector.selfTestSeconds = 1;
    start(collector.url());

    await().until(() -> collector.messages(AgentMessage.SelfTest.class).size() > 2);

    assertThat(collector.messages(AgentMessage.SelfTest.class))
        .allMatch(report -> Long.valueOf(0).equals(report.stages().get("channel")));
  }

  @Test
  void collectorThatWantsNoSelfTests_getsNone() throws Exception {
    selfTests = new Tests();
    start(collector.url());
    await().until(() -> collector.messages(AgentMessage.Status.class).size() > 2);

    assertThat(collector.messages(AgentMessage.SelfTest.class)).isEmpty();
  }

  @Test
  void selfTestsThatAreNotTaken_evictNoAlert() {
    Outbox outbox = new Outbox();
    outbox.connected();
    AgentMessage.AlertRaised alert = raised();
    outbox.raise(alert);

    for (int i = 0; i < 10 * Outbox.MAX_ALERTS; i++) {
      outbox.raise(selfTest(i));
    }

    assertThat(outbox.takeAlerts(true)).hasSize(2).contains(alert);
    assertThat(outbox.losses()).containsEntry("alerts.dropped", 0L);
  }

  @Test
  void reopen_afterTheChannelWasClosed_connectsAgain() throws Exception {
    start(collector.url());
    await().until(() -> status().connected());
    assertThat(shipper().reopen()).isFalse();
    shipper().close(Duration.ofSeconds(2));

    await().until(() -> shipper().reopen());

    await().until(() -> status().connections() == 2);
    Id evidence = large(10);
    awaitSealed(evidence);
  }

  @Test
  void channel_captureRequested_reachesTheListener() throws Exception {
    start(collector.url());
    await().until(() -> status().connected());
    Id capture = Samples.id();
    collector.sendText("{\"type\":\"of a later version\"}");
    collector.sendText("no json at all");
    collector.send(
        new CollectorMessage.StartCapture(capture, List.of("threads"), "why", null, false));

    await().until(() -> !commands.isEmpty());
    assertThat(commands.get(0).capture()).isEqualTo(capture);
    assertThat(shipper().losses()).containsEntry("channel.not-understood", 2L);
    assertThat(status().connections()).isEqualTo(1);
  }

  @Test
  void progress_manyOfOneCapture_theLastArrives() throws Exception {
    start(collector.url());
    await().until(() -> status().connected());
    Id capture = Samples.id();
    for (int i = 0; i <= 100; i++) {
      shipper()
          .progress(
              new AgentMessage.CaptureProgress(capture, null, CaptureState.RUNNING, i, 100, null));
    }
    await()
        .until(
            () ->
                collector.messages(AgentMessage.CaptureProgress.class).stream()
                    .anyMatch(progress -> progress.bytes() == 100));
  }

  @Test
  void challenge_isAnsweredWithAProofOfTheKeyOfTheHello() {
    collector.challenge = "a nonce of this connection";
    start(collector.url());
    await().until(() -> status().connections() == 1);

    AgentMessage.Hello hello = collector.messages(AgentMessage.Hello.class).get(0);
    AgentMessage.Proof proof = collector.messages(AgentMessage.Proof.class).get(0);
    VerifyingKey key = VerifyingKey.of(String.valueOf(hello.key()));
    assertThat(key.proves(Samples.AGENT, "a nonce of this connection", proof.signature())).isTrue();
    assertThat(key.proves(Samples.AGENT, "another nonce", proof.signature())).isFalse();
    assertThat(key.proves(Samples.id(), "a nonce of this connection", proof.signature())).isFalse();
  }

  @Test
  void challenge_tooLong_isNotSigned() {
    collector.challenge = "n".repeat(129);
    start(collector.url());
    await().until(() -> collector.messages(AgentMessage.Hello.class).size() > 1);

    assertThat(collector.messages(AgentMessage.Proof.class)).isEmpty();
  }

  @Test
  void channelThatTheCollectorCloses_endsWithItsReason() {
    collector.welcomes = false;
    collector.closesWith = "the key is no Ed25519 public key";
    start(collector.url());

    await()
        .untilAsserted(
            () ->
                assertThat(status().lastError())
                    .isEqualTo(
                        "channel: the collector closed the channel: the key is no Ed25519 public"
                            + " key"));
  }
}

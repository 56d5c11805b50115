package whorl.agent.ship.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import whorl.agent.ship.Samples;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.AgentMessage.AlertJournal;
import whorl.evidence.channel.AgentMessage.AlertRaised;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage.AlertVerdict;
import whorl.evidence.channel.HuntState;

class OutboxTest {
  private static final int MAX_BYTES = 64 << 10;

  private final Outbox outbox = new Outbox(MAX_BYTES, MAX_BYTES);

  @Test
  void journal_ofLargeLines_staysWithinItsBytes_andCountsDroppedLines() {
    for (int i = 0; i < 1_000; i++) {
      outbox.journal(line(i));
    }

    List<EventLine> kept = outbox.takeJournal(10_000);
    assertThat(kept.stream().mapToLong(MessageBytes::of).sum()).isBetween(1L, (long) MAX_BYTES);
    assertThat(kept.get(kept.size() - 1).sequence()).isEqualTo(999);
    assertThat(outbox.losses()).containsEntry("journal.dropped-lines", 1_000L - kept.size());
  }

  @Test
  void journal_afterItWasTaken_hasItsWholeRoomAgain() {
    for (int round = 0; round < 100; round++) {
      outbox.journal(line(round));
      assertThat(outbox.takeJournal(10)).hasSize(1);
    }
    assertThat(outbox.losses()).containsEntry("journal.dropped-lines", 0L);
  }

  @Test
  void libraries_areOfThisConnection_andTheNewestOnly() {
    outbox.libraries(List.of(new AgentMessage.Goodbye("without a connection")));
    assertThat(outbox.takeLibraries()).isNull();

    outbox.connected();
    AgentMessage first = new AgentMessage.Goodbye("1");
    AgentMessage second = new AgentMessage.Goodbye("2");
    outbox.libraries(List.of(first));
    outbox.libraries(List.of(second, first));
    assertThat(outbox.takeLibraries()).isSameAs(second);

    outbox.disconnected();
    outbox.connected();
    assertThat(outbox.takeLibraries()).isNull();
  }

  @Test
  void huntAnswers_areTakenOnce_andTheOldestBeyondTheLimitIsDropped() {
    for (int i = 0; i < Outbox.MAX_HUNT_ANSWERS + 1; i++) {
      outbox.huntAnswered(
          AgentMessage.HuntAnswer.without(new Id("hunt-000" + i), HuntState.REFUSED, "x"));
    }

    for (int i = 1; i <= Outbox.MAX_HUNT_ANSWERS; i++) {
      assertThat(outbox.takeHuntAnswer().hunt().value()).isEqualTo("hunt-000" + i);
    }
    assertThat(outbox.takeHuntAnswer()).isNull();
    assertThat(outbox.losses()).containsEntry("hunts.answersDropped", 1L);
  }

  @Test
  void alerts_withLargeJournals_stayWithinTheirBytes_andDropTheOldest() throws Exception {
    outbox.connected();
    var first = outbox.raise(alert(1)).toCompletableFuture();
    for (int i = 0; i < 20; i++) {
      outbox.raise(alert(20));
    }

    assertThat(first.get().full()).isTrue();
    assertThat(outbox.takeAlerts(true)).isNotEmpty().hasSizeLessThan(20);
    assertThat(outbox.losses().get("alerts.dropped")).isPositive();
  }

  @Test
  void alertsOfALowLevel_evictNoGraverOne_andOfOneLevelTheOldest() {
    AlertRaised grave = alert(Level.CRITICAL);
    AlertRaised first = alert(Level.LOW);
    AlertRaised second = alert(Level.LOW);
    outbox.raise(grave);
    outbox.raise(first);
    outbox.raise(second);
    for (int i = 3; i < Outbox.MAX_ALERTS + 1; i++) {
      outbox.raise(alert(Level.LOW));
    }

    outbox.connected();
    assertThat(outbox.takeAlerts(true))
        .hasSize(Outbox.MAX_ALERTS)
        .startsWith(grave, second)
        .doesNotContain(first);
    assertThat(outbox.losses()).containsEntry("alerts.dropped", 1L);
  }

  @Test
  void alertsOfOneRule_evictNoneOfOtherRules() {
    AlertRaised attack = alert(0, "attack", Level.HIGH);
    AlertRaised first = alert(0, "flood", Level.CRITICAL);
    outbox.raise(attack);
    outbox.raise(first);
    for (int i = 2; i < Outbox.MAX_ALERTS + 1; i++) {
      outbox.raise(alert(0, "flood", Level.CRITICAL));
    }
    AlertRaised late = alert(0, "late", Level.LOW);
    outbox.raise(late);

    outbox.connected();
    assertThat(outbox.takeAlerts(true))
        .hasSize(Outbox.MAX_ALERTS)
        .startsWith(attack)
        .doesNotContain(first)
        .endsWith(late);
    assertThat(outbox.losses()).containsEntry("alerts.dropped", 2L);
  }

  /** An alert that joined a capture is raised once more if that capture becomes its own. */
  @Test
  void alertThatIsRaisedAgain_isHeldOnce() {
    outbox.connected();
    AlertRaised joined = alert(5);
    Id id = joined.alert().id();
    outbox.raise(joined);
    outbox.takeAlerts(true);
    outbox.journal(new AlertJournal(id, List.of(line(1))));
    outbox.raise(new AlertRaised(joined.alert(), Samples.id(), joined.journal()));
    assertThat(outbox.takeAlerts(true)).hasSize(1);
    outbox.journal(new AlertJournal(id, List.of(line(1))));
    long once = MessageBytes.of(joined) + MessageBytes.of(line(1));
    assertThat(outbox.heldBytes()).containsEntry("alerts", once);

    outbox.takeAlertJournals();
    outbox.verdict(new AlertVerdict(id, true, "enough"));
    assertThat(outbox.heldBytes()).containsEntry("alerts", 0L);
  }

  @Test
  void selfTest_isNotDroppedForAlerts() {
    outbox.connected();
    for (int i = 0; i < Outbox.MAX_ALERTS; i++) {
      outbox.raise(alert(Level.CRITICAL));
    }
    AlertRaised selfTest = selfTest();
    outbox.raise(selfTest);

    assertThat(outbox.takeAlerts(true)).hasSize(Outbox.MAX_ALERTS).contains(selfTest);
  }

  @Test
  void failureOfACapture_isSentAgain_ifItsConnectionEndsSoon() {
    CaptureProgress failed = progress(CaptureState.FAILED);
    outbox.connected();
    outbox.progress(failed);
    assertThat(outbox.takeProgress()).containsExactly(failed);
    outbox.onHeartbeat();

    outbox.connected();

    assertThat(outbox.takeProgress()).containsExactly(failed);
  }

  @Test
  void failureOfACapture_isNotSentAgain_afterTwoHeartbeats() {
    outbox.connected();
    outbox.progress(progress(CaptureState.FAILED));
    outbox.takeProgress();
    outbox.onHeartbeat();
    outbox.onHeartbeat();

    outbox.connected();

    assertThat(outbox.takeProgress()).isEmpty();
  }

  @Test
  void failureOfACapture_givesWayToALaterReport() {
    Id capture = Id.next(Instant::now);
    CaptureProgress running = progress(capture, CaptureState.RUNNING);
    outbox.connected();
    outbox.progress(progress(capture, CaptureState.FAILED));
    outbox.takeProgress();
    outbox.progress(running);

    outbox.connected();

    assertThat(outbox.takeProgress()).containsExactly(running);
  }

  private static CaptureProgress progress(CaptureState state) {
    return progress(Id.next(Instant::now), state);
  }

  private static CaptureProgress progress(Id capture, CaptureState state) {
    return new CaptureProgress(capture, null, state, 0, 0, "the disk is full");
  }

  @Test
  void alert_largerThanAllRoom_isKept() {
    outbox.connected();
    outbox.raise(alert(1_000));

    assertThat(outbox.takeAlerts(true)).hasSize(1);
  }

  /** One arrives every two seconds for as long as the JVM lives. */
  @Test
  void selfTests_takeNoRoomAfterRemoval() {
    outbox.connected();
    for (int i = 0; i < 1_000; i++) {
      outbox.raise(selfTest());
      outbox.raise(selfTest());
      assertThat(outbox.takeAlerts(true)).hasSize(1);
    }

    assertThat(outbox.heldBytes()).containsEntry("alerts", 0L);
  }

  private static AlertRaised selfTest() {
    return alert(0, AgentMessage.SelfTest.RULE, Level.INFORMATIONAL);
  }

  @Test
  void alertAheadOfItsJournal_goesAtOnce_andTheJournalAfterIt() {
    outbox.connected();
    AlertRaised alert = alert(1);
    outbox.raise(alert);

    assertThat(outbox.takeAlerts(true)).containsExactly(alert);
    outbox.journal(new AlertJournal(alert.alert().id(), List.of(line(1), line(2))));
    assertThat(outbox.takeAlertJournals())
        .extracting(journal -> journal.events().size())
        .containsExactly(2);
    assertThat(outbox.takeAlertJournals()).isEmpty();
  }

  @Test
  void alertAheadOfItsJournal_waitsForItWhereTheCollectorTakesNoneApart() {
    outbox.connected();
    AlertRaised alert = alert(1);
    outbox.raise(alert);

    assertThat(outbox.takeAlerts(false)).isEmpty();
    outbox.journal(new AlertJournal(alert.alert().id(), List.of(line(1), line(2))));
    assertThat(outbox.takeAlerts(false))
        .extracting(raised -> raised.journal().size())
        .containsExactly(2);
    assertThat(outbox.takeAlertJournals()).isEmpty();
  }

  @Test
  void alertWithoutAVerdict_goesWithItsJournalAtTheNextConnection() {
    outbox.connected();
    AlertRaised alert = alert(1);
    outbox.raise(alert);
    outbox.takeAlerts(true);
    outbox.journal(new AlertJournal(alert.alert().id(), List.of(line(1), line(2))));
    outbox.disconnected();
    outbox.connected();

    assertThat(outbox.takeAlerts(false))
        .extracting(raised -> raised.journal().size())
        .containsExactly(2);
    assertThat(outbox.takeAlertJournals()).isEmpty();
  }

  private static AlertRaised alert(int lines) {
    return alert(lines, "r", Level.HIGH);
  }

  private static AlertRaised alert(Level level) {
    return alert(0, "r", level);
  }

  private static AlertRaised alert(int lines, String rule, Level level) {
    Alert alert =
        new Alert(
            Samples.id(),
            "whorl",
            Instant.EPOCH,
            rule,
            level,
            "title",
            null,
            List.of(),
            Map.of(),
            null,
            List.of());
    return new AlertRaised(alert, null, Collections.nCopies(lines, line(1)));
  }

  private static EventLine line(int number) {
    return new EventLine(
        number,
        Instant.EPOCH,
        "whorl.ProcessStart",
        Map.of("command", "x".repeat(100)),
        "main",
        Collections.nCopies(20, "shop.Cart.add(Cart.java:12)"));
  }
}

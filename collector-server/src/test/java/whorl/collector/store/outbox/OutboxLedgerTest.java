package whorl.collector.store.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.store.outbox.OutboxLedger.Added;
import whorl.collector.testkit.EachEngine;
import whorl.evidence.Id;

class OutboxLedgerTest extends EachEngine {
  private static final String NAME = "on-call";
  private static final Duration LEASE = Duration.ofSeconds(90);
  private static final Duration QUIET = Duration.ofMinutes(10);

  private OutboxLedger ledger;
  private OutboxLedger ofOther;

  @BeforeEach
  void open() {
    OutboxLedger.Limits limits = new OutboxLedger.Limits(5, 1_000, 3);
    ledger = new OutboxLedger(one, ledgerTime, "one", limits);
    ofOther = new OutboxLedger(other, ledgerTime, "other", limits);
  }

  private Added add(String event, String group, Duration wait) throws IOException {
    time.pass(Duration.ofMillis(1));
    return ledger.add(
        new NewMessage(Id.next(time), NAME, event, group, "[" + event + "]", wait),
        (stored, more) -> stored + more);
  }

  private List<OutboxMessage> take(OutboxLedger by) throws IOException {
    return by.take(NAME, 10, LEASE, QUIET);
  }

  @Test
  void eventsOfAGroup_areOneMessage_andTheNextOneIsNotBeforeTheQuietTime() throws IOException {
    for (int i = 0; i < 16; i++) {
      assertThat(add("alert-" + i, "attack", Duration.ofSeconds(10)))
          .isEqualTo(i == 0 ? Added.ADDED : Added.JOINED);
    }
    assertThat(ledger.due()).isEmpty();
    time.pass(Duration.ofSeconds(10));
    assertThat(ledger.due()).containsExactly(NAME);

    List<OutboxMessage> taken = take(ledger);
    assertThat(taken).hasSize(1);
    assertThat(taken.get(0).events()).isEqualTo(16);
    assertThat(taken.get(0).content()).startsWith("[alert-0][alert-1]").endsWith("[alert-15]");
    ledger.delivered(taken);

    add("alert-late", "attack", Duration.ofSeconds(10));
    time.pass(Duration.ofMinutes(9));
    assertThat(ledger.due()).isEmpty();
    time.pass(Duration.ofMinutes(1));
    assertThat(take(ledger)).hasSize(1);
  }

  @Test
  void urgentMessage_isDueAtOnce_withWhatWaitsOfItsGroup() throws IOException {
    add("alert-1", "attack", Duration.ZERO);
    ledger.delivered(take(ledger));
    add("alert-2", "attack", Duration.ZERO);
    assertThat(ledger.due()).isEmpty();

    ledger.add(
        new NewMessage(Id.next(time), NAME, "over", "attack", "[over]", QUIET, true),
        (stored, more) -> stored + more);
    assertThat(take(ledger)).extracting(OutboxMessage::content).containsExactly("[alert-2][over]");
    ledger.add(
        new NewMessage(Id.next(time), NAME, "over again", "attack", "[over]", QUIET, true),
        (stored, more) -> stored + more);
    assertThat(take(ledger)).hasSize(1);
  }

  @Test
  void sameEvent_isOneMessage_alsoAfterItsDelivery() throws IOException {
    add("evidence", "e", Duration.ZERO);
    assertThat(add("evidence", "e", Duration.ZERO)).isEqualTo(Added.KNOWN);
    ledger.delivered(take(ledger));
    assertThat(add("evidence", "e", Duration.ZERO)).isEqualTo(Added.KNOWN);

    time.pass(OutboxLedger.EVENTS_REMEMBERED.plusSeconds(1));
    ledger.forget(List.of(NAME));
    assertThat(add("evidence", "e", Duration.ZERO)).isEqualTo(Added.ADDED);
  }

  @Test
  void message_isUndone_withTheTransactionOfItsEvent() throws IOException {
    assertThatThrownBy(
            () ->
                one.inTransaction(
                    () -> {
                      add("alert", "a", Duration.ZERO);
                      throw new IOException("the event is not stored");
                    }))
        .isInstanceOf(IOException.class);

    assertThat(ledger.due()).isEmpty();
    assertThat(add("alert", "a", Duration.ZERO)).isEqualTo(Added.ADDED);
  }

  @Test
  void twoCollectors_takeEachMessageOnce() throws Exception {
    for (int i = 0; i < 5; i++) {
      add("alert-" + i, "group-" + i, Duration.ZERO);
    }
    List<Callable<List<OutboxMessage>>> takers = new ArrayList<>();
    for (OutboxLedger each : List.of(ledger, ofOther, ledger, ofOther)) {
      takers.add(() -> each.take(NAME, 2, LEASE, Duration.ZERO));
    }
    List<Id> taken = new ArrayList<>();
    for (List<OutboxMessage> each : atOnce(takers)) {
      each.forEach(message -> taken.add(message.id()));
    }
    ledger.take(NAME, 10, LEASE, Duration.ZERO).forEach(message -> taken.add(message.id()));

    assertThat(taken).hasSize(5).doesNotHaveDuplicates();
    assertThat(take(ofOther)).isEmpty();
  }

  @Test
  void messageOfACollectorThatDied_isTakenByAnother_withTheSameId() throws IOException {
    add("alert", "a", Duration.ZERO);
    Id id = take(ledger).get(0).id();
    assertThat(take(ofOther)).isEmpty();

    time.pass(LEASE);
    List<OutboxMessage> again = take(ofOther);
    assertThat(again).extracting(OutboxMessage::id).containsExactly(id);
    assertThat(again.get(0).attempts()).isEqualTo(2);
    ofOther.delivered(again);
    assertThat(ledger.status().get(NAME).waiting()).isZero();
    assertThat(ledger.status().get(NAME).delivered()).isEqualTo(1);
  }

  @Test
  void failedMessage_isDueLater_orAtOnceWhenTheTargetAnswersAgain() throws IOException {
    add("alert", "a", Duration.ZERO);
    ledger.failed(take(ledger), Duration.ofHours(1), "no answer");
    assertThat(ledger.due()).isEmpty();
    assertThat(ledger.status().get(NAME).problem()).isEqualTo("no answer");
    assertThat(ledger.status().get(NAME).failure())
        .isEqualTo(time.instant().truncatedTo(java.time.temporal.ChronoUnit.MILLIS));

    ledger.hurry(NAME);
    assertThat(take(ledger)).hasSize(1);
  }

  @Test
  void eventOfAGroupWhoseMessageWasTried_isANewMessage() throws IOException {
    add("alert-1", "a", Duration.ZERO);
    ledger.failed(take(ledger), Duration.ZERO, "no answer");

    assertThat(add("alert-2", "a", Duration.ZERO)).isEqualTo(Added.ADDED);
  }

  @Test
  void deadMessages_areListed_retriedAndDiscarded() throws IOException {
    for (int i = 0; i < 2; i++) {
      add("alert-" + i, "group-" + i, Duration.ZERO);
      ledger.dead(take(ledger), "it answered 422");
    }
    List<OutboxMessage> dead = ledger.deadMessages(null, 10);
    assertThat(dead).extracting(OutboxMessage::content).containsExactly("[alert-1]", "[alert-0]");
    assertThat(ledger.deadMessages(dead.get(0).id().value(), 10)).hasSize(1);
    assertThat(ledger.status().get(NAME).dead()).isEqualTo(2);
    assertThat(ledger.due()).isEmpty();

    assertThat(ledger.retry(dead.get(0).id())).isTrue();
    assertThat(ledger.retry(dead.get(0).id())).isFalse();
    assertThat(ledger.discard(dead.get(1).id())).isTrue();
    assertThat(ledger.discard(dead.get(1).id())).isFalse();
    assertThat(take(ledger)).extracting(OutboxMessage::id).containsExactly(dead.get(0).id());
    assertThat(ledger.deadMessages(null, 10)).isEmpty();
  }

  @Test
  void oldestMessages_areDroppedAndCounted_beyondTheLimits() throws IOException {
    for (int i = 0; i < 8; i++) {
      add("alert-" + i, "group-" + i, Duration.ZERO);
    }
    assertThat(ledger.status().get(NAME).waiting()).isEqualTo(5);
    assertThat(ledger.status().get(NAME).dropped()).isEqualTo(3);
    assertThat(take(ledger).get(0).content()).isEqualTo("[alert-3]");

    add("x".repeat(900), "long", Duration.ZERO);
    add("y".repeat(900), "longer", Duration.ZERO);
    assertThat(ledger.status().get(NAME).waiting()).isEqualTo(1);
  }

  @Test
  void deadMessages_haveALimitOfTheirOwn() throws IOException {
    for (int i = 0; i < 5; i++) {
      add("alert-" + i, "group-" + i, Duration.ZERO);
      ledger.dead(take(ledger), "refused");
    }
    assertThat(ledger.deadMessages(null, 10)).hasSize(3);
  }

  @Test
  void messagesOfANotificationThatIsNowhere_goAfterAMonth() throws IOException {
    add("alert", "a", Duration.ZERO);
    time.pass(Duration.ofDays(31));
    ledger.forget(List.of("another"));
    assertThat(ledger.due()).isEmpty();
  }
}

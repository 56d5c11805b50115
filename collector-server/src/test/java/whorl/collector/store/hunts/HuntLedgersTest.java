package whorl.collector.store.hunts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import whorl.collector.store.access.Part;
import whorl.collector.store.access.Scope;
import whorl.collector.store.hunts.AskedAgent.State;
import whorl.collector.store.hunts.HuntAnswerLedger.Answer;
import whorl.collector.store.hunts.HuntAnswerLedger.Candidate;
import whorl.collector.store.hunts.HuntAnswerLedger.Change;
import whorl.collector.store.hunts.HuntLedger.Added;
import whorl.collector.testkit.EachEngine;
import whorl.evidence.Id;
import whorl.evidence.channel.HuntQuestion;

class HuntLedgersTest extends EachEngine {
  private static final Scope ALL = Scope.EVERYTHING;

  private HuntRecord hunt(int number, String owner) {
    Instant now = time.instant();
    return new HuntRecord(
        new Id("hunt-" + String.format("%04d", number)),
        new HuntQuestion(null, new HuntQuestion.OfClass("x", null), null, null, null),
        "class x",
        new HuntTarget(null, "shop", null, null, null, Map.of()),
        null,
        owner,
        owner,
        List.of(Part.EVERYTHING),
        0,
        20,
        now,
        now,
        now.plusSeconds(180));
  }

  private Id started(HuntLedger ledger, int number) throws IOException {
    HuntRecord hunt = hunt(number, "a" + number);
    assertThat(ledger.add(hunt)).isEqualTo(Added.ADDED);
    assertThat(ledger.start(hunt.id())).isTrue();
    return hunt.id();
  }

  private static Candidate candidate(String agent) {
    return new Candidate(new Id(agent), "", new AskedAgent.Brief("shop", null, "pod-1", null));
  }

  private static Answer answer(Id hunt, String agent, int rows) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      all.add("{\"what\":\"" + i + "\",\"fields\":{}}");
    }
    return new Answer(
        hunt,
        new Id(agent),
        State.ANSWERED,
        null,
        new AskedAgent.Facts(rows, 10, null, null, null, 1, List.of()),
        all);
  }

  @Test
  void record_isReadBackAsItWasWritten() throws IOException {
    HuntLedger ledger = new HuntLedger(one, 2, 4);
    HuntRecord hunt = hunt(1, "a");
    ledger.add(hunt);

    assertThat(new HuntLedger(other, 2, 4).running()).as("it has not begun").isEmpty();
    ledger.start(hunt.id());

    assertThat(new HuntLedger(other, 2, 4).running())
        .extracting(HuntStatus::hunt)
        .containsExactly(hunt);
  }

  @Test
  void limits_holdOverAllCollectors() throws Exception {
    List<Callable<Added>> adding = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      HuntLedger ledger = new HuntLedger(i % 2 == 0 ? one : other, 2, 4);
      HuntRecord hunt = hunt(i, "person-" + i % 3);
      adding.add(() -> ledger.add(hunt));
    }

    List<Added> added = EachEngine.atOnce(adding);

    assertThat(added.stream().filter(Added.ADDED::equals)).hasSize(4);
  }

  @Test
  void preparedHuntOfADeadCollector_countsUntilItsEnd() throws IOException {
    HuntLedger ledger = new HuntLedger(one, 1, 4);
    ledger.add(hunt(1, "a"));
    assertThat(ledger.add(hunt(2, "a"))).isEqualTo(Added.TOO_MANY_OF_OWNER);

    time.pass(Duration.ofMinutes(4));

    assertThat(ledger.add(hunt(3, "a"))).isEqualTo(Added.ADDED);
  }

  @Test
  void answers_countOnce_andRowsAreNumberedInTheirOrder() throws IOException {
    Id hunt = started(new HuntLedger(one, 2, 4), 1);
    HuntAnswerLedger answers = new HuntAnswerLedger(one);
    answers.add(hunt, List.of(candidate("agent-0001"), candidate("agent-0002")));
    answers.asked(hunt, List.of(new Id("agent-0001")), time.instant());

    assertThat(answers.save(List.of(answer(hunt, "agent-0001", 2)), time.instant())).isEqualTo(1);
    assertThat(
            new HuntAnswerLedger(other)
                .save(
                    List.of(answer(hunt, "agent-0001", 2), answer(hunt, "agent-0002", 1)),
                    time.instant()))
        .isEqualTo(1);
    answers.asked(hunt, List.of(new Id("agent-0001")), time.instant());
    answers.change(hunt, List.of(new Change(new Id("agent-0002"), State.SILENT, "late")));

    assertThat(answers.rows(ALL, hunt, null, 0, 10))
        .extracting(FoundRow::number, row -> row.agent().value(), row -> row.row().what())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1L, "agent-0001", "0"),
            org.assertj.core.groups.Tuple.tuple(2L, "agent-0001", "1"),
            org.assertj.core.groups.Tuple.tuple(3L, "agent-0002", "0"));
    assertThat(answers.rows(ALL, hunt, new Id("agent-0002"), 2, 10)).hasSize(1);
    assertThat(answers.counts(ALL, hunt)).isEqualTo(Map.of(State.ANSWERED, 2L));
    assertThat(answers.countWithRows(ALL, hunt)).isEqualTo(2);
    assertThat(answers.agents(ALL, hunt, Set.of(State.ANSWERED), true, "agent-0001", 10))
        .singleElement()
        .satisfies(
            agent -> {
              assertThat(agent.rows()).isEqualTo(1);
              assertThat(agent.brief().pod()).isEqualTo("pod-1");
              assertThat(agent.answer()).isNotNull();
            });
  }

  @Test
  void rowsBeyondTheLimit_areCounted() throws IOException {
    HuntLedger ledger = new HuntLedger(one, 2, 4);
    Id hunt = started(ledger, 1);
    HuntAnswerLedger answers = new HuntAnswerLedger(one);
    List<Answer> all = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      String agent = "agent-" + String.format("%04d", i);
      answers.add(hunt, List.of(candidate(agent)));
      all.add(answer(hunt, agent, 100));
    }

    answers.save(all, time.instant());

    HuntStatus status = ledger.find(hunt);
    assertThat(status.rows()).isEqualTo(HuntAnswerLedger.ROWS_MAX);
    assertThat(status.droppedRows()).isEqualTo(100);
  }

  @Test
  void end_waitsForAnswers_andForTheExpiry() throws IOException {
    HuntLedger ledger = new HuntLedger(one, 2, 4);
    HuntAnswerLedger answers = new HuntAnswerLedger(one);
    Id hunt = started(ledger, 1);
    answers.add(hunt, List.of(candidate("agent-0001"), candidate("agent-0002")));
    answers.asked(hunt, List.of(new Id("agent-0002")), time.instant());
    assertThat(ledger.endIfDone(hunt, time.instant())).isFalse();

    answers.save(List.of(answer(hunt, "agent-0001", 0)), time.instant());
    time.pass(Duration.ofSeconds(151));
    answers.silence(hunt, time.instant().minusSeconds(150), "too late");

    assertThat(ledger.endIfDone(hunt, time.instant())).isTrue();
    assertThat(ledger.endIfDone(hunt, time.instant())).isFalse();
    assertThat(answers.save(List.of(answer(hunt, "agent-0002", 1)), time.instant())).isZero();
    assertThat(answers.agents(ALL, hunt, Set.of(State.SILENT), false, null, 10))
        .singleElement()
        .extracting(AskedAgent::reason)
        .isEqualTo("too late");
  }

  @Test
  void end_comesAlsoWithoutAnswers() throws IOException {
    HuntLedger ledger = new HuntLedger(one, 2, 4);
    HuntAnswerLedger answers = new HuntAnswerLedger(one);
    Id hunt = started(ledger, 1);
    answers.add(hunt, List.of(candidate("agent-0001"), candidate("agent-0002")));
    answers.asked(hunt, List.of(new Id("agent-0002")), time.instant());

    time.pass(Duration.ofSeconds(180));

    assertThat(ledger.endIfDone(hunt, time.instant())).isTrue();
    answers.silenceAll(hunt, "away", "silent");
    assertThat(answers.agents(ALL, hunt, Set.of(), false, null, 10))
        .extracting(AskedAgent::reason)
        .containsExactly("away", "silent");
  }

  @Test
  void forget_deletesOldHunts_withAllTheirRows() throws IOException {
    HuntLedger ledger = new HuntLedger(one, 2, 4);
    HuntAnswerLedger answers = new HuntAnswerLedger(one);
    Id hunt = started(ledger, 1);
    answers.add(hunt, List.of(candidate("agent-0001")));
    answers.save(List.of(answer(hunt, "agent-0001", 3)), time.instant());
    ledger.cancel(hunt, time.instant());
    assertThat(ledger.forget(time.instant())).isZero();

    time.pass(Duration.ofDays(31));

    assertThat(ledger.forget(time.instant())).isEqualTo(1);
    assertThat(ledger.find(hunt)).isNull();
    assertThat(answers.rows(ALL, hunt, null, 0, 10)).isEmpty();
    assertThat(one.query("SELECT count(*) FROM hunt_agents", row -> row.getInt(1)))
        .containsExactly(0);
  }

  @Test
  void awaitedCaptures_areListedOnceTheyEnded_untilTheyAreRemoved() throws IOException {
    HuntCaptureLedger captures = new HuntCaptureLedger(one);
    Instant now = time.instant();
    one.update(
        "INSERT INTO captures (id, agent, service, state, reason, evidence, bytes, total,"
            + " requested_at, sealed_at, ordered, artifacts, force) VALUES"
            + " ('capture-01', 'agent-0001', 'shop', 'sealed', 'x', 'evidence-01', 0, 0, 'x', 'x',"
            + " 1, '[]', 0), ('capture-02', 'agent-0001', 'shop', 'failed', 'x', 'evidence-02', 0,"
            + " 0, 'x', NULL, 1, '[]', 0)");
    HuntCaptureLedger.Awaited sealed = awaited("capture-01");
    HuntCaptureLedger.Awaited failed = awaited("capture-02");
    HuntCaptureLedger.Awaited forgotten = awaited("capture-03");
    captures.add(List.of(sealed, sealed, failed, forgotten), now);

    HuntCaptureLedger.Ended withEvidence =
        new HuntCaptureLedger.Ended(sealed, new Id("evidence-01"));
    HuntCaptureLedger.Ended without = new HuntCaptureLedger.Ended(forgotten, null);
    assertThat(captures.ended(now, "", 10)).containsExactly(withEvidence, without);
    assertThat(captures.ended(now, "", 1)).containsExactly(withEvidence);
    assertThat(captures.ended(now, "capture-01", 10)).containsExactly(without);
    assertThat(captures.ended(now.plusMillis(1), "capture-01", 10))
        .as("what is too old, too")
        .containsExactly(new HuntCaptureLedger.Ended(failed, null), without);
    captures.remove(sealed.capture());
    assertThat(captures.ended(now, "", 10)).containsExactly(without);
  }

  private static HuntCaptureLedger.Awaited awaited(String capture) {
    return new HuntCaptureLedger.Awaited(
        new Id(capture), new Id("hunt-0001"), new Id("case-0001"), "a");
  }
}

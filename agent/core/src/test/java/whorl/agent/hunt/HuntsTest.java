package whorl.agent.hunt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.HuntQuestion;
import whorl.evidence.channel.HuntRow;
import whorl.evidence.channel.HuntState;

@Timeout(60)
class HuntsTest {
  private final List<HuntAnswer> answers = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final Hunts hunts = new Hunts(List.of(new Waiting()), answers::add, this::thread);

  private Thread thread(Runnable work) {
    Thread thread = new Thread(work, "hunts-of-the-test");
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  }

  @AfterEach
  void end() {
    goOn.countDown();
  }

  /** Answers when the test says so, with the name of the thread. */
  private final class Waiting implements HuntKind {
    @Override
    public String name() {
      return HuntQuestion.CLASS;
    }

    @Override
    public void look(HuntQuestion question, HuntWork work) {
      begun.countDown();
      if (question.type() != null && "fails".equals(question.type().name())) {
        throw new IllegalStateException("of the test");
      }
      while (work.goesOn() && goOn.getCount() > 0) {
        Thread.onSpinWait();
      }
      work.found(
          new HuntRow(
              Thread.currentThread().getName(), null, null, null, null, java.util.Map.of()));
    }
  }

  private static CollectorMessage.Hunt hunt(int number, HuntQuestion question) {
    return new CollectorMessage.Hunt(new Id("hunt-000" + number), question, 0, 20);
  }

  private static CollectorMessage.Hunt hunt(int number) {
    return hunt(number, HuntFixture.type("x", null));
  }

  @Test
  void fiveHunts_areAnsweredByOneThread_andTheSixthIsRefused() throws Exception {
    hunts.ask(hunt(0));
    begun.await();
    for (int i = 1; i <= 5; i++) {
      hunts.ask(hunt(i));
    }

    assertThat(answers)
        .singleElement()
        .satisfies(
            refused -> {
              assertThat(refused.hunt().value()).isEqualTo("hunt-0005");
              assertThat(refused.state()).isEqualTo(HuntState.REFUSED);
              assertThat(refused.reason()).isEqualTo("4 hunts wait already");
            });
    goOn.countDown();
    await().untilAsserted(() -> assertThat(answers).hasSize(6));
    assertThat(threads).hasSize(1);
    assertThat(answers.get(5).rows())
        .extracting(HuntRow::what)
        .containsExactly("hunts-of-the-test");
    assertThat(hunts.losses()).containsEntry("hunts.refused", 1L);
  }

  @Test
  void huntThatIsAskedAgain_isAnsweredOnce() throws Exception {
    hunts.ask(hunt(0));
    begun.await();
    hunts.ask(hunt(1));
    hunts.ask(hunt(0));
    hunts.ask(hunt(1));
    goOn.countDown();

    await().untilAsserted(() -> assertThat(answers).hasSize(2));
    hunts.ask(hunt(2));
    await().untilAsserted(() -> assertThat(answers).hasSize(3));
  }

  @Test
  void endedHunt_stopsAndIsNotAnswered() throws Exception {
    hunts.ask(hunt(0));
    begun.await();
    hunts.ask(hunt(1));
    hunts.ask(hunt(2));

    hunts.end(new Id("hunt-0001"));
    hunts.end(new Id("hunt-0000"));
    goOn.countDown();

    await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(answers).hasSize(1));
    assertThat(answers.get(0).hunt().value()).isEqualTo("hunt-0002");
  }

  @Test
  void failure_isAnAnswer_andTheNextHuntIsAnswered() {
    goOn.countDown();
    hunts.ask(hunt(0, HuntFixture.type("fails", null)));
    hunts.ask(hunt(1));

    await().untilAsserted(() -> assertThat(answers).hasSize(2));
    assertThat(answers.get(0).state()).isEqualTo(HuntState.FAILED);
    assertThat(answers.get(0).reason()).isEqualTo("it failed with java.lang.IllegalStateException");
    assertThat(answers.get(1).state()).isEqualTo(HuntState.ANSWERED);
  }

  @Test
  void questionOfAnotherKind_isRefused() {
    hunts.ask(hunt(0, HuntFixture.registration("filter", null)));

    await().untilAsserted(() -> assertThat(answers).hasSize(1));
    assertThat(answers.get(0).state()).isEqualTo(HuntState.REFUSED);
    assertThat(answers.get(0).reason())
        .isEqualTo("this agent cannot answer questions about a registration");
    assertThat(hunts.names()).containsExactly("class");
  }
}

package whorl.agent.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.Alert;
import whorl.rules.Events;
import whorl.rules.Rules;
import whorl.rules.engine.RuleSet;

/** From a match on an application's thread to an alert on the agent's thread. */
class CorrelationDispatcherTest {
  private static final String RULES = Rules.base("read", "file_event", "path|startswith: /read/");
  private static final String THREE =
      RULES
          + Rules.correlation(
              "type: event_count\nrules: [read]\ngroup-by: [request.id]\n"
                  + "timespan: 10s\ncondition: {gte: 3}");

  private record Reported(Alert alert, AgentEvent event, Thread thread) {}

  private final BlockingQueue<Reported> reported = new LinkedBlockingQueue<>();
  private Thread thread;

  private RuleConsumer stage(String yaml) {
    return stage(yaml, CorrelationDispatcherTest::sinceNoon);
  }

  private RuleConsumer stage(String yaml, InstantSource clock) {
    RuleSet rules = RuleSet.parse(yaml, "test.yml");
    assertThat(rules.problems()).isEmpty();
    RuleConsumer stage =
        new RuleConsumer(
            rules,
            (alert, event) -> reported.add(new Reported(alert, event, Thread.currentThread())),
            clock);
    thread = stage.correlations().start(work -> new Thread(work, "whorl-correlation"));
    return stage;
  }

  @AfterEach
  void end() throws InterruptedException {
    thread.interrupt();
    thread.join(10_000);
    assertThat(thread.isAlive()).isFalse();
  }

  private static final long STARTED = System.nanoTime();

  /** The time of the events' noon plus the time since the test began. */
  private static Instant sinceNoon() {
    return Instant.ofEpochSecond(0, Events.NOON).plusNanos(System.nanoTime() - STARTED);
  }

  private static AgentEvent read(long sequence, String request) {
    return read(sequence, sequence, request);
  }

  private static AgentEvent read(long sequence, long millis, String request) {
    return Events.at(
        sequence,
        millis,
        EventType.FILE_OPEN,
        Events.request(request),
        "path",
        "/read/" + sequence);
  }

  @Test
  void lastMatch_alertsOnTheAgentsThread_withTheLastEvent() throws Exception {
    RuleConsumer stage = stage(THREE);
    for (int i = 0; i < 3; i++) {
      stage.accept(read(i, "r1"));
    }

    Reported one = reported.poll(10, TimeUnit.SECONDS);

    assertThat(one).isNotNull();
    assertThat(one.thread()).isSameAs(thread);
    assertThat(one.event().sequence()).isEqualTo(2);
    assertThat(one.alert().title()).isEqualTo("together");
    assertThat(one.alert().fields())
        .containsEntry("path", "/read/2")
        .containsEntry("request.id", "r1")
        .containsEntry("request.remoteAddress", "10.0.0.9")
        .containsEntry("correlation.type", "event_count")
        .containsEntry("correlation.count", 3L)
        .containsEntry("correlation.group", "request.id=r1");
    assertThat((List<?>) one.alert().fields().get("correlation.events"))
        .hasSize(3)
        .allMatch(line -> ((String) line).contains("whorl.FileOpen"));
    assertThat(one.alert().stack())
        .as("the stack of the matching thread, without frames of Whorl")
        .isNotEmpty();
    assertThat(reported).as("the base rule is silent").isEmpty();
    assertThat(stage.losses().values()).allMatch(count -> count == 0);
  }

  @Test
  void replace_dropsTheState() throws Exception {
    RuleConsumer stage = stage(THREE);
    stage.accept(read(0, "r1"));
    stage.accept(read(1, "r1"));
    stage.replace(RuleSet.parse(THREE.replace("together", "other"), "b.yml"));
    stage.accept(read(2, "r1"));
    stage.accept(read(3, "r1"));
    assertThat(reported).isEmpty();
    stage.accept(read(4, "r1"));

    Reported one = reported.poll(10, TimeUnit.SECONDS);
    assertThat(one).isNotNull();
    assertThat(one.alert().title()).isEqualTo("other");
  }

  @Test
  void upperBound_firesWithoutAnotherEvent() throws Exception {
    RuleConsumer stage =
        stage(
            RULES
                + Rules.correlation(
                    "type: event_count\nrules: [read]\ntimespan: 1s\ncondition: {lt: 3}"));
    stage.accept(read(0, "r1"));

    Reported one = reported.poll(10, TimeUnit.SECONDS);

    assertThat(one).isNotNull();
    assertThat(one.event().sequence()).isZero();
  }

  @Test
  void clockThatIsSetBack_hidesNoLaterMatches() throws Exception {
    long hourMillis = 3_600_000;
    AtomicReference<Instant> clock =
        new AtomicReference<>(Instant.ofEpochSecond(0, Events.NOON).plusMillis(hourMillis));
    RuleConsumer stage = stage(THREE, clock::get);
    stage.accept(read(0, hourMillis, "r1"));
    await().until(() -> stage.correlations().heldBytes().get("correlations") > 0);
    clock.set(Instant.ofEpochSecond(0, Events.NOON));
    await().until(() -> stage.losses().get("correlations.forgotten") == 1);
    for (int i = 1; i < 4; i++) {
      stage.accept(read(i, "r1"));
    }

    Reported one = reported.poll(10, TimeUnit.SECONDS);
    assertThat(one).isNotNull();
    assertThat(one.event().sequence()).isEqualTo(3);
  }

  @Test
  void flood_isBounded_andCounted() throws Exception {
    RuleConsumer stage =
        stage(
            RULES
                + Rules.correlation(
                    "type: event_count\nrules: [read]\ntimespan: 1h\ncondition: {gte: 2000}"));
    for (int i = 0; i < 900; i++) {
      stage.accept(read(i, "r1"));
    }

    assertThat(stage.losses()).containsEntry("correlations.dropped", 400L);
    assertThat(reported).isEmpty();
  }

  @Test
  void generate_true_alertsForBoth() throws Exception {
    RuleConsumer stage = stage(THREE + "generate: true\n");
    for (int i = 0; i < 3; i++) {
      stage.accept(read(i, "r1"));
    }

    assertThat(reported.poll(10, TimeUnit.SECONDS).alert().title()).isEqualTo("The read");
    assertThat(reported.poll(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(reported.poll(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(reported.poll(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(reported).isEmpty();
  }
}

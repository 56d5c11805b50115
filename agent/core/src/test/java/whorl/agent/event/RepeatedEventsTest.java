package whorl.agent.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.time.EpochClock;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

class RepeatedEventsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long NOON = 1_796_000_000_000_000_000L;

  private final AtomicLong now = new AtomicLong(NOON);
  private final EventSink sink =
      new EventSink(
          new EpochClock() {
            @Override
            public long nanos() {
              return now.get();
            }
          });
  private final List<AgentEvent> emitted = new ArrayList<>();
  private final AtomicLong requests = new AtomicLong();
  private boolean interesting;

  RepeatedEventsTest() {
    sink.forwardTo(
        event -> {
          synchronized (emitted) {
            emitted.add(event);
          }
          if (!interesting) {
            event.markRoutine();
          }
        });
  }

  @AfterEach
  void clearRequest() {
    CurrentRequest.set(null);
  }

  private RequestContext answered(String path, long responseBytes, long elapsedNanos) {
    RequestContext request =
        new RequestContext("k3x-", requests.incrementAndGet(), "GET", path, "", "10.0.0.7");
    answered(request, path, responseBytes, elapsedNanos);
    return request;
  }

  private void answered(
      RequestContext request, String path, long responseBytes, long elapsedNanos) {
    sink.emitAnswered(
        request,
        "GET",
        path,
        "q=1",
        "10.0.0.7",
        200,
        "tomcat",
        null,
        "curl/8",
        0L,
        responseBytes,
        elapsedNanos,
        null);
  }

  private static @Nullable Object repeated(AgentEvent event) {
    int index = event.type().indexOf("repeated");
    return index < 0 ? null : event.value(index);
  }

  private static long total(List<AgentEvent> events) {
    return events.stream()
        .mapToLong(event -> 1 + (repeated(event) instanceof Long count ? count : 0))
        .sum();
  }

  @Test
  void equalEvents_withinASecond_areEmittedOnce_andCountedInTheNext() {
    for (int i = 0; i < 500; i++) {
      answered("/health", 15, 400_000 + i);
    }
    now.addAndGet(SECOND);
    answered("/health", 16, 3_000);

    assertThat(emitted).hasSize(2);
    assertThat(repeated(emitted.get(0))).isNull();
    assertThat(repeated(emitted.get(1))).isEqualTo(499L);
    assertThat(sink.counted()).isEqualTo(499);
  }

  @Test
  void manyEqualEvents_areEmittedEarlyAtFirst_andCountedExactly() {
    for (int i = 0; i < 10_000; i++) {
      answered("/health", 15, 400_000 + i);
    }

    assertThat(emitted).hasSize(1 + 4);
    now.addAndGet(SECOND);
    for (int i = 0; i < 10_000; i++) {
      answered("/health", 15, 400_000 + i);
    }
    assertThat(emitted).hasSize(1 + 4 + 1);
    sink.emitCounts(-1);
    assertThat(total(emitted)).isEqualTo(20_000);
  }

  @Test
  void eventsThatDiffer_areAllEmitted() {
    answered("/a", 15, 1_000);
    answered("/b", 15, 1_000);
    answered("/a", 5_000, 1_000);
    answered("/a", 15, 5 * SECOND);
    sink.emit(EventType.FILE_OPEN, "/x", "read", false, false, null);
    sink.emit(EventType.FILE_OPEN, "/x", "write", false, false, null);
    sink.emit(EventType.FILE_OPEN, "/x", "read", false, true, null);
    sink.emit(EventType.FILE_OPEN, "/x", "read", false, false, "/etc/shadow");
    CurrentRequest.set(new RequestContext("k3x-1", "GET", "/a", "10.0.0.7"));
    sink.emit(EventType.FILE_OPEN, "/x", "read", false, false, null);
    CurrentRequest.set(new RequestContext("k3x-2", "GET", "/a", "10.0.0.8"));
    sink.emit(EventType.FILE_OPEN, "/x", "read", false, false, null);

    assertThat(emitted).hasSize(10);
  }

  @Test
  void textsWithTheSameHash_areDistinguished() {
    answered("/Aa", 15, 1_000);
    answered("/BB", 15, 1_000);

    assertThat("/Aa".hashCode()).isEqualTo("/BB".hashCode());
    assertThat(emitted).hasSize(2);
  }

  @Test
  void createdFiles_andSignificantEvents_areAlwaysEmitted() {
    for (int i = 0; i < 3; i++) {
      sink.emit(EventType.FILE_OPEN, "/x", "write", true, false, null);
      sink.emit(EventType.FILE_DELETE, "/x", null);
      sink.emit(EventType.PROCESS_START, "id", null, -1L, null);
    }

    assertThat(emitted).hasSize(9);
  }

  @Test
  void eventThatInterestsARule_isAlwaysEmitted() {
    interesting = true;
    for (int i = 0; i < 100; i++) {
      answered("/admin", 15, 1_000);
    }

    assertThat(emitted).hasSize(100);
  }

  @Test
  void eventThatNoRuleEvaluated_isEmitted() {
    sink.forwardTo();
    answered("/a", 15, 1_000);
    sink.forwardTo(emitted::add);
    answered("/a", 15, 1_000);
    answered("/a", 15, 1_000);

    assertThat(emitted).hasSize(2);
  }

  @Test
  void rulesChanged_eventIsEvaluatedAgain() {
    answered("/a", 15, 1_000);
    sink.rulesChanged();
    interesting = true;
    answered("/a", 15, 1_000);
    answered("/a", 15, 1_000);

    assertThat(emitted).hasSize(3);
  }

  @Test
  void requestThatAnEventNames_isEmitted() {
    answered("/a", 15, 1_000);
    RequestContext second = new RequestContext("k3x-", 99, "GET", "/a", "", "10.0.0.7");
    CurrentRequest.set(second);
    sink.emit(EventType.PROCESS_START, "id", null, -1L, null);
    answered(second, "/a", 15, 1_000);

    assertThat(emitted).hasSize(3);
    assertThat(emitted.get(2).request()).isEqualTo(second);
  }

  @Test
  void requestThatAnEventNamesLater_isEmittedThen_andNotCounted() {
    answered("/a", 15, 1_000);
    now.addAndGet(1_000);
    RequestContext second = answered("/a", 15, 2_000);
    answered("/a", 15, 1_000);
    assertThat(emitted).hasSize(1);

    now.addAndGet(500_000_000);
    CurrentRequest.set(second);
    sink.emit(EventType.PROCESS_START, "id", null, -1L, null);
    CurrentRequest.set(null);
    now.addAndGet(SECOND);
    answered("/a", 15, 1_000);

    assertThat(emitted)
        .extracting(AgentEvent::type)
        .containsExactly(
            EventType.HTTP_REQUEST,
            EventType.HTTP_REQUEST,
            EventType.PROCESS_START,
            EventType.HTTP_REQUEST);
    assertThat(emitted.get(1).request()).isEqualTo(second);
    assertThat(emitted.get(1).epochNanos()).isEqualTo(NOON + 1_000);
    assertThat(emitted.get(1).value(10)).isEqualTo(2_000L);
    assertThat(total(emitted) - 1).as("requests").isEqualTo(4);
  }

  @Test
  void requestThatAnEventNamesLongAfterTheResponse_isEmitted() {
    answered("/a", 15, 1_000);
    RequestContext second = answered("/a", 15, 2_000);
    second.end(System.nanoTime() - 2 * RequestContext.GRACE_NANOS);
    CurrentRequest.set(second);
    sink.emit(EventType.PROCESS_START, "id", null, -1L, null);

    assertThat(emitted).hasSize(3);
    assertThat(emitted.get(1).request()).isEqualTo(second);
  }

  @Test
  void tellEach_everyEventIsEmitted_upToTheLimit() {
    answered("/a", 15, 1_000);
    sink.emitEach(10 * SECOND);
    for (int i = 0; i < 400; i++) {
      answered("/a", 15, 1_000);
    }
    assertThat(emitted).hasSize(401);

    for (int i = 0; i < 10_000; i++) {
      answered("/a", 15, 1_000);
    }
    now.addAndGet(11 * SECOND);
    answered("/a", 15, 1_000);
    answered("/a", 15, 1_000);

    assertThat(emitted).hasSizeLessThan(600);
    sink.emitCounts(-1);
    assertThat(total(emitted)).isEqualTo(10_403);
  }

  @Test
  void tellCounted_lastCounts_areEmittedWithoutAnotherEvent() {
    for (int i = 0; i < 5; i++) {
      answered("/a", 15, 1_000);
      sink.emit(EventType.FILE_OPEN, "/x", "read", false, false, null);
    }
    sink.emitCounts(SECOND);
    assertThat(emitted).hasSize(2);

    now.addAndGet(2 * SECOND);
    sink.emitCounts(SECOND);
    sink.emitCounts(SECOND);

    assertThat(emitted).hasSize(4);
    assertThat(emitted.subList(2, 4))
        .allSatisfy(event -> assertThat(repeated(event)).isEqualTo(3L))
        .allSatisfy(event -> assertThat(event.request()).isNull());
  }

  @Test
  void snapshot_includesAllCountedEvents() {
    for (int i = 0; i < 5; i++) {
      answered("/a", 15, 1_000);
    }

    assertThat(total(sink.snapshot())).isEqualTo(5);
  }

  @Test
  void clockThatIsSetBack_emitsAgain() {
    answered("/a", 15, 1_000);
    now.addAndGet(-60 * SECOND);
    answered("/a", 15, 1_000);
    answered("/a", 15, 1_000);

    assertThat(emitted).hasSize(2);
  }

  @Test
  void moreKindsThanAreKept_areEmittedAndNoneIsMissing() {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 5_000; i++) {
        answered("/items/" + i, 15, 1_000);
        answered("/items/" + i, 15, 1_000);
      }
    }
    sink.emitCounts(-1);

    assertThat(total(emitted)).isEqualTo(30_000);
  }

  @Test
  void longTexts_areNotKept() {
    String path = "/" + "x".repeat(RepeatedEvents.MAX_CHARS);
    answered(path, 15, 1_000);
    answered(path, 15, 1_000);

    assertThat(emitted).hasSize(2);
  }

  @Test
  void manyThreads_countExactly() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  answered("/a" + i % 3, 15, 1_000);
                  if (i % 100 == 0) {
                    now.addAndGet(SECOND / 4);
                    sink.emitCounts(SECOND);
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    sink.emitCounts(-1);

    assertThat(total(emitted)).isEqualTo(160_000);
  }
}

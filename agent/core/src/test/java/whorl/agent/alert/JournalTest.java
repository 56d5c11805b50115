package whorl.agent.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.EventLine;

class JournalTest {
  private static final int OBJECTS = 10_000;

  private final List<EventLine> lines = new CopyOnWriteArrayList<>();
  private final Journal journal = new Journal(lines::add);
  private Thread thread;

  @AfterEach
  void stop() {
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** The JDK has an event for each object of a stream and for each reference to an earlier one. */
  @Test
  void accept_manyObjectsOfOneStream_leaveRoomForOtherEvents() {
    for (int i = 0; i < OBJECTS; i++) {
      journal.accept(event(i, EventType.JDK_DESERIALIZATION, "java.lang.Integer", "ALLOWED", -1));
    }
    journal.accept(event(OBJECTS, EventType.DESERIALIZATION, "java.util.HashMap", "PASSED", false));
    journal.accept(event(OBJECTS + 1, EventType.PROCESS_START, "sh -c id", "/", 7L));

    assertThat(journal.dropped()).isZero();
    journal.start(this::daemon);
    await().until(() -> lines.size() >= 2);
    assertThat(lines)
        .extracting(EventLine::type)
        .containsExactly("whorl.Deserialization", "whorl.ProcessStart");
  }

  private static AgentEvent event(long sequence, EventType type, Object... values) {
    return AgentEvent.recorded(
        type, sequence, sequence, "http-1", new StackTraceElement[0], null, values);
  }

  private Thread daemon(Runnable work) {
    thread = new Thread(work, "journal");
    thread.setDaemon(true);
    return thread;
  }
}

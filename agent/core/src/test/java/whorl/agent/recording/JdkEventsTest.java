package whorl.agent.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.consumer.EventStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;

class JdkEventsTest {
  private final AtomicInteger opened = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);
  private Thread thread;

  @AfterEach
  void stop() {
    end.countDown();
    thread.interrupt();
  }

  @Test
  void run_jdkEndsTheReading_beginsAgainAndCountsTheGap() {
    JdkEvents events =
        start(
            () -> {
              int number = opened.incrementAndGet();
              return stream(
                  () -> {
                    if (number > 1) {
                      end.await();
                    }
                  });
            });

    await().until(() -> opened.get() == 2);
    assertThat(thread.isAlive()).isTrue();
    assertThat(events.losses()).containsEntry("recording.jdkEventsMissed", 1L);
  }

  @Test
  void run_fileThatCannotBeRead_isTriedAgainLessAndLessOften() {
    List<Long> triedNanos = new CopyOnWriteArrayList<>();
    JdkEvents events =
        start(
            () -> {
              triedNanos.add(System.nanoTime());
              throw new IOException("no file");
            });

    await().atMost(Duration.ofSeconds(60)).until(() -> triedNanos.size() == 3);
    assertThat(triedNanos.get(1) - triedNanos.get(0)).isGreaterThan(1_900_000_000L);
    assertThat(triedNanos.get(2) - triedNanos.get(1)).isGreaterThan(3_900_000_000L);
    await().until(() -> events.losses().get("recording.jdkEventsMissed") == 3);
  }

  private JdkEvents start(JdkEvents.Repository repository) {
    EventSink sink = new EventSink(new EpochClock());
    JdkEvents events = new JdkEvents(sink, Path.of("/agent.jar"), repository);
    thread = new Thread(events, "jdk-events");
    thread.setDaemon(true);
    thread.start();
    return events;
  }

  private interface Reading {
    void run() throws InterruptedException;
  }

  /** A stream whose start does this. */
  private static EventStream stream(Reading reading) {
    return (EventStream)
        Proxy.newProxyInstance(
            JdkEventsTest.class.getClassLoader(),
            new Class<?>[] {EventStream.class},
            (stream, method, arguments) -> {
              if (method.getName().equals("start")) {
                reading.run();
              }
              return null;
            });
  }
}

package whorl.collector.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.testkit.TestDatabase;

@ParameterizedClass
@EnumSource
class NotificationsTest {
  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private TestDatabase data;
  private Database database;
  private Notifications notifications;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    notifications = database.openNotifications();
  }

  @AfterEach
  void close() throws IOException {
    notifications.close();
    data.close();
  }

  @Test
  void subscriber_getsTheMessagesOfItsTopic_inOrder() throws IOException {
    Heard heard = new Heard();
    notifications.subscribe("one", heard);
    await().atMost(Duration.ofSeconds(10)).until(() -> heard.missed.get() > 0);

    notifications.publish("one", "a\nb\0c");
    notifications.publish("other", "x");
    notifications.publish("one", "");

    await().untilAsserted(() -> assertThat(heard.payloads).containsExactly("a\nb\0c", ""));
  }

  @Test
  void listenerThatFails_keepsNoOtherFromItsMessages() throws IOException {
    Heard heard = new Heard();
    notifications.subscribe(
        "one",
        new Notifications.Listener() {
          @Override
          public void received(String payload) {
            throw new IllegalStateException("bug");
          }

          @Override
          public void mayHaveMissed() {
            throw new IllegalStateException("bug");
          }
        });
    notifications.subscribe("one", heard);
    await().atMost(Duration.ofSeconds(10)).until(() -> heard.missed.get() > 0);

    notifications.publish("one", "a");
    notifications.publish("one", "b");

    await().untilAsserted(() -> assertThat(heard.payloads).containsExactly("a", "b"));
  }

  @Test
  void endedSubscription_getsNothing() throws IOException {
    Heard ended = new Heard();
    Heard heard = new Heard();
    notifications.subscribe("one", ended).close();
    notifications.subscribe("one", heard);
    await().atMost(Duration.ofSeconds(10)).until(() -> heard.missed.get() > 0);

    notifications.publish("one", "a");

    await().untilAsserted(() -> assertThat(heard.payloads).containsExactly("a"));
    assertThat(ended.payloads).isEmpty();
  }

  @Test
  void longestMessage_arrives_andALongerOneIsRefused() throws IOException {
    Heard heard = new Heard();
    notifications.subscribe("one", heard);
    await().atMost(Duration.ofSeconds(10)).until(() -> heard.missed.get() > 0);
    String longest = "x".repeat(Notifications.MAX_BYTES - "one".length());

    notifications.publish("one", longest);

    await().untilAsserted(() -> assertThat(heard.payloads).containsExactly(longest));
    assertThatThrownBy(() -> notifications.publish("one", longest + "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("write it to a table");
    assertThatThrownBy(() -> notifications.publish("one", "\0".repeat(2_000)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> notifications.publish("o\ne", "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  static final class Heard implements Notifications.Listener {
    final List<String> payloads = new CopyOnWriteArrayList<>();
    final AtomicInteger missed = new AtomicInteger();

    @Override
    public void received(String payload) {
      payloads.add(payload);
    }

    @Override
    public void mayHaveMissed() {
      missed.incrementAndGet();
    }
  }
}

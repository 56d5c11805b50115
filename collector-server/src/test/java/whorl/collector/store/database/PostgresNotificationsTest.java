package whorl.collector.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import whorl.collector.store.database.NotificationsTest.Heard;
import whorl.collector.testkit.TcpProxy;
import whorl.collector.testkit.TestPostgres;

class PostgresNotificationsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void messages_reachOtherCollectors_afterTheCommit_andAfterALostConnection() throws IOException {
    try (TestPostgres postgres = TestPostgres.create();
        TcpProxy proxy = new TcpProxy(postgres.port());
        PostgresDatabase here = PostgresDatabase.open(postgres.address());
        PostgresDatabase there =
            PostgresDatabase.open(
                new PostgresAddress(
                    "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + postgres.name(),
                    "postgres",
                    null));
        Notifications sending = here.openNotifications();
        Notifications receiving = there.openNotifications()) {
      Heard heard = new Heard();
      receiving.subscribe("commands", heard);
      await().atMost(PATIENCE).until(() -> heard.missed.get() > 0);
      here.inTransaction(
          () -> {
            sending.publish("commands", "first");
            return 1;
          });
      assertThatThrownBy(
              () ->
                  here.inTransaction(
                      () -> {
                        sending.publish("commands", "undone");
                        throw new IOException("enough");
                      }))
          .hasMessage("enough");
      sending.publish("commands", "second");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(heard.payloads).containsExactly("first", "second"));

      int before = heard.missed.get();
      proxy.cut();
      sending.publish("commands", "lost");
      proxy.mend();
      await().atMost(PATIENCE).until(() -> heard.missed.get() > before);
      sending.publish("commands", "third");

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(heard.payloads).containsExactly("first", "second", "third"));
    }
  }
}

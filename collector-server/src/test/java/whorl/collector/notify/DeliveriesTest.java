package whorl.collector.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.notify.file.NotifyFile;
import whorl.collector.notify.message.Kind;
import whorl.collector.notify.message.Notice;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Leases;
import whorl.collector.store.limits.LedgerTime;
import whorl.collector.store.outbox.NewMessage;
import whorl.collector.store.outbox.OutboxLedger;
import whorl.collector.store.outbox.OutboxStatus;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.JournalLedger;
import whorl.collector.testkit.HttpReceiver;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Messages arrive once, whatever receivers and collectors do meanwhile. */
@ParameterizedClass
@EnumSource
@Timeout(120)
class DeliveriesTest {
  @Parameter TestDatabase.Engine engine;
  @TempDir private Path folder;
  private final InstantSource clock = InstantSource.system();
  private final List<AutoCloseable> closing = new ArrayList<>();
  private TestDatabase data;
  private HttpReceiver receiver;
  private NotifyFile file;

  @BeforeEach
  void start() throws IOException {
    data = TestDatabase.create(engine, folder);
    receiver = HttpReceiver.start();
    file = file(hook("hook", receiver.port(), "retry-for: 1h"));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : closing) {
      each.close();
    }
    receiver.close();
    data.close();
  }

  private static String hook(String name, int port, String more) {
    return "  - {name: "
        + name
        + ", type: webhook, url: 'http://127.0.0.1:"
        + port
        + "/x', insecure: true, allow-local: true, wait: 0s, every: 0s, "
        + more
        + "}\n";
  }

  private NotifyFile file(String... notifications) throws IOException {
    return NotifyFile.open(
        Files.writeString(
            folder.resolve("notify.yaml"), "notifications:\n" + String.join("", notifications)));
  }

  /** A collector, as far as it has to do with messages. */
  private OutboxLedger collector(String name) throws IOException {
    Database database = data.open();
    OutboxLedger outbox =
        new OutboxLedger(database, LedgerTime.of(database), name, OutboxLedger.Limits.DEFAULT);
    JournalDelivery.Sources sources =
        new JournalDelivery.Sources(
            outbox,
            new JournalLedger(database, JournalLedger.Limits.DEFAULT, clock),
            new AgentLedger(database),
            new Leases(database, name),
            clock,
            Duration.ZERO);
    closing.add(0, new Deliveries(file::now, sources, () -> null, new NotifyCounters()));
    return outbox;
  }

  private void add(OutboxLedger outbox, String to, String group) throws IOException {
    Notice notice = Notices.test("a test", clock.instant());
    outbox.add(
        new NewMessage(
            Id.next(clock), to, "event:" + group, group, Json.text(notice), Duration.ZERO),
        (stored, more) -> more);
  }

  private static OutboxStatus status(OutboxLedger outbox, String name) throws IOException {
    return outbox.status().getOrDefault(name, OutboxStatus.NONE);
  }

  private static void awaitDelivered(OutboxLedger outbox, String name, long number) {
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(() -> assertThat(status(outbox, name).delivered()).isEqualTo(number));
  }

  @Test
  void absentReceiver_getsEverythingWhenItIsBack() throws Exception {
    int port = receiver.port();
    receiver.close();
    OutboxLedger outbox = collector("one");
    for (int i = 0; i < 3; i++) {
      add(outbox, "hook", "group-" + i);
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(status(outbox, "hook").failed()).isPositive());
    assertThat(status(outbox, "hook").problem()).contains("no answer");

    receiver = HttpReceiver.start(port);
    awaitDelivered(outbox, "hook", 3);
    assertThat(receiver.posts)
        .extracting(post -> post.headers().get("webhook-id"))
        .hasSize(3)
        .doesNotHaveDuplicates();
    assertThat(status(outbox, "hook").waiting()).isZero();
  }

  @Test
  void repeatedAttempts_haveTheSameId() throws Exception {
    receiver.status = 500;
    OutboxLedger outbox = collector("one");
    add(outbox, "hook", "a");
    await().atMost(Duration.ofSeconds(20)).until(() -> !receiver.posts.isEmpty());
    receiver.status = 200;
    awaitDelivered(outbox, "hook", 1);

    assertThat(receiver.posts.size()).isGreaterThan(1);
    assertThat(receiver.posts)
        .extracting(post -> post.headers().get("webhook-id"))
        .containsOnly(receiver.posts.get(0).headers().get("webhook-id"));
  }

  @Test
  void receiverThatAsksForTime_isLeftAlone() throws Exception {
    receiver.status = 429;
    receiver.answerHeaders.put("Retry-After", "3600");
    OutboxLedger outbox = collector("one");
    add(outbox, "hook", "a");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(status(outbox, "hook").failed()).isEqualTo(1));

    receiver.status = 200;
    add(outbox, "hook", "b");
    await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(10))
        .until(() -> receiver.posts.size() == 1);
    assertThat(status(outbox, "hook").waiting()).isEqualTo(2);
  }

  @Test
  void refusedMessage_isGivenUp_andArrivesWhenAPersonRetries() throws Exception {
    receiver.status = 422;
    receiver.answer = "no such field";
    OutboxLedger outbox = collector("one");
    add(outbox, "hook", "a");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(status(outbox, "hook").dead()).isEqualTo(1));
    assertThat(outbox.deadMessages(null, 10).get(0).problem()).contains("422 no such field");

    receiver.status = 200;
    outbox.retry(outbox.deadMessages(null, 10).get(0).id());
    awaitDelivered(outbox, "hook", 1);
    assertThat(status(outbox, "hook").dead()).isZero();
  }

  @Test
  void messageThatIsTriedTooLong_isGivenUp() throws Exception {
    file = file(hook("hook", receiver.port(), "retry-for: 0s"));
    receiver.status = 503;
    OutboxLedger outbox = collector("one");
    add(outbox, "hook", "a");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(status(outbox, "hook").dead()).isEqualTo(1));
  }

  @Test
  void receiverThatHangs_delaysNoOther() throws Exception {
    try (HttpReceiver quick = HttpReceiver.start()) {
      file =
          file(
              hook("slow", receiver.port(), "retry-for: 1h"),
              hook("quick", quick.port(), "retry-for: 1h"));
      receiver.hanging = new CountDownLatch(1);
      OutboxLedger outbox = collector("one");
      for (int i = 0; i < 20; i++) {
        add(outbox, "slow", "group-" + i);
      }
      await().atMost(Duration.ofSeconds(20)).until(() -> !receiver.posts.isEmpty());

      add(outbox, "quick", "a");
      long begun = System.nanoTime();
      awaitDelivered(outbox, "quick", 1);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
      assertThat(receiver.posts).hasSizeLessThan(3);
      receiver.hanging.countDown();
    }
  }

  @Test
  void twoCollectors_sendEachMessageOnce() throws Exception {
    OutboxLedger one = collector("one");
    OutboxLedger other =
        engine == TestDatabase.Engine.SQLITE ? one : collector("other"); // SQLite has only one
    for (int i = 0; i < 40; i++) {
      add(i % 2 == 0 ? one : other, "hook", "group-" + i);
    }
    awaitDelivered(one, "hook", 40);

    assertThat(receiver.posts)
        .extracting(post -> post.headers().get("webhook-id"))
        .hasSize(40)
        .doesNotHaveDuplicates();
  }

  @Test
  void messagesOfAnEarlierRun_areDelivered() throws Exception {
    Database database = data.open();
    OutboxLedger before =
        new OutboxLedger(database, LedgerTime.of(database), "one", OutboxLedger.Limits.DEFAULT);
    add(before, "hook", "a"); // and the collector dies

    OutboxLedger after = collector("next");
    awaitDelivered(after, "hook", 1);
    assertThat(receiver.posts).hasSize(1);
    assertThat(receiver.posts.get(0).json().get("kind").asText()).isEqualTo(Kind.TEST.word());
  }

  @Test
  void journal_isDeliveredInOrder_afterAnAbsenceToo() throws Exception {
    receiver.bytes = new byte[0];
    file =
        file(
            "  - {name: logs, type: otlp, url: 'http://127.0.0.1:"
                + receiver.port()
                + "/v1/logs', insecure: true, allow-local: true, include: [path],"
                + " filter: {kinds: [journal]}}\n");
    Database database = data.open();
    JournalLedger journal = new JournalLedger(database, JournalLedger.Limits.DEFAULT, clock);
    Id agent = Id.next(clock);
    append(journal, agent, 0); // before anybody wants it
    OutboxLedger outbox = collector("one");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(outbox.journal("logs")).isPositive());

    receiver.status = 503;
    append(journal, agent, 1);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(status(outbox, "logs").failed()).isPositive());
    receiver.posts.clear();
    receiver.status = 200;
    append(journal, agent, 2);

    await().atMost(Duration.ofSeconds(30)).until(() -> delivered().size() >= 2);
    assertThat(delivered()).containsExactly("/file-1", "/file-2");
  }

  private static void append(JournalLedger journal, Id agent, long sequence) throws IOException {
    EventLine event =
        new EventLine(
            sequence,
            Instant.now(),
            "whorl.FileOpen",
            Map.of("path", "/file-" + sequence, "access", "read"),
            "main",
            List.of());
    journal.append(List.of(new JournalLedger.Entry(agent, sequence, Json.text(event))));
  }

  /** The paths in the logs that were accepted. */
  private List<String> delivered() throws IOException {
    List<String> paths = new ArrayList<>();
    for (HttpReceiver.Post post : receiver.posts) {
      ExportLogsServiceRequest.parseFrom(post.body())
          .getResourceLogs(0)
          .getScopeLogs(0)
          .getLogRecordsList()
          .forEach(
              log ->
                  log.getAttributesList().stream()
                      .filter(each -> each.getKey().equals("whorl.field.path"))
                      .forEach(each -> paths.add(each.getValue().getStringValue())));
    }
    return paths.stream().distinct().toList(); // at least once
  }

  @Test
  void messageThatIsBeingSent_isGivenBack_whenTheCollectorStops() throws Exception {
    receiver.hanging = new CountDownLatch(1);
    OutboxLedger outbox = collector("one");
    add(outbox, "hook", "a");
    await().atMost(Duration.ofSeconds(20)).until(() -> !receiver.posts.isEmpty());

    closing.remove(0).close();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(outbox.due()).containsExactly("hook"));
    receiver.hanging.countDown();
  }
}

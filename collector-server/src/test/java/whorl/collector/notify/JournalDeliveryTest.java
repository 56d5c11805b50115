package whorl.collector.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.notify.file.Filter;
import whorl.collector.notify.file.Notification;
import whorl.collector.notify.message.Kind;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.RefusedException;
import whorl.collector.notify.message.SecretFile;
import whorl.collector.notify.message.Target;
import whorl.collector.notify.targets.Settings;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Leases;
import whorl.collector.store.limits.LedgerTime;
import whorl.collector.store.outbox.OutboxLedger;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.JournalLedger;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;

/** Journals to a target that fails at one of the events, and of agents that send very many. */
class JournalDeliveryTest {
  private static final Id AGENT = new Id("agent-00000001");
  private static final Id OTHER = new Id("agent-00000002");
  private static final Duration SETTLED = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private final List<String> sent = new ArrayList<>();
  private long waitedNanos;
  private final InstantSource clock = () -> Instant.now().plusNanos(waitedNanos);
  private TestDatabase data;
  private Database database;
  private JournalLedger journal;
  private OutboxLedger outbox;
  private JournalDelivery delivery;
  private long sequence;

  /** What becomes of the event that cannot be sent, together with others or alone. */
  private Exception failure = new IllegalStateException("a strange value");

  /** Sends ten at once, and has a defect. */
  private final class Defective implements Settings, Target {
    @Override
    public String type() {
      return "defective";
    }

    @Override
    public String shown() {
      return "nowhere";
    }

    @Override
    public List<SecretFile> secrets() {
      return List.of();
    }

    @Override
    public Target open() {
      return this;
    }

    @Override
    public int batch() {
      return 10;
    }

    @Override
    public String deliver(List<Message> messages) throws IOException {
      List<String> paths =
          messages.stream().map(each -> each.notice().fields().get("path")).toList();
      if (paths.contains("/bad")) {
        if (failure instanceof IOException refused) {
          throw refused;
        }
        throw (RuntimeException) failure;
      }
      sent.addAll(paths);
      return "thanks";
    }
  }

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(TestDatabase.Engine.SQLITE, folder);
    database = data.open();
    outbox =
        new OutboxLedger(database, LedgerTime.of(database), "one", OutboxLedger.Limits.DEFAULT);
    use(JournalLedger.Limits.DEFAULT, Duration.ZERO);
  }

  private void use(JournalLedger.Limits limits, Duration settled) {
    journal = new JournalLedger(database, limits, clock);
    delivery =
        new JournalDelivery(
            new Notification(
                "logs",
                new Defective(),
                new Filter(
                    Set.of(Kind.JOURNAL),
                    Level.INFORMATIONAL,
                    Set.of(),
                    Set.of(),
                    Map.of(),
                    Set.of()),
                Duration.ZERO,
                Duration.ZERO,
                Notification.GroupBy.RULE,
                Duration.ofHours(1),
                List.of("path")),
            new JournalDelivery.Sources(
                outbox,
                journal,
                new AgentLedger(database),
                new Leases(database, "one"),
                clock,
                settled),
            () -> System.nanoTime() + waitedNanos);
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  private void append(long sequence, String path) throws IOException {
    append(AGENT, sequence, path);
  }

  private void append(Id agent, long sequence, String path) throws IOException {
    EventLine event =
        new EventLine(
            sequence,
            Instant.EPOCH,
            "whorl.FileOpen",
            Map.of("path", path, "access", "read"),
            "main",
            List.of());
    journal.append(List.of(new JournalLedger.Entry(agent, sequence, Json.text(event))));
  }

  @Test
  void eventThatCannotBeSent_keepsBackNoOther_andIsNoted() throws IOException {
    append(0, "/before");
    assertThat(delivery.deliver(new Defective(), null)).isFalse();
    append(1, "/first");
    append(2, "/bad");
    append(3, "/last");

    assertThat(delivery.deliver(new Defective(), null)).isTrue();
    assertThat(delivery.deliver(new Defective(), null)).isFalse();

    assertThat(sent).containsExactly("/first", "/last");
    assertThat(outbox.status().get("logs").problem())
        .as("a message could name the target's secret")
        .isEqualTo("a defect of Whorl: java.lang.IllegalStateException");
  }

  @Test
  void agentThatSendsVeryMany_doesNotMakeOthersBeSkipped() throws IOException {
    use(new JournalLedger.Limits(4, 1 << 20, 1 << 20), SETTLED);
    append(0, "/before");
    assertThat(delivery.deliver(new Defective(), null)).isFalse();
    append(OTHER, 0, "/other");
    append(1, "/first");
    append(2, "/beyond the protected half");

    assertThat(delivery.deliver(new Defective(), null)).as("nothing has settled").isFalse();
    waitedNanos += SETTLED.toNanos();

    assertThat(delivery.deliver(new Defective(), null)).isTrue();
    assertThat(sent).containsExactly("/other", "/first", "/beyond the protected half");
  }

  @Test
  void eventThatIsRefused_takesNoOtherAlong_andIsNoted() throws IOException {
    failure = RefusedException.forGood("it answered 400 too old");
    append(sequence++, "/before");
    assertThat(delivery.deliver(new Defective(), null)).isFalse();
    for (String path : List.of("/first", "/second", "/bad", "/third", "/last")) {
      append(sequence++, path);
    }

    assertThat(delivery.deliver(new Defective(), null)).isTrue();
    assertThat(delivery.deliver(new Defective(), null)).isFalse();

    assertThat(sent).containsExactly("/first", "/second", "/third", "/last");
    assertThat(outbox.status().get("logs").problem()).isEqualTo("it answered 400 too old");
  }

  @Test
  void eventsThatAreTakenInPart_areNotSentAgain() throws IOException {
    failure = RefusedException.partly("1 of 2 logs were rejected");
    append(sequence++, "/before");
    assertThat(delivery.deliver(new Defective(), null)).isFalse();
    append(sequence++, "/first");
    append(sequence++, "/bad");

    assertThat(delivery.deliver(new Defective(), null)).isFalse();
    assertThat(delivery.deliver(new Defective(), null)).isFalse();

    assertThat(sent).isEmpty();
    assertThat(outbox.status().get("logs").problem()).contains("rejected");
  }
}

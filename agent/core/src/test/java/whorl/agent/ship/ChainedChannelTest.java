package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.redact.Redactor;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.SpoolOwner;
import whorl.evidence.ChainHead;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.VerifyingKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.ChainLink;
import whorl.evidence.channel.SignedHead;

/** The agent's chain on a real connection, which breaks. */
@Timeout(60)
final class ChainedChannelTest {
  private static final long MIB = 1 << 20;

  @TempDir Path folder;
  private FakeCollector collector;
  private Spool spool;
  private Shipper shipper;

  @BeforeEach
  void start() throws Exception {
    collector = FakeCollector.start();
    spool =
        Spool.inFolder(
            folder.resolve("spool"),
            new SpoolOwner(Samples.AGENT, "shop", false),
            64 * MIB,
            () -> 64 * MIB);
    shipper =
        new Shipper(
            Samples.collector(collector.url()),
            null,
            Samples.agentSelf(),
            new Redactor(List.of()),
            spool,
            request -> {},
            Thread::new,
            InstantSource.system(),
            Samples.FAST);
  }

  @AfterEach
  void stop() {
    shipper.close(Duration.ofSeconds(2));
    collector.close();
    spool.close();
  }

  private void connect() {
    collector.received = ChainHead.start(Samples.AGENT);
    shipper.start();
    await().until(() -> shipper.status().connected());
  }

  private void journal(int from, int count) {
    for (int i = from; i < from + count; i++) {
      shipper.journal(Samples.line(i));
      int sent = i;
      await().until(() -> lines() > sent - from || collector.losesLinks);
    }
  }

  private long lines() {
    return collector.messages(AgentMessage.Journal.class).stream()
        .mapToLong(journal -> journal.events().size())
        .sum();
  }

  /** Checks each hash; returns the number of links. */
  private long verifiedLinks() throws Exception {
    ChainHead head = ChainHead.start(Samples.AGENT);
    for (String text : collector.links) {
      ChainLink link = Json.MAPPER.readValue(text, AgentMessage.class).chain();
      assertThat(link.sequence()).isEqualTo(head.sequence() + 1);
      assertThat(link.previous()).isEqualTo(head.hash());
      head = ChainHead.after(link.sequence(), text.getBytes(StandardCharsets.UTF_8));
    }
    return head.sequence();
  }

  @Test
  void journalAlertAndManifest_areLinksInTheOrderOfSending_andTheHeartbeatSignsThem()
      throws Exception {
    connect();
    journal(1, 3);
    shipper.raise(new AgentMessage.AlertRaised(Samples.alert(), Samples.id(), List.of()));
    await().until(() -> collector.messages(AgentMessage.AlertRaised.class).size() == 1);
    Id evidence = Samples.id();
    ChainHead sealed = shipper.sealing(Samples.id(), evidence);
    await().until(() -> collector.messages(AgentMessage.ManifestSealed.class).size() == 1);

    long links = verifiedLinks();
    assertThat(links).isEqualTo(5);
    assertThat(sealed).isEqualTo(collector.received);
    assertThat(collector.messages(AgentMessage.ManifestSealed.class).get(0).evidence())
        .isEqualTo(evidence);
    VerifyingKey key = VerifyingKey.of(Samples.KEY.publicKey());
    await()
        .until(
            () ->
                collector.messages(AgentMessage.Status.class).stream()
                    .map(AgentMessage.Status::head)
                    .anyMatch(
                        signed ->
                            signed != null
                                && signed.head().equals(sealed)
                                && key.verifies(Samples.AGENT, signed.head(), signed.signature())));
  }

  @Test
  void whatACutConnectionLost_isSentAgainWithTheSameLinks() throws Exception {
    connect();
    journal(1, 2);
    collector.losesLinks = true;
    journal(3, 2);
    await().until(() -> heads().stream().anyMatch(signed -> signed.head().sequence() >= 3));
    collector.breakAll();
    collector.losesLinks = false;

    await().until(() -> lines() == 4);

    assertThat(verifiedLinks()).isGreaterThanOrEqualTo(3);
    assertThat(shipper.losses()).containsEntry("channel.lost-messages", 0L);
    assertThat(shipper.losses()).containsEntry("journal.dropped-lines", 0L);
  }

  @Test
  void alertThatWasLost_isSentAgainOnce() throws Exception {
    connect();
    collector.losesLinks = true;
    shipper.raise(new AgentMessage.AlertRaised(Samples.alert(), Samples.id(), List.of()));
    await().until(() -> heads().stream().anyMatch(signed -> signed.head().sequence() == 1));
    collector.losesLinks = false;
    collector.breakAll();

    await().until(() -> collector.messages(AgentMessage.AlertRaised.class).size() == 1);
    journal(1, 1);
    assertThat(verifiedLinks()).isEqualTo(2);
    assertThat(collector.messages(AgentMessage.AlertRaised.class)).hasSize(1);
  }

  @Test
  void collectorThatDoesNotCheckChains_getsMessagesThatAreNoLinks() throws Exception {
    shipper.start();
    await().until(() -> shipper.status().connected());
    journal(1, 2);
    await().until(() -> !collector.messages(AgentMessage.Status.class).isEmpty());

    assertThat(collector.links).isEmpty();
    assertThat(heads()).isEmpty();
    assertThat(collector.messages(AgentMessage.Journal.class)).isNotEmpty();
  }

  @Test
  void goodbye_signsTheLastLink() throws Exception {
    connect();
    journal(1, 2);
    shipper.close(Duration.ofSeconds(5));

    await().until(() -> !collector.messages(AgentMessage.Goodbye.class).isEmpty());
    SignedHead head = collector.messages(AgentMessage.Goodbye.class).get(0).head();
    assertThat(head.head()).isEqualTo(collector.received);
  }

  @Test
  void hello_saysWhereTheAgentIs_andAForeignPositionIsCounted() throws Exception {
    connect();
    journal(1, 2);
    ChainHead before = collector.received;
    collector.received = new ChainHead(9, Digest.of(new byte[] {9}));
    collector.breakAll();

    await().until(() -> collector.messages(AgentMessage.Hello.class).size() == 2);
    assertThat(collector.messages(AgentMessage.Hello.class).get(1).head()).isEqualTo(before);
    await().until(() -> shipper.losses().get("channel.foreign-messages") == 1);
  }

  private List<SignedHead> heads() {
    return collector.messages(AgentMessage.Status.class).stream()
        .map(AgentMessage.Status::head)
        .filter(head -> head != null)
        .toList();
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(20, TimeUnit.SECONDS).pollInterval(5, TimeUnit.MILLISECONDS);
  }
}

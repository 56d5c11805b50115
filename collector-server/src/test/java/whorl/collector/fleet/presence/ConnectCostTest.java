package whorl.collector.fleet.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.collector.fleet.channel.FleetRig.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.fleet.channel.ChannelPresence;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Leases;
import whorl.collector.store.presence.LostAgentLedger;
import whorl.collector.store.presence.PresenceLedger;
import whorl.collector.store.records.JournalLedger;
import whorl.collector.testkit.CountingDatabase;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.AgentIdentity;
import whorl.evidence.SigningKey;

/**
 * What the connection of an agent costs the database. When a collector ends, all its agents connect
 * to the others within seconds, so each statement counts some thousand times.
 */
@ParameterizedClass
@EnumSource
class ConnectCostTest {
  /** The agent's record, its key, its chain and its open captures. */
  private static final int READS = 4;

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private final DirectNotifications notifications = new DirectNotifications();
  private final SigningKey key = SigningKey.generate();
  private TestDatabase data;
  private CountingDatabase counted;
  private PresenceLedger one;
  private PresenceLedger two;
  private FleetRig first;
  private FleetRig second;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    Database database = data.open();
    counted = new CountingDatabase(database);
    one = new PresenceLedger(database, "one");
    two = new PresenceLedger(counted, "two");
    first = rig(database, one, "one");
    second = rig(counted, two, "two");
    one.beat("0.2.0");
    two.beat("0.2.0");
  }

  private FleetRig rig(Database database, PresenceLedger ledger, String name) throws IOException {
    return new FleetRig(
        database,
        database,
        new ManualTime(),
        JournalLedger.Limits.DEFAULT,
        new SharedPresence(ledger, notifications, name),
        new SharedLostAgents(new LostAgentLedger(database, name)),
        true);
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  @Test
  void agentOfAnotherCollector_costsFourReadsAndOneWrite() throws IOException {
    AgentIdentity agent = agent(1);
    first.connect(agent, key);
    int statements = counted.statements();
    int transactions = counted.transactions();
    Wire again = second.connect(agent, key);

    assertThat(second.fleet.isConnectedHere(again.id())).isTrue();
    assertThat(counted.statements() - statements).isEqualTo(READS + 1);
    assertThat(counted.transactions() - transactions).isZero();
    assertThat(two.isHere(agent.id())).isTrue();
    assertThat(one.isHere(agent.id())).isFalse();
  }

  @Test
  void agentThatWasLost_costsOneStatementMore_andIsNotLost() throws IOException {
    AgentIdentity agent = agent(1);
    first.connect(agent, key).listener.closed();
    LostAgentLedger lost = new LostAgentLedger(counted, "two");
    assertThat(lost.ifGone(Duration.ZERO)).hasSize(1);
    int statements = counted.statements();
    second.connect(agent, key);

    assertThat(counted.statements() - statements).isEqualTo(READS + 2);
    assertThat(lost.ifGone(Duration.ZERO)).isEmpty();
  }

  @Test
  void comparisonOfChannels_costsOneStatement_howeverManyHaveJustConnected() throws IOException {
    PresenceWatch watch =
        new PresenceWatch(
            two,
            new SharedPresence(two, notifications, "two"),
            second.fleet,
            new ChannelPresence(second.channel, second.captures, second.lostAgentDetector),
            new Leases(counted, "two"),
            () -> null,
            "0.2.0");
    for (int i = 0; i < 20; i++) {
      second.connect(agent(i), key);
    }
    int statements = counted.statements();
    watch.compare();

    assertThat(counted.statements() - statements).isEqualTo(1);
    watch.close();
  }

  @Test
  void connection_replacesTheOneBefore_andNoneThatHasEnded() throws IOException {
    AgentIdentity agent = agent(1);
    assertThat(one.connect(agent, 5)).isNull();
    assertThat(two.connect(agent, 9)).isEqualTo(new PresenceLedger.Channel("one", 5));
    assertThat(one.connect(agent, 6)).isEqualTo(new PresenceLedger.Channel("two", 9));
    one.disconnect(agent.id(), 6);
    assertThat(two.connect(agent, 10)).isNull();
  }
}

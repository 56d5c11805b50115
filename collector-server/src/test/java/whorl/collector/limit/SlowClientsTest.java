package whorl.collector.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SlowClientsTest {
  private final List<String> closed = new ArrayList<>();
  private final AtomicLong counted = new AtomicLong();
  private final SlowClients clients = new SlowClients(100, counted::incrementAndGet);

  private final class Client {
    final AtomicLong bytes = new AtomicLong();
    final SlowClients.Connection connection;

    Client(String address, String name) {
      connection = clients.connection(address, () -> closed.add(name));
      connection.protocol(bytes::get);
    }

    Client takes(long now) {
      bytes.set(now);
      connection.measure();
      return this;
    }
  }

  @Test
  void allTogether_beyondTheLimit_theLongestWaitingIsClosed() {
    new Client("10.0.0.1", "first").takes(40);
    Client second = new Client("10.0.0.2", "second").takes(10);
    new Client("10.0.0.3", "third").takes(50);
    assertThat(closed).isEmpty();

    second.takes(20);

    assertThat(closed).containsExactly("first");
    assertThat(counted).hasValue(1);
    assertThat(clients.bytes()).isEqualTo(70);
  }

  @Test
  void oneNetwork_hasHalfOfTheLimit_andClosesNoConnectionOfOthers() {
    Client other = new Client("10.0.0.1", "other").takes(45);
    new Client("10.0.0.2", "first").takes(30);
    new Client("10.0.0.2", "second").takes(30);
    new Client("10.0.0.2", "third").takes(30);

    assertThat(closed).containsExactly("first", "second");
    assertThat(other.takes(46).connection).isNotNull();
    assertThat(closed).hasSize(2);
  }

  @Test
  void onlyConnection_isNotClosed() {
    new Client("10.0.0.1", "large").takes(1_000);
    assertThat(closed).isEmpty();

    new Client("10.0.0.2", "small").takes(1);
    assertThat(closed).containsExactly("large");
  }

  @Test
  void connectionThatSentSomethingComplete_waitsSinceThen() {
    Client first = new Client("10.0.0.1", "first").takes(40);
    new Client("10.0.0.2", "second").takes(40);
    first.connection.progressed();
    assertThat(clients.bytes()).isEqualTo(40);
    first.takes(40);

    new Client("10.0.0.3", "third").takes(40);

    assertThat(closed).containsExactly("second");
  }

  @Test
  void connectionThatEnds_takesNothing_alsoIfItIsMeasuredAgain() {
    Client first = new Client("10.0.0.1", "first").takes(40);
    first.connection.end();
    first.takes(50);
    assertThat(clients.bytes()).isZero();

    new Client("10.0.0.2", "second").takes(45);
    new Client("10.0.0.3", "third").takes(45);
    assertThat(closed).isEmpty();
  }

  @Test
  void idleConnections_giveWayInTheOrderInWhichTheyBecameIdle() {
    Client first = new Client("10.0.0.1", "first");
    Client second = new Client("10.0.0.2", "second");
    Client third = new Client("10.0.0.3", "third");
    Client fourth = new Client("10.0.0.4", "fourth");
    for (Client each : List.of(first, second, third, fourth)) {
      each.connection.idle();
    }
    first.connection.busy();
    second.connection.idle();
    fourth.connection.end();

    assertThat(clients.closeIdle()).isTrue();
    assertThat(clients.closeIdle()).isTrue();
    assertThat(clients.closeIdle()).as("the others are busy, or have ended").isFalse();
    assertThat(closed).containsExactly("third", "second");
    second.connection.idle();
    assertThat(clients.closeIdle()).as("it was closed already").isFalse();
    assertThat(counted).hasValue(0);
  }

  @Test
  void encryptionAndMessages_countTogether() {
    Client first = new Client("10.0.0.1", "first");
    first.connection.transport(() -> 20);
    first.connection.transport(() -> 30);
    first.takes(30);
    assertThat(clients.bytes()).isEqualTo(60);
  }
}

package whorl.collector.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
  void connectionsOfManyThreads_leaveNothing() throws Exception {
    SlowClients shared = new SlowClients(10_000, counted::incrementAndGet);
    AtomicLong closedOfAll = new AtomicLong();
    List<SlowClients.Connection> longest = new ArrayList<>(); // else threads may run one by one
    for (int i = 0; i < 2; i++) {
      longest.add(shared.connection("10.0.0." + i, closedOfAll::incrementAndGet));
      longest.get(i).protocol(() -> 4_900);
      longest.get(i).measure();
    }
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Random random = new Random(i);
      threads.add(new Thread(() -> someConnections(shared, random, closedOfAll)));
    }
    for (Thread each : threads) {
      each.start();
    }
    for (Thread each : threads) {
      each.join();
    }
    longest.forEach(SlowClients.Connection::end);

    assertThat(shared.bytes()).isZero();
    assertThat(shared.closeIdle()).isFalse();
    assertThat(counted).hasPositiveValue();
    assertThat(closedOfAll).hasValueGreaterThanOrEqualTo(counted.get());
  }

  private static void someConnections(SlowClients shared, Random random, AtomicLong closedOfAll) {
    for (int i = 0; i < 2_000; i++) {
      AtomicLong bytes = new AtomicLong();
      SlowClients.Connection connection =
          shared.connection("10.0.0." + random.nextInt(20), closedOfAll::incrementAndGet);
      connection.protocol(bytes::get);
      for (int step = 0; step < 10; step++) {
        switch (random.nextInt(5)) {
          case 0 -> connection.idle();
          case 1 -> connection.busy();
          case 2 -> connection.progressed();
          case 3 -> shared.closeIdle();
          default -> {
            bytes.set(random.nextInt(4_000));
            connection.measure();
          }
        }
      }
      connection.end();
    }
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

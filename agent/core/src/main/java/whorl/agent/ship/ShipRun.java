package whorl.agent.ship;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.config.AgentConfig;
import whorl.agent.ship.channel.ChannelSession;
import whorl.agent.ship.channel.CommandChannel;
import whorl.agent.ship.net.CollectorUrl;
import whorl.agent.ship.net.Credentials;
import whorl.agent.ship.net.Network;
import whorl.agent.ship.net.Timeouts;
import whorl.agent.ship.spool.EvidenceFolder;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.tus.Uploader;

/**
 * A {@link Shipper} from its start to its end: both threads, the network, the channel and the loop
 * that ships. If one of them ends although the JVM goes on, the shipper starts a new run.
 */
final class ShipRun {
  private static final Logger log = LoggerFactory.getLogger(ShipRun.class);

  private final Dependencies dependencies;
  private final Thread thread;

  /** A thread is not joined: any code could hold the lock that this needs, for ever. */
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Guarded by this, as are the following fields. Null until {@code whorl-ship} has made it. */
  private @Nullable ShipLoop loop;

  private @Nullable Network network;
  private @Nullable CommandChannel channel;
  private boolean closed;

  /**
   * The objects that outlive a run.
   *
   * @param url null if there is no collector
   * @param folder for evidence that the collector does not accept; null for none
   */
  record Dependencies(
      AgentConfig.Collector config,
      @Nullable CollectorUrl url,
      @Nullable EvidenceFolder folder,
      Spool spool,
      ChannelSession.Dependencies session,
      ThreadFactory threads,
      Timeouts timeouts,
      InstantSource clock) {}

  private ShipRun(Dependencies dependencies) {
    this.dependencies = dependencies;
    thread = dependencies.threads().newThread(this::run);
    thread.setName("whorl-ship");
    thread.setDaemon(true);
  }

  /** Starts the threads and returns. The network is first used on {@code whorl-ship}. */
  static ShipRun start(Dependencies dependencies) {
    ShipRun run = new ShipRun(dependencies);
    run.thread.start();
    return run;
  }

  /** False if it was closed, or if one of its threads or its channel has ended. */
  synchronized boolean isRunning() {
    return !closed
        && thread.isAlive()
        && (network == null || network.isRunning())
        && (channel == null || !channel.isClosed());
  }

  /**
   * Ends it, without a goodbye and without waiting.
   *
   * @return false while {@code whorl-ship} has not ended yet
   */
  synchronized boolean abandon() {
    if (loop != null) {
      loop.stop();
    }
    if (network != null) {
      network.abandon();
    }
    thread.interrupt();
    return !thread.isAlive();
  }

  /** True if evidence waits and the last attempt reached the collector. */
  boolean shipsNow() {
    ShipLoop shipLoop = loop();
    return shipLoop != null && shipsNow(shipLoop);
  }

  /** Ships waiting evidence as long as that works and {@code limit} allows. */
  void drain(Duration limit) throws InterruptedException {
    ShipLoop shipLoop = loop();
    if (shipLoop != null) {
      shipLoop.drain(limit);
    }
  }

  /**
   * Ships waiting evidence as long as that works, says goodbye and ends both threads, all within
   * {@code limit}. A second call does nothing.
   */
  void close(Duration limit) {
    long endNanos = System.nanoTime() + limit.toNanos();
    ShipLoop shipLoop;
    CommandChannel commandChannel;
    Network openNetwork;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      shipLoop = loop;
      commandChannel = channel;
      openNetwork = network;
    }
    // Without a connection there is nothing to wait for.
    boolean connected = dependencies.session().outbox().isConnected();
    try {
      if (shipLoop != null) {
        if (shipsNow(shipLoop)) {
          shipLoop.drain(limit.multipliedBy(3).dividedBy(4));
        }
        shipLoop.stop();
      }
      if (commandChannel != null && connected) {
        goodbye(commandChannel, endNanos);
      }
      if (thread.isAlive()) { // else it may have ended without memory to count down
        thread.interrupt();
        boolean unused = ended.await(remainingNanos(endNanos), TimeUnit.NANOSECONDS);
      }
      if (openNetwork != null) {
        openNetwork.close(Duration.ofNanos(connected ? remainingNanos(endNanos) : 0));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean shipsNow(ShipLoop shipLoop) {
    return dependencies.spool().waiting() > 0 && !shipLoop.isUnreachable();
  }

  private static void goodbye(CommandChannel commandChannel, long endNanos)
      throws InterruptedException {
    try {
      commandChannel.close("the JVM ends").get(remainingNanos(endNanos), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.debug("goodbye did not get through", e);
    }
  }

  private static long remainingNanos(long endNanos) {
    return Math.max(1_000_000, endNanos - System.nanoTime());
  }

  private void run() {
    try {
      ShipLoop shipLoop = prepare();
      dependencies.spool().whenShippable(shipLoop::wake);
      shipLoop.run();
    } finally {
      ended.countDown();
    }
  }

  private ShipLoop prepare() {
    ChannelSession.Dependencies session = dependencies.session();
    TransferReports reports =
        new TransferReports(
            session.agentSelf().identity().id(), session.metrics(), session.outbox()::progress);
    CollectorUrl url = dependencies.url();
    Uploader uploader = null;
    Network openNetwork = null;
    CommandChannel commandChannel = null;
    if (url != null) {
      Timeouts timeouts = dependencies.timeouts();
      Credentials credentials = new Credentials(dependencies.config());
      openNetwork = Network.start(dependencies.threads());
      uploader = new Uploader(openNetwork, url, credentials, timeouts, reports::progressed);
      commandChannel =
          new CommandChannel(openNetwork, url, credentials, timeouts, session, this::retryNow);
    }
    ShipLoop shipLoop =
        new ShipLoop(
            dependencies.spool(),
            uploader,
            dependencies.folder(),
            dependencies.timeouts(),
            session.metrics(),
            reports::shipping,
            reports::rejected,
            dependencies.clock());
    synchronized (this) {
      network = openNetwork;
      channel = commandChannel;
      loop = shipLoop;
      if (closed) {
        shipLoop.stop();
      } else if (commandChannel != null) {
        commandChannel.start();
      }
    }
    return shipLoop;
  }

  private synchronized @Nullable ShipLoop loop() {
    return loop;
  }

  private synchronized void retryNow() {
    if (loop != null) {
      loop.retryNow();
    }
  }
}

package whorl.agent.ship;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.config.AgentConfig;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.stream.MaskedJson;
import whorl.agent.ship.channel.AgentSelf;
import whorl.agent.ship.channel.ChannelSession;
import whorl.agent.ship.channel.CommandChannel;
import whorl.agent.ship.channel.CommandListener;
import whorl.agent.ship.channel.MessageChain;
import whorl.agent.ship.channel.Outbox;
import whorl.agent.ship.channel.SelfTests;
import whorl.agent.ship.net.CollectorUrl;
import whorl.agent.ship.net.Credentials;
import whorl.agent.ship.net.Network;
import whorl.agent.ship.net.ShipMetrics;
import whorl.agent.ship.net.Timeouts;
import whorl.agent.ship.spool.EvidenceFolder;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.StoredEvidence;
import whorl.agent.ship.tus.ShipResult;
import whorl.agent.ship.tus.Transfer;
import whorl.agent.ship.tus.Uploader;
import whorl.evidence.ChainHead;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage;

/**
 * The agent's connection to the collector: the channel for messages, the upload for evidence. It
 * connects outwards, with retries, and also works without a collector. Two threads, {@code
 * whorl-ship} and {@code whorl-net}; only {@link #close} and {@link #drain} wait for the network.
 */
public final class Shipper {
  private static final Logger log = LoggerFactory.getLogger(Shipper.class);
  private static final long REPORT_INTERVAL_NANOS = 1_000_000_000L;

  private final AgentConfig.Collector config;
  private final @Nullable CollectorUrl url;
  private final @Nullable EvidenceFolder folder;
  private final AgentSelf agentSelf;
  private final MaskedJson json;
  private final Spool spool;
  private final CommandListener listener;
  private final ThreadFactory threads;
  private final InstantSource clock;
  private final Timeouts timeouts;
  private final Outbox outbox = new Outbox();
  private final MessageChain chain;
  private final ShipMetrics shipMetrics = new ShipMetrics();
  private volatile SelfTests selfTests = SelfTests.NONE;

  /** Guarded by this, as are the following fields. Null before start. */
  private @Nullable Thread thread;

  /** A thread is not joined: any code could hold the lock that this needs, for ever. */
  private CountDownLatch shipEnded = new CountDownLatch(0);

  private @Nullable ShipLoop loop;
  private @Nullable Network network;
  private @Nullable CommandChannel channel;
  private boolean closed;

  /** Used only on {@code whorl-ship}. */
  private long reportedNanos;

  /**
   * @param config with or without a URL
   * @param evidenceDir folder for evidence that the collector does not accept; null for none
   * @param threads makes the two threads; the caller ensures that the hooks never observe them
   */
  public Shipper(
      AgentConfig.Collector config,
      @Nullable Path evidenceDir,
      AgentSelf agentSelf,
      Redactor redactor,
      Spool spool,
      CommandListener listener,
      ThreadFactory threads,
      InstantSource clock) {
    this(
        config, evidenceDir, agentSelf, redactor, spool, listener, threads, clock, Timeouts.NORMAL);
  }

  Shipper(
      AgentConfig.Collector config,
      @Nullable Path evidenceDir,
      AgentSelf agentSelf,
      Redactor redactor,
      Spool spool,
      CommandListener listener,
      ThreadFactory threads,
      InstantSource clock,
      Timeouts timeouts) {
    URI collector = config.url();
    this.config = config;
    url = collector == null ? null : CollectorUrl.of(collector);
    folder = evidenceDir == null ? null : new EvidenceFolder(evidenceDir);
    this.agentSelf =
        new AgentSelf(
            agentSelf.identity(),
            agentSelf.key(),
            agentSelf.capabilities(),
            () -> allLosses(agentSelf),
            agentSelf.costs());
    this.chain = new MessageChain(agentSelf.identity().id(), agentSelf.key());
    this.json = new MaskedJson(redactor);
    this.spool = spool;
    this.listener = listener;
    this.threads = threads;
    this.clock = clock;
    this.timeouts = timeouts;
  }

  /** Must be called before the start. */
  public void selfTests(SelfTests tested) {
    selfTests = tested;
  }

  /** Starts the threads and returns. The network is first used on {@code whorl-ship}. */
  public synchronized void start() {
    if (thread != null || closed) {
      throw new IllegalStateException("a shipper starts once");
    }
    CountDownLatch end = new CountDownLatch(1);
    Thread ship =
        threads.newThread(
            () -> {
              try {
                run();
              } finally {
                end.countDown();
              }
            });
    shipEnded = end;
    ship.setName("whorl-ship");
    ship.setDaemon(true);
    thread = ship;
    ship.start();
  }

  /**
   * Restarts a shipper that ended although the JVM goes on; the caller knows that the JVM does not
   * end.
   *
   * @return true if anything had ended
   */
  public synchronized boolean reopen() {
    Thread ship = thread;
    if (ship == null || isRunning(ship)) {
      return false;
    }
    if (loop != null) {
      loop.stop();
    }
    if (network != null) {
      network.abandon();
    }
    ship.interrupt();
    if (ship.isAlive()) {
      return false; // two threads must not use one spool; the next call finds this one ended
    }
    closed = false;
    thread = null;
    loop = null;
    network = null;
    channel = null;
    start();
    return true;
  }

  private boolean isRunning(Thread ship) {
    return !closed
        && ship.isAlive()
        && (network == null || network.isRunning())
        && (channel == null || !channel.isClosed());
  }

  /** Adds a line to the live journal; never waits, and drops the oldest if it is full. */
  public void journal(EventLine line) {
    if (url != null) {
      outbox.journal(line);
    }
  }

  /**
   * Sends an alert with only the newest events, now or at the next connection; its whole
   * {@linkplain #journal journal} must follow.
   *
   * @return the verdict; without a connection, or if it breaks, one that is {@code full} with the
   *     reason that the collector is unreachable. It may stay incomplete while a connected
   *     collector does not answer: the caller sets its own limit.
   */
  public CompletionStage<CollectorMessage.AlertVerdict> raise(AgentMessage.AlertRaised alert) {
    if (url == null) {
      return CompletableFuture.completedFuture(
          new CollectorMessage.AlertVerdict(alert.alert().id(), true, "there is no collector"));
    }
    return outbox.raise(alert);
  }

  /** Sends the journal of an alert that was raised before. */
  public void journal(AgentMessage.AlertJournal journal) {
    if (url != null) {
      outbox.journal(journal);
    }
  }

  /** Sends the progress of a capture; only the latest of each capture is sent. */
  public void progress(AgentMessage.CaptureProgress progress) {
    if (url != null) {
      outbox.progress(progress);
    }
  }

  /** Sends the result of loading the collector's rules, now and at each connection. */
  public void rulesLoaded(AgentMessage.RulesLoaded loaded) {
    if (url != null) {
      outbox.rulesLoaded(loaded);
    }
  }

  /** Sends messages about libraries, if there is a connection; the collector asks for them. */
  public void libraries(List<AgentMessage> messages) {
    if (url != null) {
      outbox.libraries(messages);
    }
  }

  /** Sends the answer to a hunt, now or at the next connection. */
  public void huntAnswered(AgentMessage.HuntAnswer answer) {
    if (url != null) {
      outbox.huntAnswered(answer);
    }
  }

  /** Sends a report about a probe, now or at the next connection. */
  public void probeReported(AgentMessage.ProbeReport report) {
    if (url != null) {
      outbox.probeReported(report);
    }
  }

  /**
   * Sets the counter of journal events that were dropped before they came here, so that the chain
   * contains it.
   */
  public void droppedBefore(LongSupplier dropped) {
    outbox.droppedBefore(dropped);
  }

  /**
   * Makes the manifest of this evidence the next link of the chain, and has that sent. Never waits
   * for the network.
   *
   * @return the position of the link, for the manifest
   */
  public ChainHead sealing(Id capture, Id evidence) {
    ChainHead position =
        chain.append(
            outbox.dropped(),
            link -> json.bytes(new AgentMessage.ManifestSealed(capture, evidence, link)));
    outbox.wake();
    return position;
  }

  /** Number of losses in this package, including the spool, by counter name. */
  public Map<String, Long> losses() {
    Map<String, Long> losses = new HashMap<>(spool.losses());
    losses.putAll(outbox.losses());
    losses.put("channel.lost-messages", chain.lost());
    losses.put("channel.foreign-messages", chain.disagreements());
    losses.put("evidence.rejected", shipMetrics.evidenceRejected.get());
    losses.put("channel.not-understood", shipMetrics.messagesNotUnderstood.get());
    return losses;
  }

  /** Approximate heap bytes held in this package, by kind. */
  public Map<String, Long> heldBytes() {
    Map<String, Long> held = new HashMap<>(outbox.heldBytes());
    held.put("evidence", spool.heapBytes());
    held.merge("journal", chain.heldBytes(), Long::sum);
    return held;
  }

  /** The offset to add to this JVM's clock to get the collector's; null while unknown. */
  public @Nullable Duration clockOffset() {
    return shipMetrics.clockOffset.get();
  }

  /** The current state. */
  public ShipStatus status() {
    return new ShipStatus(
        outbox.isConnected(),
        shipMetrics.connections.get(),
        shipMetrics.lastError.get(),
        shipMetrics.bytesShipped.get(),
        shipMetrics.evidenceShipped.get(),
        shipMetrics.evidenceKept.get(),
        spool.waiting(),
        spool.usedBytes(),
        shipMetrics.lastShippedAt.get());
  }

  /**
   * True if evidence waits and the collector is reachable, so that {@link #drain} is worthwhile.
   */
  public boolean shipsNow() {
    ShipLoop shipLoop;
    synchronized (this) {
      shipLoop = loop;
    }
    return shipLoop != null && spool.waiting() > 0 && !shipLoop.isUnreachable();
  }

  /**
   * Ships waiting evidence as long as that works and {@code limit} allows; {@link #close} follows.
   */
  public void drain(Duration limit) throws InterruptedException {
    ShipLoop shipLoop;
    synchronized (this) {
      shipLoop = loop;
    }
    if (shipLoop != null) {
      shipLoop.drain(limit);
    }
  }

  /**
   * Ships waiting evidence as long as that works and {@code limit} allows, says goodbye and ends
   * both threads. Evidence that stays in a folder spool is for the next JVM. A second call does
   * nothing.
   */
  public void close(Duration limit) {
    long endNanos = System.nanoTime() + limit.toNanos();
    ShipLoop shipLoop;
    CommandChannel commandChannel;
    Network openNetwork;
    Thread ship;
    CountDownLatch end;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      shipLoop = loop;
      commandChannel = channel;
      openNetwork = network;
      ship = thread;
      end = shipEnded;
    }
    // Without a connection there is nothing to wait for.
    boolean connected = outbox.isConnected();
    try {
      if (shipLoop != null) {
        if (spool.waiting() > 0 && !shipLoop.isUnreachable()) {
          shipLoop.drain(limit.multipliedBy(3).dividedBy(4));
        }
        shipLoop.stop();
      }
      if (commandChannel != null && connected) {
        goodbye(commandChannel, endNanos);
      }
      if (ship != null && ship.isAlive()) { // there may have been no room to start it
        ship.interrupt();
        boolean unused = end.await(remainingNanos(endNanos), TimeUnit.NANOSECONDS);
      }
      if (openNetwork != null) {
        openNetwork.close(Duration.ofNanos(connected ? remainingNanos(endNanos) : 0));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void goodbye(CommandChannel commandChannel, long endNanos)
      throws InterruptedException {
    try {
      commandChannel.close("the JVM ends").get(remainingNanos(endNanos), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.debug("goodbye did not get through", e);
    }
  }

  private void run() {
    ShipLoop shipLoop = prepare();
    spool.whenShippable(shipLoop::wake);
    shipLoop.run();
  }

  private ShipLoop prepare() {
    Uploader uploader = null;
    Network openNetwork = null;
    CommandChannel commandChannel = null;
    if (url != null) {
      openNetwork = Network.start(threads);
      Credentials credentials = new Credentials(config);
      uploader = new Uploader(openNetwork, url, credentials, timeouts, this::progressed);
      commandChannel =
          new CommandChannel(
              openNetwork,
              url,
              credentials,
              timeouts,
              new ChannelSession.Dependencies(
                  agentSelf, json, outbox, chain, listener, shipMetrics, selfTests),
              this::retryNow);
    }
    ShipLoop shipLoop =
        new ShipLoop(
            spool,
            uploader,
            folder,
            timeouts,
            shipMetrics,
            this::reportProgress,
            this::reportRejected,
            clock);
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

  private synchronized void retryNow() {
    if (loop != null) {
      loop.retryNow();
    }
  }

  /** Runs on {@code whorl-ship}. */
  private void progressed(Transfer transfer, long bytes) {
    shipMetrics.bytesShipped.addAndGet(bytes);
    long now = System.nanoTime();
    if (now - reportedNanos > REPORT_INTERVAL_NANOS) {
      reportProgress(transfer);
    }
  }

  private void reportProgress(Transfer transfer) {
    reportedNanos = System.nanoTime();
    StoredEvidence evidence = transfer.evidence();
    reportProgress(evidence, CaptureState.SHIPPING, transfer.shippedBytes(), null);
  }

  private void reportRejected(StoredEvidence evidence, ShipResult.Rejected no) {
    reportProgress(
        evidence,
        CaptureState.FAILED,
        0,
        "the collector rejects the evidence (" + no.status() + "): " + no.reason());
  }

  private void reportProgress(
      StoredEvidence evidence, CaptureState state, long bytes, @Nullable String reason) {
    // Skips captures of an earlier JVM, which are not of this agent's channel, and captures that
    // still run.
    if (evidence.sealed() && evidence.agent().equals(agentSelf.identity().id())) {
      progress(
          new AgentMessage.CaptureProgress(
              evidence.capture(), evidence.evidence(), state, bytes, evidence.bytes(), reason));
    }
  }

  private Map<String, Long> allLosses(AgentSelf self) {
    Map<String, Long> losses = new HashMap<>(self.losses().get());
    losses.putAll(losses());
    return losses;
  }

  private static long remainingNanos(long endNanos) {
    return Math.max(1_000_000, endNanos - System.nanoTime());
  }
}

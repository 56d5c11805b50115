package whorl.agent.ship;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.config.AgentConfig;
import whorl.agent.redact.MaskedJson;
import whorl.agent.redact.Redactor;
import whorl.evidence.AgentMessage;
import whorl.evidence.CaptureState;
import whorl.evidence.CollectorMessage;
import whorl.evidence.EventLine;

/**
 * The agent's way to the collector: the channel for messages, the upload for evidence. It dials
 * out, again and again, and works as well with no collector at all. Two threads, {@code whorl-ship}
 * and {@code whorl-net}; no call here waits for the network but {@link #close}.
 */
public final class Shipper {
  private static final Logger log = LoggerFactory.getLogger(Shipper.class);
  private static final long TELL_EVERY_NANOS = 1_000_000_000L;

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
  private final ShipMetrics shipMetrics = new ShipMetrics();
  private volatile SelfTests selfTests = SelfTests.NONE;

  /** Guarded by this, as all that follows. Null before start. */
  private @Nullable Thread thread;

  private @Nullable ShipLoop loop;
  private @Nullable Network network;
  private @Nullable CommandChannel channel;
  private boolean closed;

  /** Touched on {@code whorl-ship} alone. */
  private long toldNanos;

  /**
   * @param config with or without a URL
   * @param evidenceDir where evidence goes when the collector does not take it; null for nowhere
   * @param threads makes the two threads; the caller sees to it that they are never observed
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
    this.json = new MaskedJson(redactor);
    this.spool = spool;
    this.listener = listener;
    this.threads = threads;
    this.clock = clock;
    this.timeouts = timeouts;
  }

  /** Must come before the start. */
  public void selfTests(SelfTests tested) {
    selfTests = tested;
  }

  /** Starts the threads and returns. The network is first touched on {@code whorl-ship}. */
  public synchronized void start() {
    if (thread != null || closed) {
      throw new IllegalStateException("a shipper starts once");
    }
    Thread ship = threads.newThread(this::run);
    ship.setName("whorl-ship");
    ship.setDaemon(true);
    thread = ship;
    ship.start();
  }

  /**
   * Starts anew what ended although nobody called {@link #close} at the JVM's end: the caller knows
   * that the JVM does not end.
   *
   * @return whether anything had ended
   */
  public synchronized boolean reopen() {
    Thread ship = thread;
    if (ship == null || works(ship)) {
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
      return false; // two of them must not take from one spool; the next look finds it ended
    }
    closed = false;
    thread = null;
    loop = null;
    network = null;
    channel = null;
    start();
    return true;
  }

  private boolean works(Thread ship) {
    return !closed
        && ship.isAlive()
        && (network == null || network.works())
        && (channel == null || !channel.isClosed());
  }

  /** Takes a line for the live journal; never waits, and drops the oldest when it must. */
  public void journal(EventLine line) {
    if (url != null) {
      outbox.journal(line);
    }
  }

  /**
   * Tells the collector of an alert with the newest events alone, now or at the next connection;
   * its whole {@linkplain #journal journal} has to follow.
   *
   * @return its verdict; when there is no connection, or it breaks, one that is {@code full} with
   *     the reason that the collector is unreachable. It may stay open while a connected collector
   *     says nothing: the caller sets its own limit.
   */
  public CompletionStage<CollectorMessage.AlertVerdict> raise(AgentMessage.AlertRaised alert) {
    if (url == null) {
      return CompletableFuture.completedFuture(
          new CollectorMessage.AlertVerdict(alert.alert().id(), true, "there is no collector"));
    }
    return outbox.raise(alert);
  }

  /** Tells the collector what led to an alert that was raised before. */
  public void journal(AgentMessage.AlertJournal journal) {
    if (url != null) {
      outbox.journal(journal);
    }
  }

  /** Tells how far a capture has come; of each capture the latest word goes. */
  public void progress(AgentMessage.CaptureProgress progress) {
    if (url != null) {
      outbox.progress(progress);
    }
  }

  /** Tells what became of the rules that the collector pushed, now and at each connection. */
  public void rulesLoaded(AgentMessage.RulesLoaded loaded) {
    if (url != null) {
      outbox.rulesLoaded(loaded);
    }
  }

  /** What was dropped on this way, by counter name, the spool's included. */
  public Map<String, Long> losses() {
    Map<String, Long> losses = new HashMap<>(spool.losses());
    losses.putAll(outbox.losses());
    losses.put("evidence.rejected", shipMetrics.evidenceRejected.get());
    losses.put("channel.not-understood", shipMetrics.messagesNotUnderstood.get());
    return losses;
  }

  /** About how many bytes of the heap are held on this way, by what they are. */
  public Map<String, Long> heldBytes() {
    Map<String, Long> held = new HashMap<>(outbox.heldBytes());
    held.put("evidence", spool.heapBytes());
    return held;
  }

  /** What must be added to this JVM's clock to get the collector's; null while not known. */
  public @Nullable Duration clockOffset() {
    return shipMetrics.clockOffset.get();
  }

  /** How it stands now. */
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

  /** Whether evidence waits and is getting through: then it is worth a {@link #drain}. */
  public boolean shipsNow() {
    ShipLoop shipping;
    synchronized (this) {
      shipping = loop;
    }
    return shipping != null && spool.waiting() > 0 && !shipping.away();
  }

  /** Ships what waits as long as that works and {@code limit} allows; {@link #close} follows. */
  public void drain(Duration limit) throws InterruptedException {
    ShipLoop shipping;
    synchronized (this) {
      shipping = loop;
    }
    if (shipping != null) {
      shipping.drain(limit);
    }
  }

  /**
   * Ships what waits as long as that works and {@code limit} allows, says goodbye and ends both
   * threads. What is in a folder spool then is for the next JVM. A second call does nothing.
   */
  public void close(Duration limit) {
    long endNanos = System.nanoTime() + limit.toNanos();
    ShipLoop shipping;
    CommandChannel talking;
    Network dialing;
    Thread ship;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      shipping = loop;
      talking = channel;
      dialing = network;
      ship = thread;
    }
    // Where nobody hears of it there is nothing to wait for.
    boolean heard = outbox.isConnected();
    try {
      if (shipping != null) {
        if (spool.waiting() > 0 && !shipping.away()) {
          shipping.drain(limit.multipliedBy(3).dividedBy(4));
        }
        shipping.stop();
      }
      if (talking != null && heard) {
        goodbye(talking, endNanos);
      }
      if (ship != null) {
        ship.interrupt();
        ship.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left(endNanos))));
      }
      if (dialing != null) {
        dialing.close(Duration.ofNanos(heard ? left(endNanos) : 0));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void goodbye(CommandChannel talking, long endNanos) throws InterruptedException {
    try {
      talking.close("the JVM ends").get(left(endNanos), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.debug("goodbye did not get through", e);
    }
  }

  private void run() {
    ShipLoop shipping = prepare();
    spool.whenThereIsMore(shipping::wake);
    shipping.run();
  }

  private ShipLoop prepare() {
    Uploader uploader = null;
    Network dialing = null;
    CommandChannel talking = null;
    if (url != null) {
      dialing = Network.start(threads);
      Credentials credentials = new Credentials(config);
      uploader = new Uploader(dialing, url, credentials, timeouts, this::progressed);
      talking =
          new CommandChannel(
              dialing,
              url,
              credentials,
              timeouts,
              new ChannelSession.Parts(agentSelf, json, outbox, listener, shipMetrics, selfTests),
              this::retryNow);
    }
    ShipLoop shipping =
        new ShipLoop(
            spool, uploader, folder, timeouts, shipMetrics, this::tell, this::tellRejected, clock);
    synchronized (this) {
      network = dialing;
      channel = talking;
      loop = shipping;
      if (closed) {
        shipping.stop();
      } else if (talking != null) {
        talking.start();
      }
    }
    return shipping;
  }

  private synchronized void retryNow() {
    if (loop != null) {
      loop.retryNow();
    }
  }

  /** On {@code whorl-ship}. */
  private void progressed(Transfer transfer, long bytes) {
    shipMetrics.bytesShipped.addAndGet(bytes);
    long now = System.nanoTime();
    if (now - toldNanos > TELL_EVERY_NANOS) {
      tell(transfer);
    }
  }

  private void tell(Transfer transfer) {
    toldNanos = System.nanoTime();
    StoredEvidence evidence = transfer.evidence();
    tell(evidence, CaptureState.SHIPPING, transfer.shippedBytes(), null);
  }

  private void tellRejected(StoredEvidence evidence, ShipResult.Rejected no) {
    tell(
        evidence,
        CaptureState.FAILED,
        0,
        "the collector rejects the evidence (" + no.status() + "): " + no.reason());
  }

  private void tell(
      StoredEvidence evidence, CaptureState state, long bytes, @Nullable String reason) {
    // A capture that an earlier JVM left behind is no business of this agent's channel, and one
    // that still runs is no matter of shipping alone.
    if (evidence.sealed() && evidence.agent().equals(agentSelf.identity().id())) {
      progress(
          new AgentMessage.CaptureProgress(
              evidence.capture(), evidence.evidence(), state, bytes, evidence.bytes(), reason));
    }
  }

  private Map<String, Long> allLosses(AgentSelf whole) {
    Map<String, Long> losses = new HashMap<>(whole.losses().get());
    losses.putAll(losses());
    return losses;
  }

  private static long left(long endNanos) {
    return Math.max(1_000_000, endNanos - System.nanoTime());
  }
}

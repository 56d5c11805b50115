package whorl.collector.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import whorl.agent.ship.net.Backoff;
import whorl.collector.testkit.RawChannel;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage;

/**
 * An agent with a channel and a shipping thread: it raises alerts, captures for them and on
 * request, and ships until everything is sealed. It goes by the rules of the real one: an alert is
 * sent again until its verdict arrives, and a capture's failure if its connection ends soon.
 */
final class SimulatedAgent {
  private static final int VERDICT_WAIT_MILLIS = 2_000;
  private static final int FAILURES_IN_A_HUNDRED = 8;
  private static final int HEAPS_IN_A_HUNDRED = 10;
  private static final int HEAP_BYTES_MAX = 6 << 20;
  private static final long STACK = 256 << 10;

  private final AgentIdentity identity;
  private final SigningKey key = SigningKey.generate();
  private final Run run;
  private final Random random;
  private final Thread channelThread;
  private final Thread worker;
  private final BlockingQueue<CollectorMessage.StartCapture> orders = new LinkedBlockingQueue<>();
  private final Map<Id, AgentMessage.AlertRaised> unanswered = new ConcurrentHashMap<>();
  private final Map<Id, CompletableFuture<Boolean>> verdicts = new ConcurrentHashMap<>();
  private final Map<Id, AgentMessage.CaptureProgress> reports = new HashMap<>();
  private final Map<Id, AgentMessage.CaptureProgress> failures = new ConcurrentHashMap<>();
  private volatile @Nullable RawChannel channel;
  private volatile boolean idle;
  private volatile boolean killed;
  private volatile boolean connected;

  SimulatedAgent(int number, Run run, long seed) {
    this.run = run;
    this.random = new Random(seed);
    this.identity =
        new AgentIdentity(
            Id.next(InstantSource.system()),
            "service-" + number % 20,
            "default",
            Map.of("team", "checkout"),
            "pod-" + number,
            null,
            null,
            "node-" + number % 7,
            1,
            "OpenJDK 21",
            "0.1.0");
    channelThread = new Thread(null, this::keepChannel, "agent-channel-" + number, STACK);
    worker = new Thread(null, this::work, "agent-worker-" + number, STACK);
    channelThread.setDaemon(true);
    worker.setDaemon(true);
  }

  void start() {
    channelThread.start();
    worker.start();
  }

  Id id() {
    return identity.id();
  }

  /** True if nothing is left to ship, and no alert lacks its verdict. */
  boolean isIdle() {
    return killed || (idle && orders.isEmpty() && unanswered.isEmpty());
  }

  boolean isConnected() {
    return killed || connected;
  }

  boolean isKilled() {
    return killed;
  }

  /** Ends like a killed JVM, without a word, and never comes back. */
  void kill() throws IOException {
    killed = true;
    RawChannel open = channel;
    if (open != null) {
      open.close();
    }
    worker.interrupt();
    channelThread.interrupt();
  }

  private boolean isOver() {
    return killed || run.isOver();
  }

  private void keepChannel() {
    Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(10));
    long lostAt = System.nanoTime();
    while (!isOver()) {
      try (RawChannel open =
          RawChannel.open(run.url(), run.agentToken(), InetAddress.getLoopbackAddress())) {
        CollectorMessage.Welcome welcome = open.hello(identity, key);
        Duration away = Duration.ofNanos(System.nanoTime() - lostAt);
        run.tally().took("time of an agent without a channel", away);
        run.tally().count("channels opened");
        backoff.reset();
        serve(open, welcome);
      } catch (IOException e) {
        run.tally().count("channels that ended or did not open");
      }
      if (connected) {
        lostAt = System.nanoTime();
      }
      connected = false;
      channel = null;
      if (!isOver()) {
        ServerProcess.pause(backoff.nextMillis());
      }
    }
  }

  private void serve(RawChannel open, CollectorMessage.Welcome welcome) throws IOException {
    open.silenceLimit(Duration.ofSeconds(3L * welcome.heartbeatSeconds()));
    channel = open;
    connected = true;
    for (AgentMessage.AlertRaised each : unanswered.values()) {
      open.say(each);
    }
    for (AgentMessage.CaptureProgress each : failures.values()) {
      open.say(each);
    }
    CompletableFuture<Void> ended = run.beats().every(welcome.heartbeatSeconds(), () -> beat(open));
    try {
      CollectorMessage message = open.next();
      while (message != null && !isOver()) {
        onMessage(open, message);
        message = open.next();
      }
    } finally {
      ended.complete(null);
    }
  }

  private void beat(RawChannel open) throws IOException {
    open.say(new AgentMessage.Status(Map.of(), null, null));
    open.ping();
    EventLine line =
        new EventLine(
            System.nanoTime(),
            Instant.now(),
            "whorl.FileOpen",
            Map.of("path", "/x"),
            "m",
            List.of());
    open.say(new AgentMessage.Journal(List.of(line)));
    run.tally().count("heartbeats");
  }

  private void onMessage(RawChannel open, CollectorMessage message) throws IOException {
    if (message instanceof CollectorMessage.StartCapture order) {
      onOrder(open, order);
    } else if (message instanceof CollectorMessage.AlertVerdict verdict) {
      run.ledger().alert(verdict.alert());
      unanswered.remove(verdict.alert());
      CompletableFuture<Boolean> waiting = verdicts.remove(verdict.alert());
      if (waiting != null) {
        waiting.complete(verdict.full());
      }
    } else if (message instanceof CollectorMessage.RulesWanted) {
      open.say(new AgentMessage.RulesLoaded(List.of()));
    }
  }

  /** A repeated order is reported again and not performed again. */
  private void onOrder(RawChannel open, CollectorMessage.StartCapture order) throws IOException {
    AgentMessage.CaptureProgress last;
    synchronized (reports) {
      if (!reports.containsKey(order.capture())) {
        reports.put(order.capture(), null);
        orders.add(order);
        run.tally().count("captures ordered over a channel");
        return;
      }
      last = reports.get(order.capture());
    }
    run.tally().count("captures ordered again over a channel");
    if (last != null) {
      open.say(last);
    }
  }

  private void report(
      Id capture, @Nullable Id evidence, CaptureState state, long bytes, String why) {
    AgentMessage.CaptureProgress progress =
        new AgentMessage.CaptureProgress(capture, evidence, state, 0, bytes, why);
    synchronized (reports) {
      reports.put(capture, progress);
    }
    if (state == CaptureState.FAILED) {
      failures.put(capture, progress); // the real agent forgets it after two heartbeats
    }
    say(progress);
  }

  private void say(AgentMessage message) {
    RawChannel open = channel;
    if (open != null) {
      try {
        open.say(message);
      } catch (IOException e) {
        run.tally().count("messages lost with their channel");
      }
    }
  }

  private void work() {
    try {
      while (!isOver()) {
        idle = true;
        long think =
            run.isCalm() ? 200 : Math.max(1, (long) (run.thinkMillis() * 2 * random.nextDouble()));
        CollectorMessage.StartCapture order = orders.poll(think, TimeUnit.MILLISECONDS);
        idle = false;
        if (order != null) {
          perform(order);
        } else if (!run.isCalm()) {
          raiseAlert();
        }
      }
    } catch (InterruptedException e) {
      run.tally().count("agents killed");
    }
  }

  private void perform(CollectorMessage.StartCapture order) {
    if (random.nextInt(100) < FAILURES_IN_A_HUNDRED) {
      report(order.capture(), null, CaptureState.RUNNING, 0, null);
      report(order.capture(), null, CaptureState.FAILED, 0, "made to fail by the test");
      run.tally().count("captures that the agent reported as failed");
      return;
    }
    boolean heap = order.artifacts().contains("heap");
    capture(order.capture(), order.alert(), order.reason(), heap);
  }

  private void raiseAlert() throws InterruptedException {
    Alert alert =
        new Alert(
            Id.next(Instant::now),
            "whorl",
            Instant.now(),
            "rule-" + random.nextInt(10),
            Level.HIGH,
            "A process was started",
            null,
            List.of(),
            Map.of("command", "id"),
            "main",
            List.of("shop.Search.find(Search.java:12)"));
    Id capture = Id.next(Instant::now);
    AgentMessage.AlertRaised raised = new AgentMessage.AlertRaised(alert, capture, List.of());
    CompletableFuture<Boolean> verdict = new CompletableFuture<>();
    verdicts.put(alert.id(), verdict);
    unanswered.put(alert.id(), raised);
    run.tally().count("alerts raised by agents");
    say(raised);
    boolean full;
    try {
      full = verdict.get(VERDICT_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException none) {
      run.tally().count("alerts without a verdict in time");
      full = true; // no verdict is no refusal
    }
    if (full) {
      capture(capture, alert, "an alert", random.nextInt(100) < HEAPS_IN_A_HUNDRED);
    }
  }

  private void capture(Id capture, @Nullable Alert alert, String reason, boolean heap) {
    int heapBytes = heap ? 100_000 + random.nextInt(HEAP_BYTES_MAX) : 0;
    Piece piece = Piece.make(identity, key, capture, alert, reason, heapBytes, random);
    run.ledger().begun(piece);
    report(capture, piece.evidence(), CaptureState.RUNNING, piece.bytes(), null);
    report(capture, piece.evidence(), CaptureState.SHIPPING, piece.bytes(), null);
    Shipment shipment =
        new Shipment(piece, run.http(), run.agentToken(), run.ledger(), run.tally());
    Shipment.End end = shipment.ship(this::isOver);
    run.tally().count("pieces that ended as " + end);
    if (end == Shipment.End.SEALED) {
      run.ledger().sealed(piece);
      run.tally().add("bytes of sealed pieces", piece.bytes());
    }
    piece.forgetContent();
  }
}

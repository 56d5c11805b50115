package whorl.collector.fleet.channel;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import whorl.collector.fleet.agents.Connection;
import whorl.collector.fleet.agents.DisconnectReason;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.Fleet.Admission;
import whorl.collector.fleet.agents.FleetCounters;
import whorl.collector.fleet.agents.Journals;
import whorl.collector.fleet.agents.Presence;
import whorl.collector.fleet.agents.SelfTestWatch;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.fleet.chain.Chains;
import whorl.collector.fleet.channel.MessageReader.Reading;
import whorl.collector.fleet.lost.LostAgentDetector;
import whorl.collector.fleet.rules.RuleSets;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.http.server.ChannelEndpoint;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/**
 * The collector's end of the agents' WebSocket channels. An agent sends hello first, then status,
 * journal, alerts and progress. A peer that breaks the protocol loses its own connection only.
 */
public final class AgentChannel implements ChannelEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(AgentChannel.class);

  /**
   * How long an agent may take for each message of the handshake; not what waits here meanwhile.
   */
  private static final long HELLO_LIMIT_NANOS = Duration.ofSeconds(10).toNanos();

  private static final long ALERT_WINDOW_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int MAX_ALERTS_A_WINDOW = 600;
  private static final int POLICY = 1008;
  private static final int TRY_AGAIN_LATER = 1013;
  // RFC 6455, 7.4.2 leaves 4000 to 4999 to applications
  private static final int REPLACED = 4001;
  private static final int SILENT = 4002;
  private static final int EXPIRED = 4003;

  private final Fleet fleet;
  private final Presence presence;
  private final Captures captures;
  private final Journals journals;
  private final Chains chains;
  private final AlertSink alerts;
  private final LostAgentDetector lostAgentDetector;
  private final SelfTestWatch selfTests;
  private final RuleSets rules;
  private final LongSupplier nanos;
  private final FleetCounters counters;
  private final MessageReader reader;
  private volatile LibrarySink libraries = LibrarySink.NONE;
  private volatile HuntSink hunts = HuntSink.NONE;
  private volatile ProbeSink probes = ProbeSink.NONE;
  private volatile boolean leaving;
  private final Set<Session> pendingSessions = ConcurrentHashMap.newKeySet();

  public AgentChannel(
      Fleet fleet,
      Presence presence,
      Captures captures,
      Journals journals,
      Chains chains,
      AlertSink alerts,
      LostAgentDetector lostAgentDetector,
      SelfTestWatch selfTests,
      RuleSets rules,
      LongSupplier nanos,
      FleetCounters counters) {
    this.fleet = fleet;
    this.presence = presence;
    this.captures = captures;
    this.journals = journals;
    this.chains = chains;
    this.alerts = alerts;
    this.lostAgentDetector = lostAgentDetector;
    this.selfTests = selfTests;
    this.rules = rules;
    this.nanos = nanos;
    this.counters = counters;
    this.reader = new MessageReader(counters);
  }

  /** Sets what takes the agents' inventories; to be called before agents connect. */
  public void libraries(LibrarySink sink) {
    libraries = sink;
  }

  /** Sets what receives the answers to hunts; call it before agents connect. */
  public void hunts(HuntSink receiver) {
    hunts = receiver;
  }

  /** Sets what receives the reports about probes; call it before agents connect. */
  public void probes(ProbeSink receiver) {
    probes = receiver;
  }

  @Override
  public Listener opened(Peer peer, Principal principal) {
    Session session = new Session(peer, principal, nanos.getAsLong());
    if (principal.role() != Role.AGENT) {
      session.expel(POLICY, "the channel takes a token of role agent");
      return session;
    }
    pendingSessions.add(session);
    return session;
  }

  @Override
  public void stopping() {
    leaving = true;
    try {
      presence.leave();
    } catch (IOException e) {
      LOG.warn("the others find out by themselves that this collector ends: {}", e.getMessage());
    }
  }

  /**
   * Closes connections without a hello in time, and connections whose heartbeats are missing. If
   * many agents connect at once, their messages may wait here for longer than that; then they have
   * not been silent.
   */
  void closeExpired() {
    long now = nanos.getAsLong();
    for (Session pending : List.copyOf(pendingSessions)) {
      if (now - pending.waitingSinceNanos > HELLO_LIMIT_NANOS
          && !pending.peer.hasUnprocessedMessages()
          && pendingSessions.remove(pending)) {
        counters.lateHellos.increment();
        pending.expel(POLICY, "no hello within " + HELLO_LIMIT_NANOS / 1_000_000_000 + " s");
      }
    }
    for (Connection connection : fleet.silentConnections()) {
      if (connection.peer().hasUnprocessedMessages()) {
        continue;
      }
      counters.silentConnections.increment();
      disconnected(connection, DisconnectReason.SILENT);
      connection.peer().close(SILENT, "three heartbeats missed");
    }
    for (Connection connection : fleet.standings().expiredConnections()) {
      connection
          .peer()
          .close(EXPIRED, "the proof of who this agent is has expired; connect with a new one");
    }
  }

  /** The agent has a newer channel at another collector: closes this one, unless it is newer. */
  void replacedElsewhere(Id agent, long serial) {
    Connection connection = fleet.connection(agent);
    if (connection != null && connection.serial() == serial && fleet.remove(connection)) {
      fleet.disconnected(connection);
      counters.replacedConnections.increment();
      captures.agentMoved(agent);
      rules.agentDisconnected(agent);
      libraries.disconnected(agent);
      hunts.disconnected(agent);
      probes.disconnected(agent);
      connection.peer().close(REPLACED, "this agent has connected to another collector");
    }
  }

  private void disconnected(Connection connection, DisconnectReason reason) {
    if (fleet.remove(connection)) {
      LOG.debug("agent {} has disconnected: {}", connection.identity().id(), reason);
      if (!leaving) { // else another collector misses the agent, and records it as lost
        lostAgentDetector.disconnected(connection, reason);
      }
      fleet.disconnected(connection);
      captures.agentDisconnected(connection.identity().id());
      rules.agentDisconnected(connection.identity().id());
      libraries.disconnected(connection.identity().id());
      hunts.disconnected(connection.identity().id());
      probes.disconnected(connection.identity().id());
    }
  }

  /** The state of one socket. */
  private final class Session implements Listener {
    private final Peer peer;
    private final Principal principal;

    /** Since when the agent's next message of the handshake is awaited. */
    private volatile long waitingSinceNanos;

    private final Handshake handshake = new Handshake();
    private @Nullable Connection connection;
    private volatile DisconnectReason disconnectReason = DisconnectReason.LOST;
    private volatile boolean expelled;
    private long alertWindowNanos;
    private int alertsInWindow;
    private int alertJournalsInWindow;

    Session(Peer peer, Principal principal, long openedNanos) {
      this.peer = peer;
      this.principal = principal;
      this.waitingSinceNanos = openedNanos;
      this.alertWindowNanos = openedNanos;
    }

    @Override
    public void text(String message) {
      if (expelled) {
        return;
      }
      Reading reading = reader.read(message);
      if (reading instanceof Reading.Malformed malformed) {
        counters.malformedMessages.increment();
        expel(malformed.code(), malformed.reason());
        return;
      }
      try {
        if (connection == null) {
          continueHandshake(reading);
        } else {
          fleet.seen(connection);
          if (reading instanceof Reading.Parsed parsed) {
            handleTimed(connection, parsed.message(), message);
          }
        }
      } catch (IOException e) {
        counters.storeFailures.increment();
        log(
            counters.storeFailures(),
            "a message from {} could not be stored: {}",
            peer.remoteAddress(),
            e.getMessage());
        expel(TRY_AGAIN_LATER, "the collector cannot store the message now; try again later");
      }
    }

    @Override
    public boolean lives() {
      return connection != null && fleet.isAlive(connection);
    }

    @Override
    public void closed() {
      pendingSessions.remove(this);
      if (connection != null) {
        disconnected(connection, disconnectReason);
      }
    }

    private void continueHandshake(Reading reading) throws IOException {
      if (peer.isGone()) { // it waited too long for an answer, and connects again
        counters.abandonedHandshakes.increment();
        expelled = true;
        return;
      }
      Handshake.Step step =
          handshake.next(reading instanceof Reading.Parsed parsed ? parsed.message() : null);
      if (step instanceof Handshake.Step.Ask ask) {
        peer.send(Json.text(ask.challenge()));
        waitingSinceNanos = nanos.getAsLong();
      } else if (step instanceof Handshake.Step.Broken broken) {
        counters.malformedMessages.increment();
        expel(POLICY, broken.reason());
      } else if (step instanceof Handshake.Step.Unproved unproved) {
        reject(unproved.hello(), fleet.refuseUnproved(unproved.hello(), peer));
      } else if (step instanceof Handshake.Step.Done done && pendingSessions.remove(this)) {
        admit(done.hello());
      }
    }

    private void admit(AgentMessage.Hello hello) throws IOException {
      Map<String, Object> capabilities =
          hello.capabilities() == null
              ? Map.of()
              : BoundedFacts.of(hello.capabilities(), BoundedFacts.CAPABILITIES_MAX_CHARS);
      Admission admission =
          fleet.admit(
              new AgentMessage.Hello(
                  IdentityNames.cut(hello.identity()), hello.key(), capabilities, hello.head()),
              peer,
              principal);
      if (admission instanceof Admission.Refused refused) {
        reject(hello, refused);
      } else if (admission instanceof Admission.Admitted admitted) {
        connection = admitted.connection();
        peer.accepted();
        if (presence.isShared()) {
          alerts.connected(hello.identity().id());
        }
        lostAgentDetector.reconnected(hello.identity().id());
        if (admitted.replaced() != null) {
          counters.replacedConnections.increment();
          LOG.debug(
              "agent {} has disconnected: {}", hello.identity().id(), DisconnectReason.REPLACED);
          admitted.replaced().peer().close(REPLACED, "this agent has connected again");
        }
        captures.agentConnected(hello.identity().id(), connection.serial());
        rules.agentConnected(connection.identity(), capabilities);
        libraries.connected(connection.identity(), capabilities);
        hunts.connected(connection.identity());
      }
    }

    private void reject(AgentMessage.Hello hello, Admission.Refused refused) {
      log(counters.refusedKeys(), "agent {} refused: {}", hello.identity().id(), refused.reason());
      expel(refused.later() ? TRY_AGAIN_LATER : POLICY, refused.reason());
    }

    /** Measures the handling, because this time is the collector's and not silence of the agent. */
    private void handleTimed(Connection from, AgentMessage message, String text)
        throws IOException {
      from.handling(nanos.getAsLong());
      try {
        Chains.Check check = chains.check(from.chain(), message, text);
        if (check.changed()) {
          fleet.chainChanged(from);
        }
        if (!check.repeated()) {
          handle(from, message, check.genuine());
        }
        chains.processed(from.chain());
      } finally {
        from.handled(nanos.getAsLong());
      }
    }

    private void status(Connection from, AgentMessage.Status status) {
      Map<String, Long> losses = status.losses() == null ? Map.of() : status.losses();
      Map<String, Object> capabilities = status.capabilities();
      from.status(
          BoundedFacts.of(losses, BoundedFacts.LOSSES_MAX_CHARS),
          capabilities == null
              ? null
              : BoundedFacts.of(capabilities, BoundedFacts.CAPABILITIES_MAX_CHARS));
    }

    private void handle(Connection from, AgentMessage message, boolean genuine) throws IOException {
      AgentIdentity agent = from.identity();
      if (message instanceof AgentMessage.Status status) {
        status(from, status);
        if (status.costs() != null) {
          fleet.costs(from, status.costs());
        }
      } else if (message instanceof AgentMessage.Journal journal) {
        journals.add(agent.id(), fleet.client(agent.id()), orEmpty(journal.events()));
      } else if (message instanceof AgentMessage.AlertRaised raised) {
        raised(agent, raised);
      } else if (message instanceof AgentMessage.AlertJournal journal) {
        addAlertJournal(
            agent, new AgentMessage.AlertJournal(journal.alert(), orEmpty(journal.events())));
      } else if (message instanceof AgentMessage.CaptureProgress progress) {
        captures.progress(agent, progress);
      } else if (message instanceof AgentMessage.RulesLoaded loaded) {
        rules.loaded(agent.id(), loaded);
      } else if (message instanceof AgentMessage.LibrariesHeld held) {
        libraries.held(agent, held);
      } else if (message instanceof AgentMessage.LibraryPart part) {
        libraries.part(agent, part);
      } else if (message instanceof AgentMessage.SelfTest report) {
        selfTests.reported(from, report);
      } else if (message instanceof AgentMessage.HuntAnswer answer) {
        hunts.answered(agent, answer);
      } else if (message instanceof AgentMessage.ProbeReport report) {
        probes.reported(agent, report);
      } else if (message instanceof AgentMessage.Goodbye) {
        if (genuine) {
          disconnectReason = DisconnectReason.GOODBYE;
        }
      } else if (!(message instanceof AgentMessage.ManifestSealed)) {
        counters.malformedMessages.increment();
        expel(POLICY, "hello and proof may be sent only once");
      }
    }

    private void raised(AgentIdentity agent, AgentMessage.AlertRaised raised) throws IOException {
      AgentMessage.AlertRaised message =
          new AgentMessage.AlertRaised(
              raised.alert(), raised.capture(), orEmpty(raised.journal()), raised.joined());
      if (tooManyAlerts()) {
        counters.droppedAlerts.increment();
        sendVerdict(
            new CollectorMessage.AlertVerdict(
                message.alert().id(),
                false,
                "this agent has raised more than " + MAX_ALERTS_A_WINDOW + " alerts in a minute"));
        return;
      }
      journals.add(agent.id(), fleet.client(agent.id()), message.journal());
      sendVerdict(alerts.raised(agent, message));
    }

    private void addAlertJournal(AgentIdentity agent, AgentMessage.AlertJournal journal)
        throws IOException {
      advanceWindow();
      if (++alertJournalsInWindow > MAX_ALERTS_A_WINDOW) {
        counters.droppedAlerts.increment();
        return;
      }
      journals.add(agent.id(), fleet.client(agent.id()), journal.events());
      alerts.addJournal(agent, journal);
    }

    private boolean tooManyAlerts() {
      advanceWindow();
      return ++alertsInWindow > MAX_ALERTS_A_WINDOW;
    }

    private void advanceWindow() {
      long now = nanos.getAsLong();
      if (now - alertWindowNanos > ALERT_WINDOW_NANOS) {
        alertWindowNanos = now;
        alertsInWindow = 0;
        alertJournalsInWindow = 0;
      }
    }

    /** Sends a verdict. A lost verdict is sent again when the agent raises the alert again. */
    private void sendVerdict(CollectorMessage.AlertVerdict verdict) {
      if (!peer.send(Json.text(verdict))) {
        LOG.debug("verdict on alert {} could not be sent", verdict.alert());
      }
    }

    private void expel(int code, String reason) {
      expelled = true;
      disconnectReason = DisconnectReason.EXPELLED;
      pendingSessions.remove(this);
      LOG.debug("closing the channel of {}: {}", peer.remoteAddress(), reason);
      peer.close(code, reason);
    }
  }

  /** Logs the first at WARN and the rest at DEBUG, because peers decide how often this happens. */
  private static void log(long times, String message, Object first, @Nullable Object second) {
    LOG.atLevel(times <= 1 ? Level.WARN : Level.DEBUG).log(message, first, second);
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}

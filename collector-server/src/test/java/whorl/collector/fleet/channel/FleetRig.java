package whorl.collector.fleet.channel;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.AgentRoutes;
import whorl.collector.fleet.agents.Enrolments;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.FleetCounters;
import whorl.collector.fleet.agents.Journals;
import whorl.collector.fleet.agents.Ownership;
import whorl.collector.fleet.agents.Presence;
import whorl.collector.fleet.agents.SelfTestSink;
import whorl.collector.fleet.agents.SelfTestWatch;
import whorl.collector.fleet.captures.CaptureCounters;
import whorl.collector.fleet.captures.CaptureRoutes;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.fleet.chain.ChainCounters;
import whorl.collector.fleet.chain.Chains;
import whorl.collector.fleet.lost.LostAgentDetector;
import whorl.collector.fleet.lost.LostAgentSink;
import whorl.collector.fleet.lost.LostAgents;
import whorl.collector.fleet.lost.MemoryLostAgents;
import whorl.collector.fleet.rules.RuleChanges;
import whorl.collector.fleet.rules.RuleRoutes;
import whorl.collector.fleet.rules.RuleSets;
import whorl.collector.fleet.rules.RuleStates;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.ChannelEndpoint;
import whorl.collector.limit.Rates;
import whorl.collector.store.chain.ChainLedger;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Notifications;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.records.EnrolmentLedger;
import whorl.collector.store.records.JournalLedger;
import whorl.collector.store.rules.RuleLedger;
import whorl.collector.store.rules.RuleSetRecord;
import whorl.collector.store.rules.RuleStateLedger;
import whorl.collector.store.triage.GravestLedger;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.SigningKey;
import whorl.evidence.VerifyingKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/** The fleet wired as in the collector, with a temporary folder and a manual clock. */
public final class FleetRig implements AutoCloseable {
  public final ManualTime time;
  public final FleetCounters counters = new FleetCounters();
  public final CaptureCounters captureCounters = new CaptureCounters();
  public final List<String> custody = Collections.synchronizedList(new ArrayList<>());
  public final Database database;
  public final Fleet fleet;
  public final Captures captures;
  public final Journals journals;
  public final ChainLedger chainLedger;
  public final ChainCounters chainCounters = new ChainCounters();
  public final Chains chains;
  public final List<Alert> chainAlerts = Collections.synchronizedList(new ArrayList<>());
  public final RuleSets rules;
  public final List<Route> ruleRoutes;
  public final AgentChannel channel;
  public final LostAgentDetector lostAgentDetector;
  public final LostAgents lostAgents;
  public final SelfTestWatch selfTests;
  public SelfTestSink selfTestSink = (alert, agent, journal, capture) -> {};
  public final List<Route> captureRoutes;
  public final List<Route> agentRoutes;
  private final Database journalDatabase;
  public final Notifications notifications;
  public final @Nullable RuleStates ruleStates;
  public LostAgentSink lostAgentSink = (alert, agent, journal) -> {};
  public AlertSink sink =
      (agent, raised) -> new CollectorMessage.AlertVerdict(raised.alert().id(), true, null);

  public FleetRig(Path folder, ManualTime time) throws IOException {
    this(folder, time, JournalLedger.Limits.DEFAULT);
  }

  public FleetRig(Path folder, ManualTime time, JournalLedger.Limits limits) throws IOException {
    this(
        SqliteDatabase.open(folder.resolve("catalog.db")),
        SqliteDatabase.open(folder.resolve("journal.db")),
        time,
        limits,
        Presence.ALONE,
        new MemoryLostAgents(time),
        false);
  }

  /**
   * A collector with the records of others.
   *
   * @param folder for its journals
   * @param records are closed with the rig
   */
  public FleetRig(Path folder, ManualTime time, Database records) throws IOException {
    this(
        records,
        SqliteDatabase.open(folder.resolve("journal.db")),
        time,
        JournalLedger.Limits.DEFAULT,
        Presence.ALONE,
        new MemoryLostAgents(time),
        true);
  }

  /**
   * A collector on databases that others may use, too.
   *
   * @param oneOfSeveral true if rule sets are shared, too
   */
  public FleetRig(
      Database database,
      Database journalDatabase,
      ManualTime time,
      JournalLedger.Limits limits,
      Presence presence,
      LostAgents lostAgents,
      boolean oneOfSeveral)
      throws IOException {
    this.lostAgents = lostAgents;
    this.time = time;
    this.database = database;
    this.journalDatabase = journalDatabase;
    Enrolments enrolments = new RigEnrolments(new EnrolmentLedger(database), custody, time);
    journals =
        new Journals(
            new JournalLedger(journalDatabase, limits, time),
            counters,
            () -> true,
            new Rates((int) (limits.maxBytes() / 2 >> 10), Duration.ofDays(1), time));
    chainLedger = new ChainLedger(database);
    chains =
        new Chains(
            chainLedger,
            journals::newest,
            (alert, agent, journal) -> chainAlerts.add(alert),
            time,
            time,
            chainCounters);
    fleet =
        new Fleet(
            new AgentLedger(database),
            presence,
            enrolments,
            Ownership.EVERYBODY,
            chains,
            new Rates(Fleet.MAX_ENROLLED_A_MINUTE, Duration.ofMinutes(1), time),
            new Rates(Fleet.MAX_REPORTED_A_MINUTE, Duration.ofMinutes(1), time),
            time,
            time,
            counters);
    captures =
        new Captures(new CaptureLedger(database), presence, fleet, time, time, captureCounters);
    lostAgentDetector =
        new LostAgentDetector(
            Duration.ofSeconds(90),
            lostAgents,
            journals,
            (alert, agent, journal) -> lostAgentSink.lostAgents(alert, agent, journal),
            time,
            time);
    selfTests =
        new SelfTestWatch(
            fleet,
            journals,
            (alert, agent, journal, capture) -> selfTestSink.failed(alert, agent, journal, capture),
            time,
            time);
    notifications = database.openNotifications();
    ruleStates = oneOfSeveral ? new RuleStates(new RuleStateLedger(database)) : null;
    rules =
        new RuleSets(
            new RuleLedger(database),
            fleet,
            new RuleChanges() {
              @Override
              public void pushed(RuleSetRecord set, String by, String remoteAddress) {
                custody.add("rules " + set.name() + " " + set.version() + " by " + by);
              }

              @Override
              public void removed(String name, String by, String remoteAddress) {
                custody.add("rules " + name + " removed by " + by);
              }
            },
            time,
            notifications,
            ruleStates);
    if (oneOfSeveral) {
      rules.listen(); // ends with the notifications
    }
    ruleRoutes = new RuleRoutes(rules).routes();
    channel =
        new AgentChannel(
            fleet,
            presence,
            captures,
            journals,
            chains,
            new AlertSink() {
              @Override
              public CollectorMessage.AlertVerdict raised(
                  AgentIdentity agent, AgentMessage.AlertRaised message) throws IOException {
                return sink.raised(agent, message);
              }

              @Override
              public void connected(Id agent) {
                sink.connected(agent);
              }

              @Override
              public void addJournal(AgentIdentity agent, AgentMessage.AlertJournal message)
                  throws IOException {
                sink.addJournal(agent, message);
              }
            },
            lostAgentDetector,
            selfTests,
            rules,
            time,
            counters);
    captureRoutes =
        new CaptureRoutes(
                captures,
                fleet,
                new GravestLedger(database),
                (scope, capture) -> true,
                new CaptureRoutes.IntoCase() {
                  @Override
                  public Id require(Request request, String text) {
                    throw new ProblemException(404, "no such case", "no case " + text);
                  }

                  @Override
                  public void await(List<Id> requested, Id ofCase, String by) {
                    throw new AssertionError("there are no cases");
                  }
                },
                (order, agents, ofCase, by, from) ->
                    custody.add("captures of " + agents.size() + " agents requested by " + by))
            .routes();
    agentRoutes = new AgentRoutes(fleet, journals).routes();
  }

  /** The connection of a fake agent. */
  public static final class Wire {
    public final AgentIdentity identity;
    public final FakePeer peer = new FakePeer();
    public final ChannelEndpoint.Listener listener;

    private Wire(AgentIdentity identity, AgentChannel channel) {
      this.identity = identity;
      this.listener = channel.opened(peer, new Principal(Role.AGENT, "agent-00000000"));
    }

    public void say(AgentMessage message) {
      listener.text(Json.text(message));
    }

    /** Sends a hello without a key. */
    public void hello() {
      hello(null);
    }

    public void hello(@Nullable String key) {
      say(new AgentMessage.Hello(identity, key, Map.of("jfr", true)));
    }

    /** Answers the challenge, if there was one. */
    public void prove(SigningKey key) {
      for (CollectorMessage.Challenge challenge : peer.received(CollectorMessage.Challenge.class)) {
        say(new AgentMessage.Proof(key.prove(id(), challenge.nonce())));
      }
    }

    public Id id() {
      return identity.id();
    }

    /** Returns the capture requests that the agent received. */
    public List<CollectorMessage.StartCapture> captureRequests() {
      return peer.received(CollectorMessage.StartCapture.class);
    }

    public List<CollectorMessage.AlertVerdict> verdicts() {
      return peer.received(CollectorMessage.AlertVerdict.class);
    }
  }

  /** Custody as a list of lines. */
  private record RigEnrolments(EnrolmentLedger ledger, List<String> custody, ManualTime time)
      implements Enrolments {
    @Override
    public EnrolmentLedger.@Nullable Enrolment find(Id agent) throws IOException {
      return ledger.find(agent);
    }

    @Override
    public void enrolled(AgentIdentity agent, String key) throws IOException {
      Digest keyId = new Digest(VerifyingKey.of(key).keyId());
      ledger.add(
          List.of(
              new EnrolmentLedger.Enrolment(agent.id(), keyId, custody.size(), time.instant())));
      custody.add("enrolled " + agent.id());
    }

    @Override
    public void refused(AgentIdentity agent, String why, String offered, String remoteAddress) {
      custody.add("refused " + agent.id());
    }
  }

  public Wire connect(AgentIdentity identity) {
    return connect(identity, null);
  }

  /** Connects an agent that supports pushed rules. */
  public Wire connectForRules(AgentIdentity identity) {
    Wire wire = new Wire(identity, channel);
    wire.say(new AgentMessage.Hello(identity, null, Map.of(RuleSets.CAPABILITY, true)));
    return wire;
  }

  /** Connects an agent with these capabilities. */
  public Wire connectWith(AgentIdentity identity, Map<String, Object> capabilities) {
    Wire wire = new Wire(identity, channel);
    wire.say(new AgentMessage.Hello(identity, null, capabilities));
    return wire;
  }

  /** Connects an agent that proves its key. */
  public Wire connect(AgentIdentity identity, @Nullable SigningKey key) {
    Wire wire = new Wire(identity, channel);
    wire.hello(key == null ? null : key.publicKey());
    if (key != null) {
      wire.prove(key);
    }
    return wire;
  }

  /** Opens a connection without sending anything. */
  public Wire dial(AgentIdentity identity) {
    return new Wire(identity, channel);
  }

  public static AgentIdentity agent(int number) {
    return agent(number, "shop", "prod");
  }

  public static AgentIdentity agent(int number, String service, String namespace) {
    String digits = String.format("%08x", number);
    return new AgentIdentity(
        new Id("agent-" + digits),
        service,
        namespace,
        Map.of("team", "checkout", "number", digits),
        service + "-" + digits,
        "9a3c5c62-0000-4000-8000-0000" + digits,
        digits.repeat(8),
        "node-" + number % 10,
        1,
        "OpenJDK 64-Bit Server VM 21.0.5+11",
        "0.1.0");
  }

  public static EventLine event(long sequence) {
    return new EventLine(
        sequence,
        ManualTime.START,
        "whorl.FileOpen",
        Map.of("path", "/etc/passwd", "access", "read"),
        "http-1",
        List.of("shop.View.read(View.java:12)"));
  }

  /** Runs the work that the fleet does every second. */
  public void tick() throws IOException {
    captures.checkTimeouts();
    channel.closeExpired();
    lostAgentDetector.check();
    selfTests.check();
    chains.flush(journals::flush);
    chains.raiseAlerts();
  }

  @Override
  public void close() throws IOException {
    chains.flush(journals::flush);
    fleet.save();
    notifications.close();
    database.close();
    journalDatabase.close();
  }
}

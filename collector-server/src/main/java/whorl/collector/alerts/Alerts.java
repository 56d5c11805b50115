package whorl.collector.alerts;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.SelfTestSink;
import whorl.collector.fleet.captures.CaptureOrder;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.fleet.chain.ChainAlertSink;
import whorl.collector.fleet.channel.AlertSink;
import whorl.collector.fleet.lost.LostAgentSink;
import whorl.collector.limit.Client;
import whorl.collector.limit.Quota;
import whorl.collector.recent.RecentMap;
import whorl.collector.store.limits.CooldownLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.CaptureRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage.AlertVerdict;

/**
 * Receives alerts from agents and from other programs, stores them, and decides which start
 * captures. Safe for use by several threads.
 */
public final class Alerts implements AlertSink, LostAgentSink, SelfTestSink, ChainAlertSink {
  private static final String OWN_SOURCE = "whorl";
  private static final String NONE_REQUESTED =
      "the agent asked for none: its cooldown or hourly cap holds, or it joined one";
  private static final String JOINED_UNKNOWN =
      "the agent asked for none: it joined a capture that was held back or is not known here";
  private static final String NO_AGENT = "who could be asked has gone";
  private static final String NOT_OF_THE_JVM =
      "it is about messages, so none is requested; a person may request one";
  private static final String NO_ANSWER = "the agent does not answer, so no capture is requested";

  /**
   * Limit for the alerts that agents of one network may have stored in a day: 2 GiB, or half a
   * million alerts.
   */
  public static final int MAX_KIBIBYTES_A_DAY = 2 << 20;

  private static final int MIN_KIBIBYTES = 4;

  /** Whose quota the journals of the collector's own alerts take: no identity or address. */
  private static final String OWN_ALERTS = "alerts about agents";

  /** Each KiB of these journals counts as eight, so they get 256 MiB of the quota. */
  private static final int OWN_COST = 8;

  /**
   * This many alerts of a group are stored, and the first of each rule; further ones are only
   * counted.
   */
  private static final int MAX_GROUP_ALERTS = 200;

  private static final int MAX_UNSTORED = 100;

  private final AlertLedger ledger;
  private final Captures captures;
  private final Fleet fleet;
  private final StormControl storm;
  private final InstantSource clock;
  private final AlertCounters counters;

  /** An alert that arrived with more events already has its complete journal. */
  private static final int MAX_EARLY_EVENTS = 16;

  private final ExternalAlerts external;
  private final Quota kibibytesADay;
  private final AlertGrouping alertGrouping = new AlertGrouping();

  /** Alerts about self-tests that could not be stored: their sender tries it every second. */
  private final Map<Id, Decided> unstored =
      Collections.synchronizedMap(RecentMap.byAddition(MAX_UNSTORED));

  /** An alert about which it was decided whether it starts a capture, which happens once. */
  private record Decided(AlertRecord record, List<EventLine> journal) {}

  /**
   * @param cooldowns which captures alerts from outside have started
   * @param kibibytesADay limits the alerts that agents of one network may have stored
   */
  public Alerts(
      AlertLedger ledger,
      Captures captures,
      Fleet fleet,
      StormControl storm,
      CooldownLedger cooldowns,
      InstantSource clock,
      AlertCounters counters,
      Quota kibibytesADay) {
    this.ledger = ledger;
    this.captures = captures;
    this.fleet = fleet;
    this.storm = storm;
    this.clock = clock;
    this.counters = counters;
    this.external =
        new ExternalAlerts(
            ledger, captures, fleet, storm, new Cooldown(cooldowns), clock, counters);
    this.kibibytesADay = kibibytesADay;
  }

  @Override
  public AlertVerdict raised(AgentIdentity agent, AgentMessage.AlertRaised message)
      throws IOException {
    Alert alert = AlertLimits.bounded(message.alert(), OWN_SOURCE);
    AlertRecord earlier = ledger.find(alert.id());
    Id capture = message.capture();
    if (earlier != null && (capture == null || !mayRequestLater(earlier))) {
      return repeatVerdict(agent, earlier);
    }
    Id joined = earlier == null && capture == null ? joinedCapture(agent, message.joined()) : null;
    String refusal =
        joined != null
            ? null
            : capture == null && message.joined() != null
                ? JOINED_UNKNOWN
                : refusal(agent, alert, capture);
    if (earlier != null) {
      return decideLater(agent, earlier, capture, refusal);
    }
    Id captureId = joined == null ? capture : joined;
    List<EventLine> journal = AlertLimits.newest(message.journal());
    counters.trimmedEvents.add(message.journal().size() - journal.size());
    AlertRecord record =
        new AlertRecord(
            alert,
            agent.id(),
            agent.service(),
            agent.namespace(),
            agent.pod(),
            clock.instant(),
            refusal == null && captureId != null ? List.of(captureId) : List.of(),
            refusal,
            journal.size(),
            fleet.isEnrolled(agent.id()));
    switch (insertIntoGroup(agent, record, journal)) {
      case KNOWN -> {
        AlertRecord meanwhile = ledger.find(alert.id());
        return repeatVerdict(agent, meanwhile == null ? record : meanwhile);
      }
      // the capture continues, and its manifest contains the alert
      case NO_ROOM -> counters.withoutRoom.increment();
      case NEW -> counters.fromAgents.increment();
    }
    return new AlertVerdict(alert.id(), refusal == null, refusal);
  }

  @Override
  public void connected(Id agent) {
    synchronized (alertGrouping) {
      alertGrouping.outdated(agent);
    }
  }

  @Override
  public void addJournal(AgentIdentity agent, AgentMessage.AlertJournal message)
      throws IOException {
    List<EventLine> journal = AlertLimits.newest(message.events());
    counters.trimmedEvents.add(message.events().size() - journal.size());
    synchronized (alertGrouping) {
      AlertRecord alert = ledger.find(message.alert());
      if (alert == null
          || !agent.id().equals(alert.agent())
          || alert.journalEvents() > MAX_EARLY_EVENTS) {
        return;
      }
      // earlier events stay, because the agent's token may have been stolen since
      Set<EventLine> all = new LinkedHashSet<>(ledger.journal(alert.alert().id()));
      all.addAll(journal);
      List<EventLine> merged = new ArrayList<>(all);
      merged.sort(Comparator.comparingLong(EventLine::sequence));
      int kibibytes = 1 + (Json.text(merged).length() >> 10);
      if (merged.size() > alert.journalEvents()) {
        if (takesRoom(agent.id(), kibibytes)) {
          ledger.complete(alert.alert().id(), merged);
        } else {
          counters.trimmedEvents.add(journal.size());
        }
      }
    }
  }

  /** Stores the first alert of a group, or adds a further alert to its first. */
  private AlertLedger.Inserted insertIntoGroup(
      AgentIdentity agent, AlertRecord alert, List<EventLine> journal) throws IOException {
    synchronized (alertGrouping) {
      AlertGrouping.Membership membership = membership(agent.id(), alert.alert());
      AlertRecord first = membership == null ? null : ledger.find(membership.first());
      if (membership == null || first == null) {
        return insert(alert, journal);
      }
      if (membership.count() > MAX_GROUP_ALERTS && !first.wouldList(alert.alert())) {
        ledger.count(first.alert().id(), alert);
        return AlertLedger.Inserted.NEW;
      }
      AlertLedger.Inserted inserted = insert(alert.partOf(membership.first()), journal);
      if (inserted != AlertLedger.Inserted.NEW) {
        return inserted;
      }
      ledger.change(first.alert().id(), stored -> stored.with(alert));
      return AlertLedger.Inserted.NEW;
    }
  }

  /**
   * Adds the alert to its group; null if it starts one. The group may have begun or gone on at
   * another collector, or before a restart, so the ledger is asked before a new one begins, and
   * what is in memory counts only until the agent connects again.
   */
  private AlertGrouping.@Nullable Membership membership(Id agent, Alert alert) throws IOException {
    Instant now = clock.instant();
    AlertGrouping.Membership membership = alertGrouping.join(agent, alert, now);
    if (membership == null && AlertGrouping.mayJoin(agent, alert)) {
      Instant since = now.minus(AlertGrouping.MAX_GROUP_AGE);
      alertGrouping.restore(agent, ledger.groups(agent, since), ledger.parts(agent, since));
      membership = alertGrouping.join(agent, alert, now);
    }
    if (membership == null) {
      alertGrouping.begin(agent, alert, now);
    }
    return membership;
  }

  /**
   * Stores the alert within the limit of its identity, or its network: an attacker with an agent's
   * token can be many agents, but has one identity or address.
   */
  private AlertLedger.Inserted insert(AlertRecord alert, List<EventLine> journal)
      throws IOException {
    long chars = Json.text(alert).length() + (long) Json.text(journal).length();
    int kibibytes = (int) Math.max(MIN_KIBIBYTES, 1 + (chars >> 10));
    Id agent = alert.agent();
    if (agent != null && !takesRoom(agent, kibibytes)) {
      counters.overQuota.increment();
      return AlertLedger.Inserted.NO_ROOM;
    }
    return ledger.insert(alert, journal);
  }

  private boolean takesRoom(Id agent, int kibibytes) throws IOException {
    String client = fleet.client(agent);
    return kibibytesADay.take(client, Client.cost(client, kibibytes));
  }

  /**
   * The newest events for an alert of the collector's own; none if such alerts have taken their
   * room. The alerts themselves are always stored. Agents decide how many there are, and what they
   * sent is in their journals too.
   */
  private List<EventLine> ownJournal(List<EventLine> journal) throws IOException {
    List<EventLine> newest = AlertLimits.newest(journal);
    int kibibytes = 1 + (Json.text(newest).length() >> 10);
    if (newest.isEmpty() || kibibytesADay.take(OWN_ALERTS, OWN_COST * kibibytes)) {
      return newest;
    }
    counters.trimmedEvents.add(newest.size());
    return List.of();
  }

  @Override
  public void lostAgents(Alert alert, @Nullable AgentIdentity agent, List<EventLine> journal)
      throws IOException {
    List<EventLine> newest = ownJournal(journal);
    ledger.insert(
        new AlertRecord(
            alert,
            agent == null ? null : agent.id(),
            agent == null ? null : agent.service(),
            agent == null ? null : agent.namespace(),
            agent == null ? null : agent.pod(),
            clock.instant(),
            List.of(),
            NO_AGENT,
            newest.size(),
            null),
        newest);
    counters.ofSilence.increment();
  }

  @Override
  public void chainFault(Alert alert, @Nullable AgentIdentity agent, List<EventLine> journal)
      throws IOException {
    List<EventLine> newest = ownJournal(journal);
    List<AgentIdentity> agents = agent == null ? List.of() : List.of(known(agent));
    ledger.insert(
        ExternalAlerts.record(
            alert, agents, List.of(), NOT_OF_THE_JVM, newest.size(), clock.instant()),
        newest);
    counters.ofChains.increment();
  }

  /**
   * The agent as it is known here: a manifest can name another service, whose people would get the
   * alert in place of those of the agent.
   */
  private AgentIdentity known(AgentIdentity agent) throws IOException {
    AgentRecord record = fleet.agent(agent.id());
    return record == null ? agent : record.identity();
  }

  @Override
  public void failed(
      Alert alert, @Nullable AgentIdentity agent, List<EventLine> journal, boolean capture)
      throws IOException {
    Decided decided = unstored.get(alert.id());
    if (decided == null) {
      decided = decide(alert, agent, journal, capture);
      unstored.put(alert.id(), decided);
    }
    ledger.insert(decided.record(), decided.journal());
    unstored.remove(alert.id());
    counters.fromSelfTests.increment();
  }

  private Decided decide(
      Alert alert, @Nullable AgentIdentity agent, List<EventLine> journal, boolean capture)
      throws IOException {
    List<EventLine> newest = ownJournal(journal); // nothing may fail after the capture has begun
    Set<String> refusals = new LinkedHashSet<>();
    CaptureRecord begun = null;
    if (agent == null) {
      refusals.add(NO_AGENT);
    } else if (!capture) {
      refusals.add(NO_ANSWER);
    } else if (!captures.hasRoom(agent.id())) {
      refusals.add("agent " + agent.id() + " has too many captures open");
    } else {
      String refusal = storm.refusal(agent, fleet.enrolledAt(agent.id()), alert.rule());
      if (refusal == null) {
        CaptureOrder order = new CaptureOrder(List.of(), alert.title(), alert, false);
        begun = captures.request(order, List.of(agent), null).get(0);
        counters.full.increment();
      } else {
        counters.heldBackByStorm.increment();
        refusals.add(refusal);
      }
    }
    List<AgentIdentity> agents = agent == null ? List.of() : List.of(agent);
    List<CaptureRecord> captured = begun == null ? List.of() : List.of(begun);
    return new Decided(
        ExternalAlerts.record(
            alert, agents, captured, String.join("; ", refusals), newest.size(), clock.instant()),
        newest);
  }

  /** Stores an external alert and requests captures from the agents that it matches. */
  ExternalAlerts.Outcome receiveExternal(IncomingAlert incoming, ExternalAlerts.Budget budget)
      throws IOException {
    return external.receive(incoming, budget);
  }

  /** Returns the capture that the alert joined, if it is a known capture of this agent. */
  private @Nullable Id joinedCapture(AgentIdentity agent, @Nullable Id capture) throws IOException {
    CaptureRecord existing = capture == null ? null : captures.find(capture);
    return existing != null && existing.agent().equals(agent.id()) ? capture : null;
  }

  /**
   * True if the alert joined a capture before, and may now request its own because that one was
   * refused.
   */
  private static boolean mayRequestLater(AlertRecord earlier) {
    return NONE_REQUESTED.equals(earlier.notCaptured())
        || JOINED_UNKNOWN.equals(earlier.notCaptured());
  }

  /** Returns why the agent's capture may not continue; null when it may, and then registers it. */
  private @Nullable String refusal(AgentIdentity agent, Alert alert, @Nullable Id capture)
      throws IOException {
    if (capture == null) {
      return NONE_REQUESTED;
    }
    CaptureRecord existing = captures.find(capture);
    if (existing != null) {
      if (!existing.agent().equals(agent.id())) {
        return "the capture id is another agent's";
      }
      // the agent captured by itself while the collector could not be reached
      captures.setAlert(capture, alert);
      return null;
    }
    String refusal = storm.refusal(agent, fleet.enrolledAt(agent.id()), alert.rule());
    if (refusal != null) {
      counters.heldBackByStorm.increment();
      return refusal;
    }
    if (!captures.begun(agent, capture, alert.title(), alert)) {
      return "too many captures are open of this agent, or of those behind its address";
    }
    counters.full.increment();
    return null;
  }

  /**
   * Decides about an alert that requests its own capture after the capture that it joined was
   * refused.
   */
  private AlertVerdict decideLater(
      AgentIdentity agent, AlertRecord earlier, @Nullable Id capture, @Nullable String refusal)
      throws IOException {
    if (!agent.id().equals(earlier.agent())) {
      return repeatVerdict(agent, earlier);
    }
    List<Id> captures = refusal == null && capture != null ? List.of(capture) : List.of();
    synchronized (alertGrouping) {
      ledger.change(earlier.alert().id(), stored -> stored.decided(captures, refusal));
      Id first = earlier.partOf();
      if (first != null) {
        ledger.change(first, stored -> stored.captured(captures));
      }
    }
    return new AlertVerdict(earlier.alert().id(), refusal == null, refusal);
  }

  private AlertVerdict repeatVerdict(AgentIdentity agent, AlertRecord earlier) {
    counters.repeated.increment();
    Id id = earlier.alert().id();
    return agent.id().equals(earlier.agent())
        ? new AlertVerdict(id, earlier.notCaptured() == null, earlier.notCaptured())
        : new AlertVerdict(id, false, "the alert id is another agent's");
  }
}

package whorl.collector.alerts;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.AlertSink;
import whorl.collector.fleet.CaptureOrder;
import whorl.collector.fleet.Captures;
import whorl.collector.fleet.Fleet;
import whorl.collector.fleet.LostAgentSink;
import whorl.collector.fleet.SelfTestSink;
import whorl.collector.http.ProblemException;
import whorl.collector.limit.Rates;
import whorl.collector.store.AlertLedger;
import whorl.collector.store.AlertRecord;
import whorl.collector.store.CaptureRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.AgentMessage;
import whorl.evidence.Alert;
import whorl.evidence.CaptureState;
import whorl.evidence.CollectorMessage.AlertVerdict;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Takes alerts from agents and from outside, keeps every one, and decides which become captures.
 * Safe for use by several threads.
 */
public final class Alerts implements AlertSink, LostAgentSink, SelfTestSink {
  private static final String OWN_SOURCE = "whorl";
  private static final String NONE_ASKED =
      "the agent asked for none: its cooldown or hourly cap holds, or it joined one";
  private static final String JOINED_UNKNOWN =
      "the agent asked for none: it joined a capture that was held back or is not known here";
  private static final String GONE = "who could be asked has gone";
  private static final int MAX_REASON_CHARS = 900;

  /** Of what agents behind one address may have kept in a day: 2 GiB, or half a million alerts. */
  public static final int MAX_KIBIBYTES_A_DAY = 2 << 20;

  private static final int LEAST_KIBIBYTES = 4;

  /** So many alerts of one deed are kept, and the first of each rule; more are counted. */
  private static final int PARTS_MAX = 200;

  private static final int MAX_CAPTURES_NAMED = 1_000;

  private final AlertLedger ledger;
  private final Captures captures;
  private final Fleet fleet;
  private final StormControl storm;
  private final InstantSource clock;
  private final AlertCounters counters;

  /** An alert that came with more has its journal already. */
  private static final int AHEAD_EVENTS_MAX = 16;

  private final Cooldown cooldown;
  private final Rates kibibytesADay;
  private final Object oneOutsideAlert = new Object();
  private final AlertGrouping alertGrouping = new AlertGrouping();

  /**
   * @param kibibytesADay of alerts, which agents behind one address may have kept
   */
  public Alerts(
      AlertLedger ledger,
      Captures captures,
      Fleet fleet,
      StormControl storm,
      InstantSource clock,
      AlertCounters counters,
      Rates kibibytesADay) {
    this.ledger = ledger;
    this.captures = captures;
    this.fleet = fleet;
    this.storm = storm;
    this.clock = clock;
    this.counters = counters;
    this.cooldown = new Cooldown(clock);
    this.kibibytesADay = kibibytesADay;
  }

  /**
   * What came of an alert from outside.
   *
   * @param matched how many connected agents it led to
   */
  record Outcome(AlertRecord alert, int matched, List<CaptureRecord> captures) {}

  @Override
  public AlertVerdict raised(AgentIdentity agent, AgentMessage.AlertRaised message)
      throws IOException {
    Alert alert = AlertLimits.bounded(message.alert(), OWN_SOURCE);
    AlertRecord before = ledger.find(alert.id());
    Id capture = message.capture();
    if (before != null && (capture == null || !mayAskAgain(before))) {
      return again(agent, before);
    }
    Id joined = before == null && capture == null ? joined(agent, message.joined()) : null;
    String refusal =
        joined != null
            ? null
            : capture == null && message.joined() != null
                ? JOINED_UNKNOWN
                : refusal(agent, alert, capture);
    if (before != null) {
      return decided(agent, before, capture, refusal);
    }
    Id its = joined == null ? capture : joined;
    List<EventLine> journal = AlertLimits.newest(message.journal());
    counters.trimmedEvents.add(message.journal().size() - journal.size());
    AlertRecord kept =
        new AlertRecord(
            alert,
            agent.id(),
            agent.service(),
            agent.namespace(),
            agent.pod(),
            clock.instant(),
            refusal == null && its != null ? List.of(its) : List.of(),
            refusal,
            journal.size(),
            fleet.isEnrolled(agent.id()));
    switch (insertedInDeed(agent, kept, journal)) {
      case KNOWN -> {
        AlertRecord meanwhile = ledger.find(alert.id());
        return again(agent, meanwhile == null ? kept : meanwhile);
      }
      // its capture goes on, and the manifest has the alert
      case NO_ROOM -> counters.withoutRoom.increment();
      case NEW -> counters.fromAgents.increment();
    }
    return new AlertVerdict(alert.id(), refusal == null, refusal);
  }

  @Override
  public void led(AgentIdentity agent, AgentMessage.AlertJournal message) throws IOException {
    List<EventLine> journal = AlertLimits.newest(message.events());
    counters.trimmedEvents.add(message.events().size() - journal.size());
    synchronized (alertGrouping) {
      AlertRecord alert = ledger.find(message.alert());
      if (alert == null
          || !agent.id().equals(alert.agent())
          || alert.journalEvents() > AHEAD_EVENTS_MAX) {
        return;
      }
      // what came first stays, whoever holds the agent's token by now
      Set<EventLine> all = new LinkedHashSet<>(ledger.journal(alert.alert().id()));
      all.addAll(journal);
      List<EventLine> led = new ArrayList<>(all);
      led.sort(Comparator.comparingLong(EventLine::sequence));
      int kibibytes = 1 + (Json.text(led).length() >> 10);
      if (led.size() > alert.journalEvents()) {
        if (kibibytesADay.take(fleet.network(agent.id()), kibibytes)) {
          ledger.complete(alert.withJournal(led.size()), led);
        } else {
          counters.trimmedEvents.add(journal.size());
        }
      }
    }
  }

  /** The first of a deed, or one more, by which the first grows. */
  private AlertLedger.Inserted insertedInDeed(
      AgentIdentity agent, AlertRecord alert, List<EventLine> journal) throws IOException {
    synchronized (alertGrouping) {
      AlertGrouping.Part part = alertGrouping.next(agent.id(), alert.alert(), clock.instant());
      AlertRecord first = part == null ? null : ledger.find(part.first());
      if (part == null || first == null) {
        return inserted(alert, journal);
      }
      if (part.count() <= PARTS_MAX || first.wouldList(alert.alert())) {
        AlertLedger.Inserted inserted = inserted(alert.partOf(part.first()), journal);
        if (inserted != AlertLedger.Inserted.NEW) {
          return inserted;
        }
      }
      ledger.replace(first.with(alert));
      return AlertLedger.Inserted.NEW;
    }
  }

  /** Whoever has an agent's token can be many agents, but is behind one address. */
  private AlertLedger.Inserted inserted(AlertRecord alert, List<EventLine> journal)
      throws IOException {
    long chars = Json.text(alert).length() + (long) Json.text(journal).length();
    int kibibytes = (int) Math.max(LEAST_KIBIBYTES, 1 + (chars >> 10));
    Id agent = alert.agent();
    return agent == null || kibibytesADay.take(fleet.network(agent), kibibytes)
        ? ledger.insert(alert, journal)
        : AlertLedger.Inserted.NO_ROOM;
  }

  @Override
  public void silent(Alert alert, @Nullable AgentIdentity agent, List<EventLine> journal)
      throws IOException {
    List<EventLine> newest = AlertLimits.newest(journal);
    ledger.insert(
        new AlertRecord(
            alert,
            agent == null ? null : agent.id(),
            agent == null ? null : agent.service(),
            agent == null ? null : agent.namespace(),
            agent == null ? null : agent.pod(),
            clock.instant(),
            List.of(),
            GONE,
            newest.size(),
            null),
        newest);
    counters.ofSilence.increment();
  }

  @Override
  public void failed(
      Alert alert, @Nullable AgentIdentity agent, List<EventLine> journal, boolean capture)
      throws IOException {
    Set<String> refusals = new LinkedHashSet<>();
    CaptureRecord begun = null;
    if (agent == null || !capture) {
      refusals.add(GONE);
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
    List<EventLine> newest = AlertLimits.newest(journal);
    List<AgentIdentity> whose = agent == null ? List.of() : List.of(agent);
    List<CaptureRecord> captured = begun == null ? List.of() : List.of(begun);
    ledger.insert(
        record(alert, whose, captured, String.join("; ", refusals), newest.size()), newest);
    counters.ofSelfTests.increment();
  }

  /** Keeps an outside alert and asks the agents it leads to for captures. */
  Outcome outside(IncomingAlert incoming) throws IOException {
    // one after the other: two of the same must not both find that none has been begun
    synchronized (oneOutsideAlert) {
      if (!ledger.hasRoomForOutside(clock.instant())) {
        counters.withoutRoom.increment();
        throw noRoom();
      }
      List<AgentIdentity> matched = incoming.firing() ? incoming.place().agents(fleet) : List.of();
      List<CaptureRecord> begun = new ArrayList<>();
      Set<String> refusals = new LinkedHashSet<>();
      for (AgentIdentity agent : matched) {
        CaptureRecord capture = capture(incoming, agent, refusals);
        if (capture != null) {
          begun.add(capture);
        }
      }
      if (!incoming.firing()) {
        refusals.add("it says that something is over");
      } else if (matched.isEmpty()) {
        counters.unmatched.increment();
        refusals.add("no connected agent matches " + incoming.place().described());
      }
      AlertRecord kept = record(incoming.alert(), matched, begun, String.join("; ", refusals), 0);
      ledger.insert(kept, List.of());
      counters.fromOutside.increment();
      return new Outcome(kept, matched.size(), begun);
    }
  }

  private static ProblemException noRoom() {
    return new ProblemException(
        429,
        "no room for alerts",
        "alerts of the last day fill the room that there is for alerts from outside; send fewer",
        Map.of("Retry-After", "3600"));
  }

  /** The capture that the alert joined, if it is one of this agent's that may have evidence. */
  private @Nullable Id joined(AgentIdentity agent, @Nullable Id capture) throws IOException {
    CaptureRecord known = capture == null ? null : captures.find(capture);
    return known != null && known.agent().equals(agent.id()) ? capture : null;
  }

  /**
   * An alert that joined, or seemed to, and now asks for a capture because that one was refused.
   */
  private static boolean mayAskAgain(AlertRecord before) {
    return NONE_ASKED.equals(before.notCaptured()) || JOINED_UNKNOWN.equals(before.notCaptured());
  }

  /** Why the agent's capture may not go on; null when it may, and then it is noted. */
  private @Nullable String refusal(AgentIdentity agent, Alert alert, @Nullable Id capture)
      throws IOException {
    if (capture == null) {
      return NONE_ASKED;
    }
    CaptureRecord known = captures.find(capture);
    if (known != null) {
      if (!known.agent().equals(agent.id())) {
        return "the capture id is another agent's";
      }
      // the agent went on by itself while the collector could not be reached
      captures.explain(capture, alert);
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

  /** An alert that had joined another one's capture, which was refused, asks for its own. */
  private AlertVerdict decided(
      AgentIdentity agent, AlertRecord before, @Nullable Id capture, @Nullable String refusal)
      throws IOException {
    if (!agent.id().equals(before.agent())) {
      return again(agent, before);
    }
    List<Id> captures = refusal == null && capture != null ? List.of(capture) : List.of();
    synchronized (alertGrouping) {
      ledger.replace(before.decided(captures, refusal));
      AlertRecord first = before.partOf() == null ? null : ledger.find(before.partOf());
      if (first != null) {
        ledger.replace(first.captured(captures));
      }
    }
    return new AlertVerdict(before.alert().id(), refusal == null, refusal);
  }

  private AlertVerdict again(AgentIdentity agent, AlertRecord before) {
    counters.repeated.increment();
    Id id = before.alert().id();
    return agent.id().equals(before.agent())
        ? new AlertVerdict(id, before.notCaptured() == null, before.notCaptured())
        : new AlertVerdict(id, false, "the alert id is another agent's");
  }

  private @Nullable CaptureRecord capture(
      IncomingAlert incoming, AgentIdentity agent, Set<String> refusals) throws IOException {
    String fingerprint = incoming.alert().source() + " " + incoming.fingerprint();
    Id before = cooldown.capture(agent.id(), fingerprint);
    CaptureRecord running = before == null ? null : captures.find(before);
    if (running != null && running.state() != CaptureState.FAILED) {
      counters.joined.increment();
      return running;
    }
    if (!captures.hasRoom(agent.id())) {
      refusals.add("agent " + agent.id() + " has too many captures open");
      return null;
    }
    String refusal = storm.refusal(agent, fleet.enrolledAt(agent.id()), incoming.alert().rule());
    if (refusal != null) {
      counters.heldBackByStorm.increment();
      refusals.add(refusal);
      return null;
    }
    String reason = incoming.reason() == null ? incoming.alert().title() : incoming.reason();
    CaptureOrder order =
        new CaptureOrder(
            List.of(), AlertLimits.cut(reason, MAX_REASON_CHARS), incoming.alert(), false);
    CaptureRecord capture = captures.request(order, List.of(agent), null).get(0);
    cooldown.begin(agent.id(), fingerprint, capture.id());
    counters.full.increment();
    return capture;
  }

  private AlertRecord record(
      Alert alert,
      List<AgentIdentity> matched,
      List<CaptureRecord> begun,
      String refusals,
      int journalEvents) {
    AgentIdentity only = matched.size() == 1 ? matched.get(0) : null;
    long services = matched.stream().map(AgentIdentity::service).distinct().count();
    return new AlertRecord(
        alert,
        only == null ? null : only.id(),
        services == 1 ? matched.get(0).service() : null,
        only == null ? null : only.namespace(),
        only == null ? null : only.pod(),
        clock.instant(),
        begun.stream().limit(MAX_CAPTURES_NAMED).map(CaptureRecord::id).toList(),
        refusals.isEmpty() ? null : AlertLimits.cut(refusals, MAX_REASON_CHARS),
        journalEvents,
        null);
  }
}

package whorl.collector.alerts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.captures.CaptureOrder;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.limits.CooldownLedger.Claim;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.CaptureRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Digest;
import whorl.evidence.Json;
import whorl.evidence.channel.CaptureState;

/**
 * Receives alerts from other programs: finds the agents that they mean, starts captures, and stores
 * them. Safe for use by several threads.
 */
final class ExternalAlerts {
  private static final int MAX_REASON_CHARS = 900;
  private static final int MAX_CAPTURES_NAMED = 1_000;

  private final AlertLedger ledger;
  private final Captures captures;
  private final Fleet fleet;
  private final StormControl storm;
  private final Cooldown cooldown;
  private final InstantSource clock;
  private final AlertCounters counters;

  ExternalAlerts(
      AlertLedger ledger,
      Captures captures,
      Fleet fleet,
      StormControl storm,
      Cooldown cooldown,
      InstantSource clock,
      AlertCounters counters) {
    this.ledger = ledger;
    this.captures = captures;
    this.fleet = fleet;
    this.storm = storm;
    this.cooldown = cooldown;
    this.clock = clock;
    this.counters = counters;
  }

  /**
   * The result of an external alert.
   *
   * @param matched how many connected agents it matched
   */
  record Outcome(AlertRecord alert, int matched, List<CaptureRecord> captures) {}

  /** How many JVMs the alerts of one sender may ask for captures. */
  @FunctionalInterface
  interface Budget {
    /** Takes so many JVMs from the budget; false if it is used up. */
    boolean take(int jvms) throws IOException;
  }

  /**
   * Stores an external alert and requests captures from the agents that it matches.
   *
   * @param budget of its sender: an alert can name all JVMs, and each costs some statements
   */
  Outcome receive(IncomingAlert incoming, Budget budget) throws IOException {
    if (!ledger.hasRoomForOutside(clock.instant())) {
      counters.withoutRoom.increment();
      throw noRoom();
    }
    List<AgentIdentity> matched = incoming.firing() ? incoming.place().agents(fleet) : List.of();
    List<CaptureRecord> begun = new ArrayList<>();
    Set<String> refusals = new LinkedHashSet<>();
    boolean mayAsk = matched.isEmpty() || budget.take(matched.size());
    if (!mayAsk) {
      refusals.add(
          "alerts of this token have matched too many JVMs within a minute; ask for captures with"
              + " POST /api/v1/captures");
    }
    for (AgentIdentity agent : mayAsk ? matched : List.<AgentIdentity>of()) {
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
    AlertRecord record =
        record(incoming.alert(), matched, begun, String.join("; ", refusals), 0, clock.instant());
    if (matched.isEmpty()) {
      record =
          record.of(
              AlertLimits.name(incoming.place().namespace()),
              AlertLimits.name(incoming.place().service()));
    }
    if (ledger.insert(record, List.of(), repeats(incoming)) == AlertLedger.Inserted.NO_ROOM) {
      counters.withoutRoom.increment(); // others took the room meanwhile
      if (begun.isEmpty()) {
        throw noRoom();
      }
    } else {
      counters.fromOutside.increment();
    }
    return new Outcome(record, matched.size(), begun);
  }

  /**
   * Equal for repetitions of an alert about one place, also for the one that says that it is over.
   * What the place is called is part of it, so that nobody can end an alert about another place.
   */
  private static String repeats(IncomingAlert incoming) {
    AlertSource place = incoming.place();
    String all =
        Json.text(
            new @Nullable String[] {
              incoming.alert().source(),
              incoming.fingerprint(),
              incoming.alert().rule(),
              place.described(),
              place.namespace(),
              place.service()
            });
    return Digest.of(all.getBytes(StandardCharsets.UTF_8)).hex();
  }

  private static ProblemException noRoom() {
    return new ProblemException(
        429,
        "no room for alerts",
        "alerts of the last day fill the room that there is for alerts from outside; send fewer",
        Map.of("Retry-After", "3600"));
  }

  /** Returns the capture that this alert, or an equal one lately, started on the agent. */
  private @Nullable CaptureRecord capture(
      IncomingAlert incoming, AgentIdentity agent, Set<String> refusals) throws IOException {
    String fingerprint = incoming.alert().source() + " " + incoming.fingerprint();
    Claim claim = cooldown.claim(agent.id(), fingerprint, null);
    if (claim instanceof Claim.Begun earlier) {
      CaptureRecord running = captures.find(earlier.capture());
      if (running == null || running.state() == CaptureState.FAILED) {
        claim = cooldown.claim(agent.id(), fingerprint, earlier.capture());
      }
    }
    if (claim instanceof Claim.Begun earlier) {
      CaptureRecord joined = captures.find(earlier.capture());
      if (joined == null) {
        refusals.add("capture " + earlier.capture() + " of an equal alert is not known any more");
      } else {
        counters.joined.increment();
      }
      return joined;
    }
    if (!(claim instanceof Claim.Mine mine)) {
      refusals.add("an equal alert is not decided about yet; ask with POST /api/v1/captures");
      return null;
    }
    CaptureRecord capture;
    try {
      capture = begin(incoming, agent, refusals);
    } catch (IOException | RuntimeException e) {
      try {
        cooldown.release(mine);
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed); // the claim ends by itself
      }
      throw e;
    }
    if (capture == null) {
      cooldown.release(mine);
    } else {
      cooldown.begun(mine, capture.id());
    }
    return capture;
  }

  /** Starts a capture, or adds why it is refused. */
  private @Nullable CaptureRecord begin(
      IncomingAlert incoming, AgentIdentity agent, Set<String> refusals) throws IOException {
    if (!captures.hasRoomForOutside(agent.id())) {
      refusals.add("agent " + agent.id() + " has too many captures open");
      return null;
    }
    String refusal =
        storm.refusalFromOutside(agent, fleet.enrolledAt(agent.id()), incoming.alert().rule());
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
    counters.full.increment();
    return capture;
  }

  /** Returns an alert of the collector or of another program, with what became of it. */
  static AlertRecord record(
      Alert alert,
      List<AgentIdentity> matched,
      List<CaptureRecord> begun,
      String refusals,
      int journalEvents,
      Instant receivedAt) {
    AgentIdentity only = matched.size() == 1 ? matched.get(0) : null;
    long services = matched.stream().map(AgentIdentity::service).distinct().count();
    return new AlertRecord(
        alert,
        only == null ? null : only.id(),
        services == 1 ? matched.get(0).service() : null,
        only == null ? null : only.namespace(),
        only == null ? null : only.pod(),
        receivedAt,
        begun.stream().limit(MAX_CAPTURES_NAMED).map(CaptureRecord::id).toList(),
        refusals.isEmpty() ? null : AlertLimits.cut(refusals, MAX_REASON_CHARS),
        journalEvents,
        null);
  }
}

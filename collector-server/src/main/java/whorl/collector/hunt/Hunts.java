package whorl.collector.hunt;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.fleet.agents.Connection;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.channel.HuntSink;
import whorl.collector.store.database.Notifications;
import whorl.collector.store.hunts.AskedAgent;
import whorl.collector.store.hunts.AskedAgent.State;
import whorl.collector.store.hunts.HuntAnswerLedger;
import whorl.collector.store.hunts.HuntAnswerLedger.Candidate;
import whorl.collector.store.hunts.HuntAnswerLedger.Change;
import whorl.collector.store.hunts.HuntLedger;
import whorl.collector.store.hunts.HuntRecord;
import whorl.collector.store.hunts.HuntStatus;
import whorl.collector.store.outage.OneByOne;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.HuntQuestion;

/**
 * Asks agents, and stores what they answer. Each collector asks the agents whose channels it has;
 * whichever collector finds a hunt complete, or over, ends it. Safe for use by several threads.
 */
public final class Hunts implements HuntSink {
  private static final Logger LOG = LoggerFactory.getLogger(Hunts.class);
  private static final String TOPIC = "hunts";
  private static final String HUNT = "hunt ";
  private static final int ANSWERS_AT_ONCE = 200;

  /** Tries, a quarter of a second apart: enough for a short outage of the database. */
  private static final int SAVES_MAX = 120;

  private static final int ARRIVALS_AT_ONCE = 1_000;
  private static final int AWAY_CHECKED = 100;
  private static final long REFRESH_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long CHECK_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long ASK_AGAIN_NANOS = Duration.ofSeconds(5).toNanos();
  private static final Duration FORGET_EVERY = Duration.ofMinutes(5);
  private static final String DISCONNECTED = "it disconnected before it answered";
  private static final String AWAY = "it is not connected any more";

  private final HuntLedger ledger;
  private final HuntAnswerLedger answerLedger;
  private final Fleet fleet;
  private final Whose whose;
  private final Notifications notifications;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final HuntCounters counters;
  private final ConcurrentHashMap<Id, RunningHunt> running = new ConcurrentHashMap<>();
  private final PendingAnswers pending = new PendingAnswers(HuntLimits.PENDING_MAX_BYTES);
  private final Queue<AgentIdentity> arrived = new ConcurrentLinkedQueue<>();
  private final Queue<Id> left = new ConcurrentLinkedQueue<>();
  private volatile boolean mustRefresh = true;

  /** Used by {@link #work} only, as are the following fields. */
  private long refreshedNanos;

  private List<HuntAnswerLedger.Answer> unsaved = List.of();
  private int savesTried;
  private long checkedNanos;
  private long askedAgainNanos;
  private @Nullable Instant forgottenAt;

  /** Finds out whose an agent is. */
  @FunctionalInterface
  public interface Whose {
    /** Returns the id of the agent's origin. */
    String origin(AgentIdentity agent) throws IOException;
  }

  /**
   * @param nanos a monotonic clock
   */
  public Hunts(
      HuntLedger ledger,
      HuntAnswerLedger answerLedger,
      Fleet fleet,
      Whose whose,
      Notifications notifications,
      InstantSource clock,
      LongSupplier nanos,
      HuntCounters counters) {
    this.ledger = ledger;
    this.answerLedger = answerLedger;
    this.fleet = fleet;
    this.whose = whose;
    this.notifications = notifications;
    this.clock = clock;
    this.nanos = nanos;
    this.counters = counters;
  }

  /** Begins to look after hunts of other collectors, until it is closed. */
  public Notifications.Subscription listen() {
    return notifications.watch(TOPIC, () -> mustRefresh = true);
  }

  /**
   * Begins a hunt that was added to the ledger and is in custody.
   *
   * @param agents that are connected, here or elsewhere
   * @return false if the hunt is gone
   */
  boolean start(HuntRecord hunt, List<AgentIdentity> agents) throws IOException {
    answerLedger.add(hunt.id(), candidates(agents));
    if (!ledger.start(hunt.id())) {
      return false;
    }
    counters.started.increment();
    begin(hunt);
    changed();
    return true;
  }

  /** Ends a hunt before its time; false if it had ended. */
  boolean cancel(Id hunt) throws IOException {
    if (!ledger.cancel(hunt, clock.instant())) {
      return false;
    }
    answerLedger.silenceAll(hunt, "the hunt was cancelled", "the hunt was cancelled");
    stop(hunt);
    changed();
    return true;
  }

  @Override
  public void connected(AgentIdentity agent) {
    if (!running.isEmpty()) {
      arrived.add(agent);
    }
  }

  @Override
  public void disconnected(Id agent) {
    for (RunningHunt hunt : running.values()) {
      if (hunt.notAsking(agent)) {
        left.add(agent);
      }
    }
  }

  @Override
  public void answered(AgentIdentity agent, AgentMessage.HuntAnswer answer) {
    RunningHunt hunt = running.get(answer.hunt());
    if (hunt == null || !hunt.notAsking(agent.id())) {
      counters.unasked.increment();
      return;
    }
    if (!pending.add(agent.id(), answer, hunt.record().limit())) {
      counters.dropped.increment();
    }
  }

  /** Does what is due; to be called four times a second. Failed work is done at the next call. */
  public void work() throws IOException {
    OneByOne steps = new OneByOne();
    steps.run("answers", this::saveAnswers);
    long now = nanos.getAsLong();
    if (mustRefresh || now - refreshedNanos > REFRESH_NANOS) {
      mustRefresh = false;
      refreshedNanos = now;
      steps.run("hunts that run", this::refresh);
    }
    if (!running.isEmpty()) {
      steps.run("agents that connected", this::arrivals);
      steps.run("agents that disconnected", this::departures);
      if (now - checkedNanos > CHECK_NANOS) {
        checkedNanos = now;
        check(now, steps);
      }
    } else {
      arrived.clear();
      left.clear();
    }
    steps.run("old hunts", this::forget);
    steps.end();
  }

  private void saveAnswers() throws IOException {
    List<HuntAnswerLedger.Answer> answers = unsaved;
    if (answers.isEmpty()) {
      answers = pending.take(ANSWERS_AT_ONCE);
    }
    while (!answers.isEmpty()) {
      unsaved = answers;
      if (++savesTried > SAVES_MAX) {
        LOG.warn("{} answers to hunts could not be stored and are lost", answers.size());
        counters.dropped.add(answers.size());
      } else {
        int stored = answerLedger.save(answers, clock.instant());
        counters.answers.add(stored);
        counters.unasked.add(answers.size() - stored);
      }
      savesTried = 0;
      unsaved = List.of();
      answers = pending.take(ANSWERS_AT_ONCE);
    }
  }

  /** Learns which hunts run; each has its row before anybody says that it began. */
  private void refresh() throws IOException {
    Set<Id> now = new HashSet<>();
    OneByOne begun = new OneByOne();
    for (HuntStatus each : ledger.running()) {
      now.add(each.hunt().id());
      if (!running.containsKey(each.hunt().id())) {
        begun.run(HUNT + each.hunt().id(), () -> begin(each.hunt()));
      }
    }
    for (Id each : List.copyOf(running.keySet())) {
      HuntStatus status = now.contains(each) ? null : ledger.find(each);
      if (!now.contains(each) && (status == null || !status.isRunning())) {
        stop(each);
      }
    }
    begun.end();
  }

  /** Asks the agents of this collector. */
  private void begin(HuntRecord hunt) throws IOException {
    RunningHunt begun = new RunningHunt(hunt);
    RunningHunt known = running.putIfAbsent(hunt.id(), begun);
    if (known == null) {
      ask(begun, here(fleet.find(begun.scope(), begun.target())));
    }
  }

  private void stop(Id hunt) {
    RunningHunt stopped = running.remove(hunt);
    if (stopped != null) {
      for (Id agent : stopped.asked()) {
        long unused = fleet.send(agent, new CollectorMessage.HuntEnd(hunt));
      }
    }
  }

  private List<AgentIdentity> here(List<AgentIdentity> agents) {
    return agents.stream().filter(agent -> fleet.isConnectedHere(agent.id())).toList();
  }

  /** Sends the question to these agents, unless they have it or have answered. */
  private void ask(RunningHunt hunt, List<AgentIdentity> agents) throws IOException {
    if (agents.isEmpty()) {
      return;
    }
    answerLedger.add(hunt.id(), candidates(agents));
    Map<Id, State> open = answerLedger.open(hunt.id());
    String kind = hunt.record().question().kind();
    List<Id> asked = new ArrayList<>();
    List<Change> unable = new ArrayList<>();
    for (AgentIdentity agent : agents) {
      Connection connection = fleet.connection(agent.id());
      if (connection == null || !open.containsKey(agent.id())) {
        continue;
      }
      String why = whyUnable(connection, kind);
      if (why != null) {
        unable.add(new Change(agent.id(), State.UNABLE, why));
      } else if (hunt.asking(agent.id())) {
        if (fleet.send(agent.id(), hunt.message()) >= 0) {
          asked.add(agent.id());
        } else {
          hunt.notAsking(agent.id()); // its channel is full: asked again soon
        }
      }
    }
    answerLedger.change(hunt.id(), unable);
    answerLedger.asked(hunt.id(), asked, clock.instant());
  }

  /** Why this agent cannot answer such a question; null if it can. */
  private static @Nullable String whyUnable(Connection connection, String kind) {
    Object kinds = connection.record().capabilities().get(HuntQuestion.CAPABILITY);
    if (!(kinds instanceof List<?> known)) {
      return "version " + connection.identity().agentVersion() + " cannot answer hunts";
    }
    return known.contains(kind)
        ? null
        : "version "
            + connection.identity().agentVersion()
            + " cannot answer questions about a "
            + kind;
  }

  private List<Candidate> candidates(List<AgentIdentity> agents) throws IOException {
    List<Candidate> candidates = new ArrayList<>(agents.size());
    for (AgentIdentity agent : agents) {
      candidates.add(
          new Candidate(
              agent.id(),
              whose.origin(agent),
              new AskedAgent.Brief(agent.service(), agent.namespace(), agent.pod(), agent.host())));
    }
    return candidates;
  }

  /** Asks agents that have connected since the hunt began. */
  private void arrivals() throws IOException {
    OneByOne asked = new OneByOne();
    for (int i = 0; i < ARRIVALS_AT_ONCE; i++) {
      AgentIdentity agent = arrived.peek();
      if (agent == null) {
        break;
      }
      for (RunningHunt hunt : running.values()) {
        if (hunt.concerns(agent)) {
          asked.run(HUNT + hunt.id() + " at agent " + agent.id(), () -> arrived(hunt, agent));
        }
      }
      arrived.remove(); // not before: an outage ends this loop
    }
    asked.end();
  }

  private void arrived(RunningHunt hunt, AgentIdentity agent) throws IOException {
    State state = answerLedger.state(hunt.id(), agent.id());
    boolean isNew = state == null && clock.instant().isBefore(hunt.record().expiresAt());
    if (isNew || state == State.WAITING || state == State.ASKED) {
      hunt.notAsking(agent.id()); // that was over another connection
      ask(hunt, List.of(agent));
    }
  }

  private void departures() throws IOException {
    List<Change> changes = new ArrayList<>();
    for (Id agent = left.poll(); agent != null; agent = left.poll()) {
      changes.add(new Change(agent, State.ASKED, DISCONNECTED));
    }
    for (RunningHunt hunt : changes.isEmpty() ? List.<RunningHunt>of() : running.values()) {
      Map<Id, State> open = answerLedger.open(hunt.id());
      answerLedger.change(
          hunt.id(),
          changes.stream()
              .filter(each -> open.get(each.agent()) == State.ASKED)
              .filter(each -> !fleet.isConnectedHere(each.agent()))
              .toList());
    }
  }

  private void check(long nowNanos, OneByOne steps) throws IOException {
    Instant now = clock.instant();
    boolean again = nowNanos - askedAgainNanos > ASK_AGAIN_NANOS;
    if (again) {
      askedAgainNanos = nowNanos;
    }
    for (RunningHunt hunt : List.copyOf(running.values())) {
      steps.run(HUNT + hunt.id(), () -> check(hunt, again, now));
    }
  }

  private void check(RunningHunt hunt, boolean again, Instant now) throws IOException {
    int unused =
        answerLedger.silence(
            hunt.id(),
            now.minus(HuntLimits.ANSWER_WITHIN),
            "no answer within " + HuntLimits.ANSWER_WITHIN.toSeconds() + " s");
    if (again) {
      lookForOpen(hunt, now);
    }
    if (ledger.endIfDone(hunt.id(), now)) {
      answerLedger.silenceAll(hunt.id(), AWAY, "no answer came before the hunt ended");
      stop(hunt.id());
      changed();
    }
  }

  /** Asks agents whose channel was full, and gives up those that are connected nowhere. */
  private void lookForOpen(RunningHunt hunt, Instant now) throws IOException {
    Map<Id, State> open = answerLedger.open(hunt.id());
    List<AgentIdentity> waiting = new ArrayList<>();
    List<Change> away = new ArrayList<>();
    boolean old = now.isAfter(hunt.record().requestedAt().plus(HuntLimits.AWAY_AFTER));
    int checked = 0;
    for (Map.Entry<Id, State> each : open.entrySet()) {
      Connection connection = fleet.connection(each.getKey());
      if (connection != null) {
        if (each.getValue() == State.WAITING) {
          waiting.add(connection.identity());
        }
      } else if (old
          && !now.isBefore(hunt.record().expiresAt())
          && checked++ < AWAY_CHECKED
          && !fleet.isConnected(each.getKey())) {
        away.add(new Change(each.getKey(), State.SILENT, AWAY));
      }
    }
    ask(hunt, waiting);
    answerLedger.change(hunt.id(), away);
  }

  /** A hint for other collectors; they also look by themselves. */
  private void changed() {
    try {
      notifications.publish(TOPIC, "");
    } catch (IOException e) {
      LOG.warn("other collectors learn of a hunt later: {}", e.getMessage());
    }
  }

  private void forget() throws IOException {
    Instant now = clock.instant();
    if (forgottenAt == null || now.isAfter(forgottenAt.plus(FORGET_EVERY))) {
      forgottenAt = now;
      int unused = ledger.forget(now);
    }
  }

  /** The number of hunts that run now, as far as this collector knows. */
  public int runningNow() {
    return running.size();
  }
}

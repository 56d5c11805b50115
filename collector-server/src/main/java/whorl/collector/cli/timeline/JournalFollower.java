package whorl.collector.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.AgentRow;
import whorl.collector.cli.client.BusyException;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.UnreachableException;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.EventLine;
import whorl.evidence.Id;

/**
 * Shows the journals of agents as they grow. Each round queries every agent for new events. The
 * pause between rounds grows with the number of agents, to at most twenty queries per second. With
 * several agents, an event is shown only after the next round, in which earlier events of others
 * may still arrive; so the output is in time order. The collector may be unreachable for any time,
 * and agents may appear and end.
 */
final class JournalFollower {
  private static final int FIRST_EVENTS = 20;
  private static final int PAGE_EVENTS = 1000;
  private static final int AGENTS_MAX = 1000;
  private static final long QUERIES_PER_SECOND = 20;
  private static final int ROUNDS_BETWEEN_LISTS = 15;
  private static final Duration PAUSE_MAX = Duration.ofSeconds(30);

  private final CollectorClient collector;
  private final CommandContext commandContext;
  private final JournalFilter filter;
  private final JournalLines lines;
  private final Map<String, Followed> followed = new LinkedHashMap<>();
  private final PriorityQueue<Arrived> waiting = new PriorityQueue<>(Arrived.BY_TIME);
  private Instant shownUpTo = Instant.MIN;
  private int failures;

  JournalFollower(
      CollectorClient collector,
      CommandContext commandContext,
      JournalFilter filter,
      JournalLines lines) {
    this.collector = collector;
    this.commandContext = commandContext;
    this.filter = filter;
    this.lines = lines;
  }

  /** One agent and the sequence number up to which its journal was read; -1 at the start. */
  private static final class Followed {
    private final @Nullable String service;
    private long since = -1;
    private boolean gone;

    Followed(@Nullable String service) {
      this.service = service;
    }
  }

  private record Arrived(String agent, @Nullable String service, EventLine event) {
    static final Comparator<Arrived> BY_TIME =
        Comparator.comparing((Arrived arrived) -> arrived.event().time())
            .thenComparing(Arrived::agent)
            .thenComparing(arrived -> arrived.event().sequence());
  }

  /** Runs until Ctrl-C, which is its normal end, or until the reader of the output is gone. */
  int follow(List<Id> agents, @Nullable String service) {
    // Ctrl-C would give status 130, but it is the normal way to end this command
    Thread end = new Thread(() -> Runtime.getRuntime().halt(ExitStatus.DONE), "whorl-end");
    Runtime.getRuntime().addShutdownHook(end);
    try {
      rounds(agents, service);
      return ExitStatus.DONE;
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(end);
      } catch (IllegalStateException alreadyEnding) {
        // then the hook ends the process
      }
    }
  }

  private void rounds(List<Id> agents, @Nullable String service) {
    for (int round = 0; !Thread.currentThread().isInterrupted(); round++) {
      if (round % ROUNDS_BETWEEN_LISTS == 0) {
        tolerateOutages(() -> list(agents, service), round == 0);
        if (round == 0 && followed.isEmpty()) {
          commandContext.terminal().note("whorl: no agent is connected yet; waiting");
        }
      }
      List<Arrived> arrived = new ArrayList<>();
      for (Map.Entry<String, Followed> entry : List.copyOf(followed.entrySet())) {
        tolerateOutages(() -> poll(entry.getKey(), entry.getValue(), arrived), round == 0);
      }
      if (!show(arrived) || !pause()) {
        return;
      }
    }
  }

  private void list(List<Id> agents, @Nullable String service) {
    if (service == null) {
      // the first query for an unknown agent ends the command with its name
      agents.forEach(id -> followed.putIfAbsent(id.value(), new Followed(null)));
      return;
    }
    Map<String, String> query = Map.of("service", service, "connected", "true");
    CollectorClient.Listing<AgentRow> listing = collector.agents(query, AGENTS_MAX);
    for (AgentRow agent : listing.rows()) {
      if (agent.id() != null && Id.isId(agent.id())) {
        followed.putIfAbsent(agent.id(), new Followed(agent.service()));
      }
    }
    // agents that ended are queried until the next list, because their last events may still arrive
    Set<@Nullable String> present =
        listing.rows().stream().map(AgentRow::id).collect(Collectors.toSet());
    followed
        .entrySet()
        .removeIf(entry -> entry.getValue().gone && !present.contains(entry.getKey()));
    followed.forEach((id, entry) -> entry.gone = !present.contains(id));
  }

  private void poll(String agent, Followed entry, List<Arrived> arrived) {
    boolean first = entry.since < 0;
    Map<String, String> query =
        first
            ? Map.of("tail", Integer.toString(FIRST_EVENTS))
            : Map.of("since", Long.toString(entry.since), "limit", Integer.toString(PAGE_EVENTS));
    JsonNode page = collector.json("agents/" + agent + "/journal", query);
    for (JsonNode node : page.path("events")) {
      EventLine event = collector.rowOf(node, EventLine.class);
      entry.since = Math.max(entry.since, event.sequence());
      if (filter.matches(event)) {
        arrived.add(new Arrived(agent, entry.service, event));
      }
    }
  }

  /** False if the reader of the output is gone. */
  private boolean show(List<Arrived> arrived) {
    waiting.addAll(arrived);
    boolean complete = arrived.isEmpty() || followed.size() <= 1;
    while (!waiting.isEmpty() && (complete || !waiting.peek().event().time().isAfter(shownUpTo))) {
      Arrived next = waiting.remove();
      if (!lines.show(next.agent(), next.service(), next.event())) {
        return false;
      }
    }
    for (Arrived entry : arrived) {
      shownUpTo = entry.event().time().isAfter(shownUpTo) ? entry.event().time() : shownUpTo;
    }
    return true;
  }

  /**
   * Runs a query; once the first has succeeded, outages and overload of the collector are
   * tolerated.
   */
  private void tolerateOutages(Runnable question, boolean first) {
    try {
      question.run();
      if (failures > 0) {
        commandContext.terminal().note("whorl: the collector answers again");
        failures = 0;
      }
    } catch (CliException e) {
      if (Thread.currentThread().isInterrupted()) {
        return; // this ends the rounds
      }
      boolean temporary = e instanceof UnreachableException || e instanceof BusyException;
      if (!temporary || first) {
        throw e;
      }
      if (failures++ == 0) {
        commandContext.terminal().note("whorl: " + e.getMessage() + "; trying again");
      }
    }
  }

  /** False if interrupted. */
  private boolean pause() {
    long poll = commandContext.pace().poll().toNanos();
    long agentsPause = followed.size() * (poll / QUERIES_PER_SECOND);
    long failurePause = poll << Math.min(failures, 10);
    long nanos = Math.min(Math.max(Math.max(poll, agentsPause), failurePause), PAUSE_MAX.toNanos());
    try {
      Thread.sleep(Duration.ofNanos(nanos).toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

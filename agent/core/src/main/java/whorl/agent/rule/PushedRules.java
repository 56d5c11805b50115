package whorl.agent.rule;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.evidence.Text;
import whorl.evidence.channel.AgentMessage.RuleSetState;
import whorl.evidence.channel.AgentMessage.RulesLoaded;
import whorl.evidence.channel.CollectorMessage;
import whorl.rules.engine.RuleSet;
import whorl.rules.engine.RuleSet.NamedText;

/**
 * The rule sets that the collector pushes, in addition to the built-in rules and those from files.
 * The thread {@code whorl-rules} compiles them and activates all at once. If nothing in a set can
 * be loaded, its previous version stays active.
 */
public final class PushedRules implements Consumer<CollectorMessage> {
  private static final Logger LOG = LoggerFactory.getLogger(PushedRules.class);
  private static final String PREFIX = "pushed/";
  private static final int WAITING_MAX = 128;
  private static final int MAX_SETS = 32;
  private static final int MAX_CHARS = 2 << 20;
  private static final int PROBLEMS_MAX = 20;
  private static final int PROBLEM_CHARS = 500;

  private final Function<List<NamedText>, RuleSet> load;
  private final Consumer<RuleSet> activate;
  private final Consumer<RulesLoaded> stateListener;
  private final BlockingQueue<CollectorMessage> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final AtomicLong dropped = new AtomicLong();

  /** Used only on {@code whorl-rules}. */
  private final Map<String, Held> sets = new TreeMap<>();

  /**
   * @param load reads the built-in rules, those from files, and these
   * @param activate puts rules into force
   * @param stateListener receives the state of each set
   */
  public PushedRules(
      Function<List<NamedText>, RuleSet> load,
      Consumer<RuleSet> activate,
      Consumer<RulesLoaded> stateListener) {
    this.load = load;
    this.activate = activate;
    this.stateListener = stateListener;
  }

  /** A set that the collector wants: the active version, and the state of the wanted version. */
  private static final class Held {
    private int wanted;
    private int version;
    private String yaml = "";
    private int rules;
    private List<String> problems = List.of();
  }

  /**
   * Starts the thread.
   *
   * @return the thread; an interruption ends it
   */
  public Thread start(ThreadFactory threads) {
    Thread thread = threads.newThread(this::work);
    thread.start();
    return thread;
  }

  /** Queues the message; called on the network thread. */
  @Override
  public void accept(CollectorMessage message) {
    if (!waiting.offer(message)) {
      dropped.incrementAndGet();
    }
  }

  /** The number of messages that were dropped because too many waited, by the kind of loss. */
  public Map<String, Long> losses() {
    return Map.of("rules.messagesDropped", dropped.get());
  }

  private void work() {
    try {
      while (true) {
        handle(waiting.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The thread continues even if there was no memory for rules. */
  void handle(CollectorMessage message) {
    try {
      if (message instanceof CollectorMessage.RulesWanted wanted) {
        handleWanted(wanted);
      } else if (message instanceof CollectorMessage.RuleText text) {
        handleText(text);
      }
    } catch (RuntimeException | Error e) {
      LOG.warn("cannot load rules of the collector", e);
    }
  }

  private void handleWanted(CollectorMessage.RulesWanted message) {
    Set<String> names = new HashSet<>();
    for (CollectorMessage.RuleSetVersion set : message.sets()) {
      if (names.size() < MAX_SETS && names.add(set.name())) {
        sets.computeIfAbsent(set.name(), none -> new Held()).wanted = set.version();
      }
    }
    boolean anyActive =
        sets.entrySet().stream()
            .anyMatch(set -> !names.contains(set.getKey()) && set.getValue().version > 0);
    if (sets.keySet().retainAll(names) && anyActive) {
      activateRules(load.apply(texts("", "")));
    }
    reportStates();
  }

  private void handleText(CollectorMessage.RuleText text) {
    Held held = sets.get(text.name());
    if (held == null || held.wanted != text.version() || text.yaml() == null) {
      reportStates(); // no longer wanted; the collector sends the next text on this report
      return;
    }
    if (held.version == text.version()) {
      reportStates();
      return;
    }
    List<NamedText> texts = texts(text.name(), text.yaml());
    if (texts.stream().mapToLong(named -> named.yaml().length()).sum() > MAX_CHARS) {
      held.problems =
          List.of("all sets together have more than " + MAX_CHARS + " characters; remove one");
      reportStates();
      return;
    }
    RuleSet next = load.apply(texts);
    RuleSet.Outcome outcome = next.outcome(PREFIX + text.name());
    held.problems = bounded(outcome == null ? List.of() : outcome.problems());
    if (outcome == null || outcome.rules() == 0) {
      if (held.problems.isEmpty()) {
        held.problems = List.of("there is no rule in it");
      }
      LOG.warn("rules {} version {} refused: {}", text.name(), text.version(), held.problems);
    } else {
      held.version = text.version();
      held.yaml = text.yaml();
      activateRules(next);
      LOG.info("rules {} version {}: {} active", text.name(), held.version, held.rules);
    }
    reportStates();
  }

  /** Returns the texts of the active sets, with this text in place of the set's own. */
  private List<NamedText> texts(String name, String yaml) {
    List<NamedText> texts = new ArrayList<>();
    sets.forEach(
        (other, held) -> {
          if (other.equals(name)) {
            texts.add(new NamedText(PREFIX + name, yaml));
          } else if (held.version > 0) {
            texts.add(new NamedText(PREFIX + other, held.yaml));
          }
        });
    return texts;
  }

  private void activateRules(RuleSet next) {
    activate.accept(next);
    sets.forEach(
        (name, held) -> {
          RuleSet.Outcome outcome = next.outcome(PREFIX + name);
          held.rules = outcome == null ? 0 : outcome.rules();
          if (outcome != null && held.version == held.wanted) {
            held.problems = bounded(outcome.problems());
          }
        });
  }

  private void reportStates() {
    List<RuleSetState> states = new ArrayList<>();
    sets.forEach(
        (name, held) ->
            states.add(
                new RuleSetState(name, held.wanted, held.version, held.rules, held.problems)));
    stateListener.accept(new RulesLoaded(states));
  }

  private static List<String> bounded(List<String> problems) {
    return problems.stream()
        .limit(PROBLEMS_MAX)
        .map(line -> Text.atMost(line, PROBLEM_CHARS))
        .toList();
  }
}

package whorl.collector.fleet.lost;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import whorl.evidence.Id;

/**
 * Where lost agents are remembered until they come back or an alert is raised: in memory, or in
 * records that any of several collectors goes on with. Thread-safe.
 */
public interface LostAgents {
  /**
   * True if several collectors share them; then one of them raises the alerts ({@link
   * LostAgentDetector#raise}).
   */
  boolean areShared();

  /**
   * Remembers that an agent was lost just now, unless it is connected again already.
   *
   * @param serial of its channel that ended
   * @return false if there is no room for it
   */
  boolean add(LostAgent agent, long serial) throws IOException;

  /** The agent has connected again. */
  void remove(Id agent) throws IOException;

  /** All lost agents, longest gone first, if the first is gone for this time; else none. */
  List<LostAgent> ifGone(Duration time) throws IOException;

  /**
   * Forgets these agents and does what is to be done about them: both or neither.
   *
   * @return false if one of them has come back meanwhile; then nothing is done
   */
  boolean take(List<LostAgent> agents, Action action) throws IOException;

  /** What is done about lost agents. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }
}

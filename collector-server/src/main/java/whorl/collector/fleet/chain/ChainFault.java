package whorl.collector.fleet.chain;

import whorl.evidence.Level;

/** What can be wrong with an agent's chain, the least first. */
enum ChainFault {
  /** Messages did not arrive while the agent was not connected, or when its connection broke. */
  GAP("gap", "collector.agent-chain-gap", Level.INFORMATIONAL, "Messages of an Agent Were Lost"),

  /** Messages are missing on an open connection, which no network loses. */
  HOLE(
      "gap",
      "collector.agent-chain-hole",
      Level.MEDIUM,
      "Messages of an Agent Are Missing on an Open Connection"),

  /** A message that was received before. */
  REPLAY(
      "replay", "collector.agent-chain-replay", Level.MEDIUM, "Messages of an Agent Were Repeated"),

  /** A message that does not follow from what was received. */
  FORK(
      "fork",
      "collector.agent-chain-fork",
      Level.HIGH,
      "Messages of an Agent Do Not Follow from Each Other"),

  /** Somebody else speaks as this agent. */
  SPEAKER(
      "second-speaker",
      "collector.agent-second-speaker",
      Level.HIGH,
      "Somebody Else Speaks as an Agent");

  private final String state;
  private final String rule;
  private final Level level;
  private final String title;

  ChainFault(String state, String rule, Level level, String title) {
    this.state = state;
    this.rule = rule;
    this.level = level;
    this.title = title;
  }

  /** The word for a summary. */
  String state() {
    return state;
  }

  String rule() {
    return rule;
  }

  Level level() {
    return level;
  }

  String title() {
    return title;
  }

  /** The worse of two states of a summary. */
  static String worse(String one, String other) {
    return rank(one) >= rank(other) ? one : other;
  }

  private static int rank(String state) {
    int rank = -1;
    for (ChainFault fault : values()) {
      if (fault.state.equals(state)) {
        rank = fault.ordinal();
      }
    }
    return rank;
  }
}

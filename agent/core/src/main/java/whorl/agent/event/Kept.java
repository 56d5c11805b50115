package whorl.agent.event;

/** What stands for one event in a ring: the event itself, or a note that one is made from. */
interface Kept {
  /** As {@link AgentEvent#sequence}. */
  long sequence();

  /** The event, which may be made anew at each call. */
  AgentEvent event();
}

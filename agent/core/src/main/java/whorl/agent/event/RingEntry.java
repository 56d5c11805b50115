package whorl.agent.event;

/** What stands for one event in a ring: the event itself, or a note that one is made from. */
interface RingEntry {
  /** As {@link AgentEvent#sequence}. */
  long sequence();

  /** About how many bytes it takes, the stack aside. */
  int bytes();

  /** The number of its stack in the ring's {@link StackTable}. */
  long stack();

  /** The event, which may be made anew at each call. */
  AgentEvent event(StackTable.View stacks);
}

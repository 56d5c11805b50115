package whorl.agent.event;

import whorl.event.AgentEvent;

/** An entry of a ring: an event, or a note from which an event is made. */
interface RingEntry {
  /** See {@link AgentEvent#sequence}. */
  long sequence();

  /** Approximate bytes, without the stack. */
  int bytes();

  /** The number of the stack in the ring's {@link StackTable}. */
  long stack();

  /** Returns the event; may make a new one at each call. */
  AgentEvent event(StackTable.View stacks);
}

package whorl.agent.hook.tamper;

/** The kinds of tampering, each with its word in the field {@code what} of {@code whorl.Tamper}. */
public enum Tampering {
  /** Another agent changed classes; target names them. */
  CLASSES_CHANGED("classes-changed"),
  RECORDING_STOPPED("recording-stopped"),
  RECORDING_CHANGED("recording-changed"),
  /** A copy of the recording was taken. */
  RECORDING_DUMPED("recording-dumped"),
  HOOKS_UNDONE("hooks-undone"),
  OBSERVER_REPLACED("observer-replaced"),
  TRANSFORMER_REMOVED("transformer-removed"),
  AGENT_THREAD_INTERRUPTED("agent-thread-interrupted"),
  AGENT_THREAD_ENDED("agent-thread-ended"),
  AGENT_THREAD_SUSPENDED("agent-thread-suspended"),
  /** An agent thread's priority was set. */
  AGENT_THREAD_CHANGED("agent-thread-changed"),
  /** A watching thread made no progress while the other one did. */
  AGENT_THREAD_STALLED("agent-thread-stalled"),
  /** A JFR event type of the agent was unregistered. */
  EVENT_TYPE_UNREGISTERED("event-type-unregistered"),
  /** The event stages, or the rules, are not those that the agent set. */
  STAGES_CHANGED("stages-changed"),
  RULES_CHANGED("rules-changed"),
  /** The channel to the collector was closed although the JVM does not end. */
  CHANNEL_CLOSED("channel-closed"),
  /** A self-test event did not arrive. */
  SELF_TEST_FAILED("self-test-failed"),
  /** Code that the agent did not weave called the holder class. */
  VISIT_FORGED("visit-forged"),
  /** A class that the agent did not weave refers to the holder class. */
  HOLDER_REFERRED_TO("holder-referred-to"),
  /** A thread of the application was marked as not observed. */
  THREAD_HIDDEN("thread-hidden"),
  /** A class that is not the agent's was defined in the agent's class loader. */
  CLASS_IN_AGENT_LOADER("class-in-agent-loader"),
  VM_OPTION_SET("vm-option-set"),
  SECURITY_PROPERTY_SET("security-property-set"),
  SECURITY_MANAGER_SET("security-manager-set"),
  /** Something happened where the stack had no room for a hook or the rules. */
  NO_ROOM_FOR_HOOK("no-room-for-hook"),
  /** The JVM started to listen for attaching processes. */
  ATTACH_LISTENER_STARTED("attach-listener-started");

  private final String word;

  Tampering(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }
}

package whorl.agent.hook.tamper;

/** The kinds of tampering, by the word that {@code whorl.Tamper}'s {@code what} has for them. */
public enum Tampering {
  /** Another agent changed classes; target names them. */
  CLASSES_CHANGED("classes-changed"),
  RECORDING_STOPPED("recording-stopped"),
  RECORDING_CHANGED("recording-changed"),
  /** Somebody took a copy of the recording. */
  RECORDING_DUMPED("recording-dumped"),
  HOOKS_UNDONE("hooks-undone"),
  OBSERVER_REPLACED("observer-replaced"),
  TRANSFORMER_REMOVED("transformer-removed"),
  AGENT_THREAD_INTERRUPTED("agent-thread-interrupted"),
  AGENT_THREAD_ENDED("agent-thread-ended"),
  VM_OPTION_SET("vm-option-set"),
  SECURITY_PROPERTY_SET("security-property-set"),
  SECURITY_MANAGER_SET("security-manager-set"),
  /** The JVM began to listen for others to attach. */
  ATTACH_LISTENER_STARTED("attach-listener-started");

  private final String word;

  Tampering(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }
}

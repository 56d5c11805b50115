package whorl.collector.inject;

import org.jspecify.annotations.Nullable;

/** Whether a container gets the agent, or why not. */
enum ContainerState {
  /** It is not one of those that are asked for. */
  NOT_CHOSEN(null),
  /** It has the agent, from an earlier call or by itself. */
  HAS_AGENT(null),
  VALUE_FROM("JAVA_TOOL_OPTIONS comes from valueFrom"),
  ENV_FROM("JAVA_TOOL_OPTIONS may come from envFrom"),
  MOUNTED("it has a mount at a path of the agent"),
  TOO_EARLY("it starts before the agent is copied"),
  TARGET(null);

  private final @Nullable String reason;

  ContainerState(@Nullable String reason) {
    this.reason = reason;
  }

  /** Why it should get the agent and does not; null in other cases. */
  @Nullable String reason() {
    return reason;
  }
}

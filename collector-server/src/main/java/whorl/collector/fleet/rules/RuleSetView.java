package whorl.collector.fleet.rules;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.rules.RuleSetRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.RuleSetState;

/**
 * A set of rules as the API shows it.
 *
 * @param loaded connected agents that use this version
 * @param refused connected agents that reported why they cannot use it
 * @param waiting connected agents that have not reported yet
 * @param unsupported connected agents that are too old for pushed rules
 * @param rules the YAML; this and the following components are present only for a single set
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RuleSetView(
    String name,
    int version,
    Map<String, Object> target,
    Digest sha256,
    int bytes,
    Instant pushedAt,
    String pushedBy,
    long loaded,
    long refused,
    long waiting,
    long unsupported,
    @Nullable String rules,
    @Nullable List<OfAgent> agents,
    @Nullable List<Version> versions) {
  /** A version that is still stored. */
  record Version(int version, Digest sha256, int bytes, Instant pushedAt, String pushedBy) {}

  /**
   * The state of the set in one agent.
   *
   * @param state loaded, refused, waiting or unsupported
   * @param version in use; 0 for none
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record OfAgent(
      Id agent,
      String service,
      @Nullable String pod,
      @Nullable String host,
      String state,
      int version,
      int rules,
      List<String> problems) {
    static OfAgent of(AgentIdentity agent, RuleSetRecord set, @Nullable RuleSetState state) {
      return new OfAgent(
          agent.id(),
          agent.service(),
          agent.pod(),
          agent.host(),
          stateWord(set, state),
          state == null ? 0 : state.version(),
          state == null ? 0 : state.rules(),
          state == null ? List.of() : state.problems());
    }

    private static String stateWord(RuleSetRecord set, @Nullable RuleSetState state) {
      if (state == null) {
        return "unsupported";
      }
      if (state.version() == set.version()) {
        return "loaded";
      }
      return state.wanted() == set.version() && !state.problems().isEmpty() ? "refused" : "waiting";
    }
  }

  static RuleSetView brief(RuleSetRecord set, List<OfAgent> agents) {
    return of(set, agents, null, null, null);
  }

  static RuleSetView whole(RuleSetRecord set, List<OfAgent> agents, List<RuleSetRecord> versions) {
    return of(
        set,
        agents,
        set.yaml(),
        agents,
        versions.stream()
            .map(
                version ->
                    new Version(
                        version.version(),
                        version.sha256(),
                        version.bytes(),
                        version.pushedAt(),
                        version.pushedBy()))
            .toList());
  }

  private static RuleSetView of(
      RuleSetRecord set,
      List<OfAgent> agents,
      @Nullable String rules,
      @Nullable List<OfAgent> shownAgents,
      @Nullable List<Version> versions) {
    return new RuleSetView(
        set.name(),
        set.version(),
        set.target(),
        set.sha256(),
        set.bytes(),
        set.pushedAt(),
        set.pushedBy(),
        count(agents, "loaded"),
        count(agents, "refused"),
        count(agents, "waiting"),
        count(agents, "unsupported"),
        rules,
        shownAgents,
        versions);
  }

  private static long count(List<OfAgent> agents, String state) {
    return agents.stream().filter(agent -> agent.state().equals(state)).count();
  }
}

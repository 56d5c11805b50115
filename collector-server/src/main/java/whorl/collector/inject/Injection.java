package whorl.collector.inject;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;

/**
 * The answer for one pod.
 *
 * @param patch a JSON Patch; empty to leave the pod as it is
 * @param warnings for the person who creates it
 */
record Injection(Outcome outcome, ArrayNode patch, List<String> warnings) {
  /** What became of the pod; the label of a metric. */
  enum Outcome {
    /** All containers that should have the agent have it. */
    INJECTED,
    /** Some have it. */
    PARTLY,
    /** None gets it, and the reason is in an annotation. */
    NOT_POSSIBLE,
    /** There is nothing to do: it has the agent, or no container should. */
    NOTHING_TO_DO,
    /** It opts out, or is no pod into which anything is injected. */
    LEFT_ALONE,
    /** An error, which did not stop the pod. */
    FAILED
  }
}

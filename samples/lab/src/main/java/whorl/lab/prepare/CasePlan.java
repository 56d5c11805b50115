package whorl.lab.prepare;

import org.jspecify.annotations.Nullable;
import whorl.lab.cases.CaseDescriptor;
import whorl.lab.cases.CaseKind;

/**
 * All that the process inside the namespace needs to run a case; nothing is resolved or compiled
 * there.
 *
 * @param javaHome of the application
 * @param work the folder of this run, empty at first
 * @param attackClassPath absent when the case has no attacker of its own
 * @param agentJar of Whorl's agent, or of the one that watches in its place
 * @param watcher who watches; there is a collector only where it is Whorl
 * @param captureAfterSeconds how long the recording goes on after an alert; 0 for the agent's
 *     default
 * @param seconds how long the traffic of a workload goes on
 */
public record CasePlan(
    CaseKind kind,
    String name,
    CaseDescriptor descriptor,
    int java,
    String javaHome,
    String agentJar,
    String collectorJar,
    String work,
    String mainClass,
    String classPath,
    @Nullable String attackClassPath,
    Watcher watcher,
    int captureAfterSeconds,
    int seconds) {}

package whorl.agent.probe.weave;

import java.util.List;

/**
 * A method that was woven.
 *
 * @param name such as {@code find}
 * @param descriptor such as {@code (Ljava/lang/String;)V}
 * @param shown such as {@code find(java.lang.String)}
 * @param types the types of its parameters, as in the source
 * @param names the names of its parameters; empty texts if the class file does not have them
 */
public record ProbedMethod(
    String name, String descriptor, String shown, List<String> types, List<String> names) {
  /** What identifies the method within its class. */
  public String key() {
    return name + descriptor;
  }
}

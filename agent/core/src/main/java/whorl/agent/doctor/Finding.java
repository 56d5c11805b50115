package whorl.agent.doctor;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The result of one check.
 *
 * @param state {@code ok}, {@code warn} or {@code fail}
 * @param seen what was found, in a sentence; never a secret
 * @param remedy what to do about it; null if there is nothing to do
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Finding(String name, String state, String seen, @Nullable String remedy) {
  private static final String FAIL = "fail";

  static Finding ok(String name, String seen) {
    return new Finding(name, "ok", seen, null);
  }

  static Finding warn(String name, String seen, String remedy) {
    return new Finding(name, "warn", seen, remedy);
  }

  static Finding fail(String name, String seen, String remedy) {
    return new Finding(name, FAIL, seen, remedy);
  }

  boolean failed() {
    return state.equals(FAIL);
  }
}

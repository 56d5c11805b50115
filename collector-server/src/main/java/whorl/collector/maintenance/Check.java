package whorl.collector.maintenance;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result of one check of a deployment, as {@code whorl doctor} shows it.
 *
 * @param name of what was checked; the same at each run
 * @param seen what was found, in a sentence; never a secret
 * @param remedy what to do about it; null if there is nothing to do
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Check(String name, State state, String seen, @Nullable String remedy) {

  /** How good it is, the worst last. */
  public enum State {
    OK,
    /** Works, but something is likely to be wrong or will be soon. */
    WARN,
    FAIL;

    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static Check ok(String name, String seen) {
    return new Check(name, State.OK, seen, null);
  }

  public static Check warn(String name, String seen, String remedy) {
    return new Check(name, State.WARN, seen, remedy);
  }

  public static Check fail(String name, String seen, String remedy) {
    return new Check(name, State.FAIL, seen, remedy);
  }
}
